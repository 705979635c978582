"""Moving a pair from one map to the map inside or around it."""

from __future__ import annotations

from mfo_dialect.catalogue.values import Key, MapType
from mfo_dialect.findings import Edit, Place
from mfo_dialect.rules.layout import insert_lines, lines_of_pair, remove_pair, replace_pair, shifted_lines
from mfo_dialect.rules.shape.maps import MapView
from mfo_dialect.syntax import Mapping, Pair, follow

_STEP = 2


def move_down(view: MapView, pair: Pair, child: Key, text: str) -> tuple[Edit, ...]:
    """Move a pair into the map under a neighbouring key, which is made where it is not there; none if unclear."""
    if view.mapping.flow or not isinstance(child.type, MapType):
        return ()
    lines = lines_of_pair(pair, text)
    target = view.mapping.get(child.name)
    if target is None:
        return (replace_pair(view.document, pair, f"{child.name}:\n{shifted_lines(lines, _STEP)}", text),)
    removal = remove_pair(view.document, view.mapping, pair, text)
    if removal is None or pair.name is None or not isinstance(target, Mapping) or pair.name in target:
        return ()
    written = view.mapping.pair(child.name)
    if written is None or follow(written.value) is not written.value:
        return ()
    insertion = insert_lines(view.document, target, lines, text)
    return (insertion, removal) if insertion is not None else ()


def move_up(view: MapView, parent: MapView, pair: Pair, text: str) -> tuple[Edit, ...]:
    """Move a pair into the map around; none if the way is not clear."""
    mapping = view.mapping
    holder = parent.mapping.pair(view.under)
    if mapping.flow or parent.mapping.flow or holder is None or pair.name in parent.mapping:
        return ()
    if holder.value is not mapping or not any(holder is written for written in parent.mapping.pairs):
        return ()
    lines = lines_of_pair(pair, text)
    if len(mapping.pairs) == 1:
        return (replace_pair(view.document, holder, lines, text),)
    removal = remove_pair(view.document, mapping, pair, text)
    insertion = insert_lines(view.document, parent.mapping, lines, text)
    if removal is None or insertion is None:
        return ()
    if removal.place.span.start <= insertion.place.span.start <= removal.place.span.end:
        added = insertion.new_text.removeprefix("\n")
        ends_line = text[removal.place.span.end - 1 : removal.place.span.end] in {"\n", "\r"}
        return (Edit(Place(view.document, removal.place.span), added + ("\n" if ends_line else "")),)
    return insertion, removal
