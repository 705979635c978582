"""Keys: those that the catalogue declares for the map under the cursor, and names that a map of values asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

from mfo_dialect.analysis.chats import error_template_names
from mfo_dialect.catalogue.values import VALUE, Key, MapType, TextType
from mfo_dialect.syntax import Expects, Node
from mfo_dialect.text import Span
from mfo_lsp.features.completion.fitting import fits, written_value
from mfo_lsp.features.completion.items import CompletionClient, Item, ItemKind, sort_key
from mfo_lsp.features.completion.map_names import free_keys
from mfo_lsp.features.completion.node_names import takes_edges
from mfo_lsp.features.completion.objections import is_meant
from mfo_lsp.features.completion.place import Place, keys_of, option_for
from mfo_lsp.features.completion.schema_keys import SCHEMA_KEYS
from mfo_lsp.features.completion.schema_readers import suits_keyword
from mfo_lsp.features.completion.slot import DASH, needs_dash
from mfo_lsp.features.completion.snippets import Writer, has_choices
from mfo_lsp.features.documentation import of_key

_TYPED = re.compile(r"[\w-]*")
_KEY_END = re.compile(r"[\w-]*")
_EDGES = frozenset({"dependencies", "successors"})
_OWN_PROMPT = frozenset({"prompt", "message", "request_body"})
"""With these a chat task uses no prompt template, and so none of the error templates that one has."""


def key_items(place: Place, map_type: MapType, client: CompletionClient) -> Iterator[Item]:
    """The keys that may be added: required ones first, then those of which one is required, then the others."""
    typed = place.context.word_text
    span = _span(place)
    has_colon = place.line_from(span.end).lstrip(" ").startswith(":")
    if not _TYPED.fullmatch(typed) or (has_colon and not typed):
        return
    node = place.stops[-1].node if place.context.expects is not Expects.ITEM else None
    present = {name for name, _ in place.context.siblings}
    value = written_value(place, span)
    declared = [key for key in keys_of(map_type, node) if not _is_said_by_key(place, key)]
    keys = [*_wanted(declared, map_type, present), *_free(place, map_type, present)]
    for number, (rank, key) in enumerate(keys):
        if key.name in _OWN_PROMPT and _names_error_template(place):
            continue
        if map_type is SCHEMA_KEYS and not suits_keyword(place, key.name):
            continue
        if value is None or (is_meant(typed, key.name) and _takes(key, value, place)):
            yield _item(place, key, sort_key(rank, number), client, has_value=value is not None)


def _is_said_by_key(place: Place, key: Key) -> bool:
    """Whether a map that stands under its name has the name by that, as agents under their ids."""
    around = [
        option_for(stop.type, is_list=False) for stop in place.stops[-2:-1] if isinstance(place.stops[-1].name, str)
    ]
    names = next((declared.key_names for declared in around if isinstance(declared, MapType)), None)
    return key.name == "id" and names is not None and isinstance(key.type, TextType) and key.type.names is names


def _takes(key: Key, value: Node, place: Place) -> bool:
    """Whether what is written already would be right under a key."""
    return fits(key.type, value, place) and (key.name not in _EDGES or takes_edges(key.name, value, place))


def _names_error_template(place: Place) -> bool:
    view = place.owner.view
    return view is not None and place.key_name == "config" and any(error_template_names(view))


def _wanted(keys: Iterable[Key], map_type: MapType, present: set[str]) -> Iterator[tuple[int, Key]]:
    exclusive = (*map_type.one_of, *map_type.at_most_one_of)
    needed = {name for group in (*map_type.one_of, *map_type.any_of) if not present & set(group) for name in group}
    seen: set[str] = set()
    for key in keys:
        if key.name in present or key.replacement or key.name in seen:
            continue
        if any(key.name in group and present & set(group) for group in exclusive):
            continue
        seen.add(key.name)
        yield 0 if key.required else 1 if key.name in needed else 2, key


def _free(place: Place, map_type: MapType, present: set[str]) -> Iterator[tuple[int, Key]]:
    if map_type.others is not None:
        for name, summary, required in free_keys(place, map_type):
            if name not in present:
                yield (0 if required else 1), Key(name, VALUE, summary, required=required)


def _item(place: Place, key: Key, sort: str, client: CompletionClient, *, has_value: bool) -> Item:
    dash = DASH if needs_dash(place) else " " if _follows_dash(place) else ""
    span = _span(place)
    has_colon = place.line_from(span.end).lstrip(" ").startswith(":")
    column = place.context.indent + (len(DASH) if dash == DASH else 0)
    is_quoted = place.context.quote is not None
    can_break = not place.line_from(span.end).strip()
    writer = Writer(client, in_flow=place.context.flow or not can_break)
    tail = "" if has_colon or is_quoted else ":" if has_value else writer.after_key(key, column)
    return Item(
        label=key.name,
        kind=ItemKind.KEY,
        span=span,
        new_text=f"{dash}{key.name}{tail}",
        detail="required" if key.required else f"default: {key.default}" if key.default else "",
        words=partial(of_key, key),
        sort_key=sort,
        is_snippet=client.snippets and "$" in tail,
        goes_on=bool(tail) and has_choices(key.type),
        line_indent=place.line_indent,
    )


def _follows_dash(place: Place) -> bool:
    return not place.context.flow and place.slice(place.line_start, _span(place).start).endswith("-")


def _span(place: Place) -> Span:
    """What is typed of the key on the cursor's line, and the rest of its name behind the cursor."""
    start = min(max(place.context.word.start, place.line_start), place.offset)
    end = _KEY_END.match(place.rest_of_line)
    return Span(start, place.offset + (end.end() if end is not None else 0))
