"""What may be typed at a place, right on half-typed and broken text. It knows no protocol: places are offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.catalogue.values import Format, ListType, MapType, References, SchemaType, TextType, ValueType
from mfo_dialect.model.kinds import DocumentKind
from mfo_dialect.rules.shape.reading import references_below
from mfo_dialect.syntax import Expects, Within
from mfo_lsp.features.completion.colon_names import behind_colon_of_name
from mfo_lsp.features.completion.expressions import expression_items, wanted_by_expression
from mfo_lsp.features.completion.items import CompletionClient, Item, ItemKind
from mfo_lsp.features.completion.keys import key_items
from mfo_lsp.features.completion.path_values import is_in_reference, reference_items, wanted_by_path
from mfo_lsp.features.completion.place import Place, behind_missing_colon, option_for, options_of, place_at
from mfo_lsp.features.completion.schema_keys import SCHEMA_KEYS
from mfo_lsp.features.completion.templates import is_in_template, template_items
from mfo_lsp.features.completion.values import value_items
from mfo_lsp.features.recorded import NOTHING_RECORDED, Recorded, Wanted

__all__ = ["CompletionClient", "Item", "ItemKind", "complete", "complete_at", "place_at", "wanted_by_completion"]

_ANY_CLIENT = CompletionClient()
_BEHIND_DOT = re.compile(r"\.[\w-]*\Z")
_LONGEST_PATH = 200


def complete(
    snapshot: Snapshot,
    document: str,
    offset: int,
    client: CompletionClient = _ANY_CLIENT,
    recorded: Recorded = NOTHING_RECORDED,
) -> tuple[Item, ...]:
    """What may be typed at a cursor, the likeliest first.

    Args:
        snapshot: the bundle.
        document: the key of the text.
        offset: the cursor.
        client: what the editor can do with items.
        recorded: what runs gave of what ``wanted_by_completion`` names.
    """
    place = place_at(snapshot, document, offset)
    return complete_at(place, client, recorded) if place is not None else ()


def complete_at(place: Place, client: CompletionClient, recorded: Recorded) -> tuple[Item, ...]:
    """``complete`` for a caller that has looked up the place already."""
    if place.context.within is Within.COMMENT or not place.has_room:
        return ()
    place = replace(place, recorded=recorded)
    return tuple(sorted(_items(place, client), key=lambda item: item.sort_key))


def wanted_by_completion(place: Place) -> Wanted | None:
    """What of recorded runs completion can make use of at a place; None for nothing."""
    start = max(0, place.offset - _LONGEST_PATH)
    if place.document.kind is not DocumentKind.WORKFLOW or not _BEHIND_DOT.search(place.slice(start, place.offset)):
        return None
    is_expression = any(isinstance(one, TextType) and one.format is Format.EXPRESSION for one in options_of(place.type))
    path = wanted_by_expression(place) if is_expression else wanted_by_path(place)
    return path.wanted if path is not None else None


def _items(place: Place, client: CompletionClient) -> Iterator[Item]:
    place = behind_colon_of_name(place) or place
    expects = place.context.expects
    if expects is Expects.KEY and any(character.isspace() for character in place.context.word_text):
        value = behind_missing_colon(place)
        if value is not None:
            yield from value_items(value, client)
        return
    if expects in {Expects.KEY, Expects.NODE, Expects.ITEM} and not _is_in_text(place):
        map_type = _map_expected(place)
        if map_type is not None:
            yield from key_items(place, map_type, client)
    if expects is not Expects.KEY:
        yield from _value_items(place, client)


def _is_in_text(place: Place) -> bool:
    return place.in_block or (place.context.quote is not None and place.context.expects is not Expects.KEY)


def _map_expected(place: Place) -> MapType | None:
    """The declaration of the map that a key typed here belongs to, of a list's items too."""
    declared = option_for(place.type, is_list=False)
    if place.context.expects is Expects.NODE and isinstance(place.type, ListType):
        declared = option_for(place.type.item, is_list=False)
    if isinstance(declared, SchemaType):
        return SCHEMA_KEYS
    return declared if isinstance(declared, MapType) else None


def _value_items(place: Place, client: CompletionClient) -> Iterator[Item]:
    options = options_of(place.type)
    formats = {option.format for option in options if isinstance(option, TextType)}
    if Format.EXPRESSION in formats:
        yield from expression_items(place, client)
    elif Format.TEMPLATE in formats and is_in_template(place):
        yield from template_items(place, client)
    elif is_in_reference(place):
        if place.document.kind is DocumentKind.WORKFLOW and any(_reads(option) for option in options):
            yield from reference_items(place, client)
    else:
        yield from value_items(place, client)


def _reads(value_type: ValueType) -> bool:
    return references_below(value_type) is not References.NONE
