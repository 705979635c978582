"""Items of lists as whole lines, with the comments that belong to them: taken out of one list, put into another.

It knows lines and indentation, and nothing of what the items mean. Lists in brackets are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mfo_dialect.findings import Edit, Place
from mfo_dialect.rules.layout import column_of, last_line_end, line_start, next_line, shifted_lines, whole_lines
from mfo_dialect.syntax import Mapping, Pair, Scalar
from mfo_dialect.syntax import Sequence as SequenceNode
from mfo_dialect.text import Span

_BLANK = re.compile(r"[ \t]*(?:\r\n|\n|\r)")
_COMMENT = re.compile(r"[ \t]*#")


@dataclass(frozen=True, slots=True)
class ItemBlock:
    """One item.

    Attributes:
        span: its lines, with the comment lines right above it and the indented ones below it.
        lines: those lines as if the dash stood in column 0, without the last line break.
        apart: whether a blank line stands before it.
    """

    span: Span
    lines: str
    apart: bool


def dash_of(text: str, start: int) -> int | None:
    """Where the dash of the item that starts at ``start`` stands; None where it does not begin its line."""
    before = text[:start].rstrip(" \t\r\n")
    dash = len(before) - 1
    is_dash = before.endswith("-") and not text[line_start(text, dash) : dash].strip()
    return dash if is_dash else None


def item_block(text: str, start: int, end: int) -> ItemBlock | None:
    """The item of a block list that stands at some place; None where its lines hold something else too."""
    dash = dash_of(text, start)
    if dash is None:
        return None
    column = column_of(text, dash)
    first = line_start(text, dash)
    while first:
        above = line_start(text, first - 1 - (text[first - 2 : first] == "\r\n"))
        if above == first or not _is_comment_at(text, above, column):
            break
        first = above
    last = _with_indented_comments(text, next_line(text, last_line_end(text, end)), column)
    apart = first > 0 and not text[line_start(text, first - 1) : first].strip()
    lines = shifted_lines(text[first:last].rstrip("\r\n"), -column)
    return ItemBlock(Span(first, last), lines, apart)


def _is_comment_at(text: str, start: int, column: int) -> bool:
    mark = _COMMENT.match(text, start)
    return mark is not None and mark.end() - 1 - start == column


def _with_indented_comments(text: str, end: int, column: int) -> int:
    """The end of the comment lines from ``end`` on that stand deeper than a column; blank lines between them count."""
    at = end
    while at < len(text):
        following = next_line(text, at)
        mark = _COMMENT.match(text, at)
        if mark is not None and mark.end() - 1 - at > column:
            end = following
        elif _BLANK.fullmatch(text, at, following) is None:
            break
        at = following
    return end


def without_blocks(document: str, pair: Pair, blocks: Sequence[ItemBlock], text: str) -> list[Edit]:
    """The edits that take items out of the list under a key; the key goes with the last of them."""
    value = pair.value
    if isinstance(value, SequenceNode) and len(value.items) == len(blocks):
        return [Edit(Place(document, whole_lines(text, Span(pair.key.span.start, blocks[-1].span.end - 1))), "")]
    return [Edit(Place(document, _with_blank_before(block, text)), "") for block in blocks]


def _with_blank_before(block: ItemBlock, text: str) -> Span:
    """The lines of an item, with one of the blank lines around it where there are some on both sides."""
    start, end = block.span
    is_last = end >= len(text) or _BLANK.match(text, end) is not None
    return Span(line_start(text, start - 1), end) if block.apart and is_last else block.span


def joined(blocks: Iterable[ItemBlock]) -> str:
    """Items one below the other, blank lines between them where there were some."""
    lines = ""
    for block in blocks:
        lines += ("\n\n" if block.apart else "\n") + block.lines if lines else block.lines
    return lines


def with_items(document: str, mapping: Mapping, key: str, lines: str, text: str) -> Edit | None:
    """An edit that adds items to the block list under a key, behind the last one; the list is made where there is none.

    Args:
        document: the key of the text.
        mapping: a map that is written in lines.
        key: where the list stands, or is to stand.
        lines: the items as lines, with their dashes in column 0.
        text: the document's text.

    Returns:
        None where the map or the list is laid out otherwise.
    """
    if mapping.flow or mapping.damaged or not mapping.pairs:
        return None
    pair = mapping.pair(key)
    column = column_of(text, mapping.pairs[0].key.span.start)
    if pair is None:
        behind = _last_list(mapping) or mapping.pairs[-1]
        offset = _offset(behind, text)
        end = _end_of_lines(text, behind.span.end, column)
        return _inserted(document, end, f"{' ' * column}{key}:\n{shifted_lines(lines, column + offset)}", text)
    value = pair.value
    if not any(pair is written for written in mapping.pairs) or value.anchor is not None or value.tag is not None:
        return None
    if isinstance(value, SequenceNode) and value.items and not value.flow:
        dash = dash_of(text, value.items[-1].span.start)
        if dash is None:
            return None
        dash_column = column_of(text, dash)
        end = _end_of_lines(text, value.items[-1].span.end, dash_column)
        return _inserted(document, end, shifted_lines(lines, dash_column), text)
    if (isinstance(value, SequenceNode) and not value.items) or (isinstance(value, Scalar) and value.is_missing):
        place = Place(document, Span(pair.key.span.end, value.span.end))
        return Edit(place, f":\n{shifted_lines(lines, column + 2)}")
    return None


def _last_list(mapping: Mapping) -> Pair | None:
    lists = (pair for pair in mapping.pairs if pair.name in {"tasks", "conditions", "subflows"})
    return max(lists, key=lambda pair: pair.span.start, default=None)


def _offset(pair: Pair, text: str) -> int:
    """How far the dashes of the list under a key stand to the right of it."""
    value = pair.value
    dash = dash_of(text, value.items[0].span.start) if isinstance(value, SequenceNode) and value.items else None
    return column_of(text, dash) - column_of(text, pair.key.span.start) if dash is not None else 2


def _end_of_lines(text: str, end: int, column: int) -> int:
    return _with_indented_comments(text, next_line(text, last_line_end(text, end)), column)


def _inserted(document: str, offset: int, lines: str, text: str) -> Edit:
    """Whole lines at the start of a line, or behind a last line that has no end."""
    if offset and text[offset - 1] not in "\r\n":
        return Edit(Place(document, Span(offset, offset)), f"\n{lines}")
    return Edit(Place(document, Span(offset, offset)), f"{lines}\n")
