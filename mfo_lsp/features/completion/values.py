"""Values: words to choose from, names of things, and examples of durations, schedules and time zones."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mfo_dialect.analysis.outputs import output_shape
from mfo_dialect.analysis.schedules import timezone_names
from mfo_dialect.analysis.visits import references_of
from mfo_dialect.catalogue.values import (
    BooleanType,
    EitherType,
    Format,
    ListType,
    MapType,
    Names,
    References,
    SchemaType,
    TextType,
    ValueType,
)
from mfo_dialect.syntax import Expects, Mapping, Within, follow
from mfo_lsp.features.completion.fitting import fits, is_empty, lacks
from mfo_lsp.features.completion.items import CompletionClient, Item, ItemKind
from mfo_lsp.features.completion.names import named
from mfo_lsp.features.completion.objections import Objection, least_opposed
from mfo_lsp.features.completion.path_values import bare_items
from mfo_lsp.features.completion.place import Place, option_for
from mfo_lsp.features.completion.prompt_names import written_items
from mfo_lsp.features.completion.schema_keys import SCHEMA_TYPE, names_to_require
from mfo_lsp.features.completion.schema_readers import suits_schema
from mfo_lsp.features.completion.slot import Candidate, has_room_below, needs_dash, value_slot
from mfo_lsp.features.completion.snippets import Writer
from mfo_lsp.features.documentation import of_shape

_DURATIONS = ("500ms", "1s", "5s", "10s", "30s", "1m", "5m", "15m", "1h", "24h")
_SCHEDULES = (
    ("0 9 * * *", "every day at 9:00"),
    ("0 9 * * 1-5", "Monday to Friday at 9:00"),
    ("0 0 * * *", "every day at midnight"),
    ("0 * * * *", "every hour"),
    ("*/15 * * * *", "every 15 minutes"),
    ("0 8 * * 1", "Mondays at 8:00"),
    ("0 0 1 * *", "on the first of every month at midnight"),
)


def value_items(place: Place, client: CompletionClient) -> Iterator[Item]:
    """The values that may stand under the cursor."""
    if place.context.within is Within.BLOCK_SCALAR:
        return
    value_type, is_list = place.type, False
    if isinstance(value_type, ListType):
        is_dash_missing = needs_dash(place)
        value_type, is_list = value_type.item, not is_dash_missing
        if is_list and place.context.expects is not Expects.VALUE:
            return
    if value_type is None:
        return
    slot = value_slot(place, is_list=is_list)
    for number, candidate in enumerate(_candidates(value_type, place, client)):
        yield slot.item(candidate, number)
    if not is_list and _may_be_path(value_type, place):
        yield from bare_items(place, slot)


def _may_be_path(value_type: ValueType, place: Place) -> bool:
    """Whether the whole value may be a bare path; a map or a list of values only right behind its key."""
    match value_type:
        case EitherType(options=options):
            return any(_may_be_path(option, place) for option in options)
        case MapType(others=others):
            is_whole = place.context.expects is Expects.VALUE
            return is_whole and others is not None and references_of(others) is References.ALL
        case _:
            return references_of(value_type) is References.ALL


def _candidates(value_type: ValueType, place: Place, client: CompletionClient) -> Iterator[Candidate]:
    default = place.key.default if place.key is not None else ""
    match value_type:
        case EitherType(options=options):
            for option in options:
                yield from _candidates(option, place, client)
        case BooleanType():
            for word in ("true", "false"):
                yield Candidate(word, ItemKind.CHOICE, _mark(word, default), rank=3, is_text=False)
        case TextType(choices=choices) if choices:
            yield from least_opposed((_choice(word, place, client, default) for word in choices), place)
        case TextType(names=names) | SchemaType(names=names) if names is not None:
            yield from named(names, place, client)
        case TextType(format=Format.OUTPUT_PATH):
            yield from _own_outputs(place)
        case TextType(format=text_format) if text_format is not None:
            yield from _examples(text_format, default)
        case TextType() if place.key_name == "tool_id":
            yield from named(Names.TOOL, place, client)
        case TextType() if place.key_name == "required":
            yield from _required_names(place)
        case _:
            return


def _choice(word: str, place: Place, client: CompletionClient, default: str) -> tuple[Candidate, Objection]:
    if place.key is SCHEMA_TYPE and not suits_schema(place, word):
        return Candidate(word, ItemKind.CHOICE, rank=3), Objection.CLASHES
    tail = required_beside(place, word, client)
    candidate = Candidate(word, ItemKind.CHOICE, _mark(word, default), rank=3, tail=tail, is_snippet=bool(tail))
    return candidate, _objection_beside(place, word)


def _map_of_kind(place: Place) -> MapType | None:
    """The declaration of the map around, where the value says of which kind that is."""
    around = option_for(place.stops[-2].type, is_list=False) if len(place.stops) > 1 else None
    return around if isinstance(around, MapType) and around.discriminator == place.key_name else None


def _objection_beside(place: Place, word: str) -> Objection:
    """What the keys beside say to ``word`` as the value that says of which kind their map is."""
    declared = _map_of_kind(place)
    around = place.stops[-2].node if declared is not None else None
    if declared is None or not isinstance(around, Mapping):
        return Objection.NONE
    keys = declared.known_keys(word)
    written = [(pair.name, pair.value) for pair in around.effective_pairs() if pair.name != declared.discriminator]
    if declared.others is None and any(name not in keys for name, _ in written):
        return Objection.CLASHES
    beside = [(keys[name].type, follow(value)) for name, value in written if name is not None and name in keys]
    if not all(is_empty(value) or fits(value_type, value, place) for value_type, value in beside):
        return Objection.CLASHES
    is_lacking = any(
        isinstance(value_type, MapType) and isinstance(value, Mapping) and lacks(value_type, value)
        for value_type, value in beside
    )
    return Objection.LACKS if is_lacking else Objection.NONE


def required_beside(place: Place, word: str, client: CompletionClient) -> str:
    """The keys that a map requires where ``word`` is the value that says of which kind it is, each on a line of its own."""
    around = _map_of_kind(place)
    if around is None or not has_room_below(place, client):
        return ""
    present = {around.discriminator, *(name for name, _ in place.context.siblings)}
    variant = around.variants.get(word, ())
    keys = tuple(key for key in (*variant, *(around.keys if variant else ())) if key.name not in present)
    return Writer(client).required(MapType(around.title, keys), place.context.indent)


def _required_names(place: Place) -> Iterator[Candidate]:
    """The keys that a schema describes and does not list yet."""
    listed = {item.text for item in written_items(place)} | set(_listed_on_line(place))
    schema = next((stop.node for stop in reversed(place.stops) if isinstance(stop.node, Mapping)), None)
    for name in names_to_require(schema) if schema is not None else ():
        if name not in listed:
            yield Candidate(name, ItemKind.FIELD)


def _listed_on_line(place: Place) -> Iterator[str]:
    """The words of a list in brackets around the cursor, on its line: such a list may not be readable yet."""
    if place.context.flow:
        word = place.context.word
        before = place.slice(place.line_start, word.start).rpartition("[")[2]
        behind = place.line_from(max(word.end, place.offset)).partition("]")[0]
        yield from (item.strip(" \"'") for item in f"{before},{behind}".split(","))


def _own_outputs(place: Place) -> Iterator[Candidate]:
    view = place.owner.view
    if view is not None and view.node.id is not None:
        for name, field in output_shape(view, place.snapshot.bundle).fields.items():
            if not field.deprecated:
                path = f"{view.id}.{name}"
                yield Candidate(path, ItemKind.FIELD, str(field), partial(of_shape, path, field))


def _mark(word: str, default: str) -> str:
    return "default" if word == default else ""


def _examples(text_format: Format, default: str) -> Iterator[Candidate]:
    match text_format:
        case Format.DURATION:
            for text in dict.fromkeys((*((default,) if default in _DURATIONS else ()), *_DURATIONS)):
                yield Candidate(text, ItemKind.VALUE, _mark(text, default), rank=3)
        case Format.CRON:
            for text, words in _SCHEDULES:
                yield Candidate(text, ItemKind.VALUE, words, rank=3)
        case Format.TIMEZONE:
            names = timezone_names()
            for name in dict.fromkeys((*(name for name in names if name == "UTC"), *names)):
                yield Candidate(name, ItemKind.VALUE, _mark(name, default), rank=3)
        case _:
            return
