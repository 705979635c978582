"""What may be typed at a place, right on half-typed and broken text. It knows no protocol: places are offsets."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import references_of
from mfo_dialect.catalogue.values import EitherType, Format, ListType, MapType, References, TextType, ValueType
from mfo_dialect.model.kinds import DocumentKind
from mfo_dialect.syntax import Expects, Within
from mfo_lsp.features.completion.expressions import expression_items
from mfo_lsp.features.completion.items import CompletionClient, Item, ItemKind
from mfo_lsp.features.completion.keys import key_items
from mfo_lsp.features.completion.path_values import is_in_reference, reference_items
from mfo_lsp.features.completion.place import Place, behind_missing_colon, option_for, place_at
from mfo_lsp.features.completion.templates import is_in_template, template_items
from mfo_lsp.features.completion.values import value_items

__all__ = ["CompletionClient", "Item", "ItemKind", "complete"]

_ANY_CLIENT = CompletionClient()


def complete(
    snapshot: Snapshot, document: str, offset: int, client: CompletionClient = _ANY_CLIENT
) -> tuple[Item, ...]:
    """What may be typed at a cursor, the likeliest first.

    Args:
        snapshot: the bundle.
        document: the key of the text.
        offset: the cursor.
        client: what the editor can do with items.
    """
    place = place_at(snapshot, document, offset)
    if place is None or place.context.within is Within.COMMENT or not place.has_room:
        return ()
    return tuple(sorted(_items(place, client), key=lambda item: item.sort_key))


def _items(place: Place, client: CompletionClient) -> Iterator[Item]:
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
    return declared if isinstance(declared, MapType) else None


def _value_items(place: Place, client: CompletionClient) -> Iterator[Item]:
    options = _options(place.type)
    formats = {option.format for option in options if isinstance(option, TextType)}
    if Format.EXPRESSION in formats:
        yield from expression_items(place, client)
    elif Format.TEMPLATE in formats and is_in_template(place):
        yield from template_items(place)
    elif is_in_reference(place):
        if place.document.kind is DocumentKind.WORKFLOW and any(_reads(option) for option in options):
            yield from reference_items(place, client)
    else:
        yield from value_items(place, client)


def _options(value_type: ValueType | None) -> tuple[ValueType, ...]:
    match value_type:
        case None:
            return ()
        case EitherType(options=options):
            return options
        case ListType(item=item):
            return (item,)
        case _:
            return (value_type,)


def _reads(value_type: ValueType) -> bool:
    return references_of(value_type) is not References.NONE
