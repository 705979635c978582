"""Edits that respect how YAML is laid out: taking pairs and items out, putting lines in, moving them.

It knows lines, indentation and commas, and nothing of the dialect. Every function gives None where no edit is surely
right, as in a map that could not be read whole, so that no fix is offered there. New lines are written with LF; the
checker gives them the line ends of the document.
"""

from __future__ import annotations

import re

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Edit, Place
from mfo_dialect.syntax import Mapping, Node, Pair, Scalar, Sequence
from mfo_dialect.text import Span

_BREAKS = {"\n", "\r"}
_LINE_BREAK = re.compile(r"\r\n|\n|\r")


def text_of(snapshot: Snapshot, document: str) -> str:
    """A document's text."""
    source = snapshot.bundle.sources.get(document)
    return source.text if source is not None else ""


def line_start(text: str, offset: int) -> int:
    """Where the line of ``offset`` starts."""
    start = text.rfind("\n", 0, offset) + 1
    return text.rfind("\r", start, offset) + 1 or start


def last_line_end(text: str, end: int) -> int:
    """The end of the line on which a node ends at ``end``, line break and all that follows left out."""
    if end and text[end - 1 : end] in _BREAKS:
        end -= 2 if text[end - 2 : end] == "\r\n" else 1
    found = text.find("\n", end)
    found = len(text) if found < 0 else found
    earlier = text.find("\r", end, found)
    return found if earlier < 0 else earlier


def whole_lines(text: str, span: Span) -> Span:
    """The lines that a stretch touches, the last line break included."""
    return Span(line_start(text, span.start), next_line(text, last_line_end(text, span.end)))


def next_line(text: str, offset: int) -> int:
    """Where the line behind that of ``offset`` starts; the text's end where there is none."""
    found = _LINE_BREAK.search(text, offset)
    return found.end() if found is not None else len(text)


def column_of(text: str, offset: int) -> int:
    """How many code points stand before ``offset`` on its line."""
    return offset - line_start(text, offset)


def shifted_lines(block: str, distance: int) -> str:
    """Lines with their indentation changed; blank lines stay as they are."""
    return "\n".join(_shifted(line, distance) for line in _LINE_BREAK.split(block))


def _shifted(line: str, distance: int) -> str:
    if not line.strip():
        return line
    if distance >= 0:
        return " " * distance + line
    return line[min(-distance, len(line) - len(line.lstrip(" "))) :]


def lines_of_pair(pair: Pair, text: str) -> str:
    """A pair as lines that start in column 0."""
    start = pair.key.span.start
    return shifted_lines(
        " " * column_of(text, start) + text[start : last_line_end(text, pair.span.end)], -column_of(text, start)
    )


def remove_pair(document: str, mapping: Mapping, pair: Pair, text: str) -> Edit | None:
    """Take a pair out of a map that has others."""
    place = next((index for index, other in enumerate(mapping.pairs) if other is pair), None)
    if place is None or len(mapping.pairs) == 1 or mapping.damaged:
        return None
    if mapping.flow:
        return Edit(Place(document, _among(mapping.pairs, place)), "")
    start = pair.key.span.start
    if not text[line_start(text, start) : start].strip():
        return Edit(Place(document, whole_lines(text, pair.span)), "")
    if place + 1 < len(mapping.pairs):
        return Edit(Place(document, Span(start, mapping.pairs[place + 1].key.span.start)), "")
    return None


def _among(parts: tuple[Pair, ...] | tuple[Node, ...], place: int) -> Span:
    """A part of a flow collection with one of the commas beside it."""
    own = parts[place].span
    if place:
        return Span(parts[place - 1].span.end, own.end)
    return Span(own.start, parts[1].span.start) if len(parts) > 1 else own


def remove_item(document: str, mapping: Mapping, key: str, item: Scalar, text: str) -> Edit | None:
    """Take an item out of the list under a key; the key goes with its last item."""
    pair = mapping.pair(key)
    if pair is None or mapping.damaged or not any(pair is written for written in mapping.pairs):
        return None
    value = pair.value
    if value is item or (isinstance(value, Sequence) and len(value.items) == 1 and value.items[0] is item):
        return remove_pair(document, mapping, pair, text)
    if not isinstance(value, Sequence):
        return None
    place = next((index for index, other in enumerate(value.items) if other is item), None)
    if place is None:
        return None
    if value.flow:
        return Edit(Place(document, _among(value.items, place)), "")
    if text[line_start(text, item.span.start) : item.span.start].strip() != "-":
        return None
    return Edit(Place(document, whole_lines(text, item.span)), "")


def insert_lines(document: str, mapping: Mapping, lines: str, text: str) -> Edit | None:
    """Put lines, written from column 0, behind the last pair of a block map."""
    if mapping.flow or mapping.damaged or not mapping.pairs:
        return None
    plain = next((pair for pair in mapping.pairs if pair.key.anchor is None and pair.key.tag is None), None)
    if plain is None:
        return None
    end = last_line_end(text, max(pair.span.end for pair in mapping.pairs))
    column = column_of(text, plain.key.span.start)
    return Edit(Place(document, Span(end, end)), "\n" + shifted_lines(lines, column))


def replace_pair(document: str, pair: Pair, lines: str, text: str) -> Edit:
    """Put lines, written from column 0, where a pair of a block map stands."""
    start = pair.key.span.start
    body = shifted_lines(lines, column_of(text, start)).lstrip(" ")
    return Edit(Place(document, Span(start, last_line_end(text, pair.span.end))), body)
