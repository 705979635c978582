"""Offsets to lines and columns and back, in the three encodings that editors count in.

Lines end at LF, CRLF and CR only, as the Language Server Protocol says; never at the other line breaks of Unicode.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

_LINE_BREAK = re.compile(r"\r\n|\n|\r")
_MAX_BMP = "\uffff"


class Encoding(Enum):
    """How columns are counted: in code units of UTF-8 or UTF-16, or in code points (UTF-32)."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


class Position(NamedTuple):
    """A place in text: 0-based line and column; the column's unit is that of the call that made it."""

    line: int
    column: int


def line_break_near(text: str, offset: int) -> str:
    """How the line of ``offset`` ends, or the one before it where it is the last; LF in a text of one line."""
    here = _LINE_BREAK.search(text, max(offset, 0))
    if here is not None:
        return here.group()
    last = max(text.rfind("\n"), text.rfind("\r"))
    return "\n" if last < 0 else "\r\n" if text[last - 1 : last + 1] == "\r\n" else text[last]


def with_line_breaks(text: str, line_break: str) -> str:
    """The same lines, each ended by ``line_break``."""
    return _LINE_BREAK.sub(line_break, text)


class LineIndex:
    """Where the lines of one text start; immutable once made."""

    __slots__ = ("_starts", "_text")

    def __init__(self, text: str) -> None:
        """Index ``text``, which is kept by reference."""
        self._text = text
        self._starts = [0, *[match.end() for match in _LINE_BREAK.finditer(text)]]

    @property
    def text(self) -> str:
        """The text whose lines these are."""
        return self._text

    @property
    def length(self) -> int:
        """The number of code points in the text."""
        return len(self._text)

    @property
    def line_count(self) -> int:
        """The number of lines; an empty text has one."""
        return len(self._starts)

    def line_start(self, line: int) -> int:
        """The offset at which the 0-based ``line`` starts; the text's length past the last line."""
        if line < 0:
            return 0
        return self._starts[line] if line < len(self._starts) else len(self._text)

    def line_text(self, line: int) -> str:
        """The 0-based ``line`` without its line break; empty past the last line."""
        if 0 <= line < len(self._starts) - 1:
            return self._text[self._starts[line] : self._starts[line + 1]].rstrip("\r\n")
        return self._text[self.line_start(line) : self.line_start(line + 1)].rstrip("\r\n")

    def line_of(self, offset: int) -> int:
        """The 0-based line in which ``offset`` lies; offsets outside the text count as its ends."""
        return bisect_right(self._starts, max(offset, 0)) - 1

    def slice(self, start: int, end: int) -> str:
        """``text[start:end]`` of offsets that are not negative."""
        return self._text[start:end]

    def places(self, words: str) -> Iterator[int]:
        """The offsets at which some words stand, one behind the end of the other.

        Args:
            words: something without a line break; nothing stands nowhere.
        """
        return places_in(self._text, words)

    def survey(self) -> Iterator[None]:
        """Find out step by step what is to be known of all lines before one of them is asked about: here nothing."""
        return iter(())

    def position(self, offset: int, encoding: Encoding = Encoding.UTF32) -> Position:
        """The 0-based line and column of ``offset``, the column counted in ``encoding``."""
        text = self._text
        offset = min(max(offset, 0), len(text))
        line = bisect_right(self._starts, offset) - 1
        start = self._starts[line]
        if encoding is Encoding.UTF32 or text.isascii():  # asking that takes no time
            return Position(line, offset - start)
        return Position(line, _width(text[start:offset], encoding))

    def ends(self, start: int, end: int, encoding: Encoding = Encoding.UTF32) -> tuple[Position, Position]:
        """``position`` of the start and of the end of a stretch of the text; ``start`` is not behind ``end``."""
        first = self.position(start, encoding)
        if not 0 <= start <= end < self.line_start(first.line + 1):
            return first, self.position(end, encoding)
        return first, Position(first.line, first.column + _width(self.slice(start, end), encoding))

    def offset(self, position: Position, encoding: Encoding = Encoding.UTF32) -> int:
        """The offset of a position whose column counts in ``encoding``.

        A column past the line's end means the line's end, as the protocol says; a column inside a code point means
        that code point's start.
        """
        start = self.line_start(position.line)
        line = self.line_text(position.line) if position.line < self.line_count else ""
        if position.line < 0 or position.column <= 0:
            return start
        if encoding is Encoding.UTF32 or (encoding is Encoding.UTF16 and _is_bmp(line)):
            return start + min(position.column, len(line))
        return start + _code_points(line, position.column, encoding)


def places_in(text: str, words: str) -> Iterator[int]:
    """The offsets at which some words stand in a text, one behind the end of the other; nothing stands nowhere."""
    at = text.find(words) if words else -1
    while at >= 0:
        yield at
        at = text.find(words, at + len(words))


def _is_bmp(text: str) -> bool:
    return not text or max(text) <= _MAX_BMP


def _width(piece: str, encoding: Encoding) -> int:
    if encoding is Encoding.UTF32 or piece.isascii():
        return len(piece)
    return sum(_units(character, encoding) for character in piece)


def _units(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.UTF16:
        return 2 if character > _MAX_BMP else 1
    code = ord(character)
    return 1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4  # noqa: PLR2004 - the bounds of UTF-8


def _code_points(line: str, column: int, encoding: Encoding) -> int:
    units = 0
    for index, character in enumerate(line):
        units += _units(character, encoding)
        if units > column:
            return index
        if units == column:
            return index + 1
    return len(line)
