"""A text kept in pieces, so that an edit costs what its piece is long, wherever in the text it is.

The pieces stand in runs of about a hundred. A piece knows its place within its run and a run its place within the
text, so that everything behind an edit moves by moving one run after the other. It knows nothing of what is written.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any

from mfo_dialect.text.lines import Encoding, LineIndex, Position, places_in

_RUN = 128
_MOST_WORDS = 256
"""Words of which a run remembers whether it holds them."""
_start, _line = attrgetter("start"), attrgetter("line")
_LINE_BREAK = re.compile(r"\r\n|\n|\r")


class Run:
    """Neighbouring pieces that are moved as one.

    Attributes:
        pieces: the pieces.
        start: the offset of the first.
        line: its line.
        length: the number of their code points.
        breaks: the number of their line breaks.
        memo: what somebody found out about the pieces; forgotten when these change.
        text: all that is written in them, joined on demand; forgotten when these change.
        held: of some words, whether they stand in the pieces; forgotten when these change.
    """

    __slots__ = ("_text", "breaks", "held", "length", "line", "memo", "pieces", "start")

    def __init__(self, pieces: list[Piece]) -> None:
        """Take ``pieces`` over."""
        self.pieces = pieces
        self.start = 0
        self.line = 0
        self.length = 0
        self.breaks = 0
        self.memo: object = None
        self.held: dict[str, bool] = {}
        self._text: str | None = None
        self.settle(0)

    @property
    def text(self) -> str:
        """What is written in its pieces; kept until they change."""
        if self._text is None:
            self._text = "".join([piece.text for piece in self.pieces])
        return self._text

    def settle(self, index: int) -> None:
        """Give the pieces from ``index`` on their places, and measure the run."""
        pieces = self.pieces
        before = pieces[index - 1] if index else None
        start = before.start + len(before.text) if before else 0
        line = before.line + before.breaks if before else 0
        for piece in pieces[index:] if index else pieces:
            piece.run = self
            piece.start = start
            piece.line = line
            start += len(piece.text)
            line += piece.breaks
        self.length = start
        self.breaks = line
        self.memo = None
        self._text = None
        if self.held:
            self.held = {}


_NOWHERE = Run([])


class Piece:
    """A stretch of whole lines. It is never empty, unless the whole text is, and ends with a line break, unless last.

    Attributes:
        text: what is written.
        breaks: the number of its line breaks.
        run: where it stands; no run of any text before it is put into one and after it was taken out.
        start: its offset in the run.
        line: its line in the run.
        memo: what somebody found out about its text.
    """

    __slots__ = ("_lines", "breaks", "line", "memo", "run", "start", "text")

    def __init__(self, text: str) -> None:
        """Make a piece that stands nowhere yet."""
        self.text = text
        self.breaks = _count_breaks(text)
        self.run = _NOWHERE
        self.start = 0
        self.line = 0
        self.memo: Any = None
        self._lines: LineIndex | None = None

    @property
    def base(self) -> int:
        """Its offset in the text; 0 as long as it stands nowhere."""
        return self.run.start + self.start

    @property
    def is_placed(self) -> bool:
        """Whether it stands in a text."""
        return self.run is not _NOWHERE

    @property
    def end(self) -> int:
        """The offset behind it."""
        return self.run.start + self.start + len(self.text)

    @property
    def first_line(self) -> int:
        """Its 0-based first line."""
        return self.run.line + self.line

    @property
    def lines(self) -> LineIndex:
        """Its own lines, indexed on demand."""
        if self._lines is None:
            self._lines = LineIndex(self.text)
        return self._lines


class PiecedText:
    """A text as a row of pieces; never without any."""

    __slots__ = ("_joined", "runs")

    def __init__(self, pieces: Iterable[Piece]) -> None:
        """Put ``pieces`` in a row; at least one."""
        self.runs: list[Run] = []
        self._joined: str | None = None
        row = list(pieces)
        self.runs = [Run(row[place : place + _RUN]) for place in range(0, len(row), _RUN)]
        self._settle(0)

    def __iter__(self) -> Iterator[Piece]:
        """The pieces in order."""
        return (piece for run in self.runs for piece in run.pieces)

    @property
    def length(self) -> int:
        """The number of code points."""
        last = self.runs[-1]
        return last.start + last.length

    @property
    def breaks(self) -> int:
        """The number of line breaks."""
        last = self.runs[-1]
        return last.line + last.breaks

    @property
    def text(self) -> str:
        """All of it, joined on demand and kept until something changes."""
        if self._joined is None:
            self._joined = "".join([run.text for run in self.runs])
        return self._joined

    def holds(self, words: str) -> bool:
        """Whether some words stand anywhere in the text; remembered for each run of pieces.

        Args:
            words: something without a line break, so that no piece ends inside it.
        """
        for run in self.runs:
            known = run.held.get(words)
            if known is None:
                known = run.held[words] = words in run.text
            if known:
                return True
        return False

    def places(self, words: str) -> Iterator[int]:
        """The offsets at which some words stand, as ``LineIndex.places``; runs that do not hold them are passed over."""
        for run in self.runs:
            known = run.held.get(words)
            if known is None:
                if len(run.held) >= _MOST_WORDS:
                    run.held = {}
                known = run.held[words] = words in run.text
            if known:
                for at in places_in(run.text, words):
                    yield run.start + at

    @property
    def is_ascii(self) -> bool:
        """Whether all characters are of ASCII."""
        for run in self.runs:
            known = run.held.get("")
            if known is None:
                known = run.held[""] = run.text.isascii()
            if not known:
                return False
        return True

    def piece_at(self, offset: int) -> Piece:
        """The piece that holds the code point at ``offset``; the first or last one outside the text."""
        run = self.runs[(bisect_right(self.runs, offset, key=_start) or 1) - 1]
        return run.pieces[(bisect_right(run.pieces, offset - run.start, key=_start) or 1) - 1]

    def piece_of_line(self, line: int) -> Piece:
        """The piece that holds the 0-based ``line``; the first or last one outside the text."""
        run = self.runs[(bisect_right(self.runs, line, key=_line) or 1) - 1]
        return run.pieces[(bisect_right(run.pieces, line - run.line, key=_line) or 1) - 1]

    def following(self, piece: Piece) -> Iterator[Piece]:
        """``piece`` and the pieces behind it."""
        run, index = self.place_of(piece)
        yield from self.runs[run].pieces[index:]
        for later in self.runs[run + 1 :]:
            yield from later.pieces

    def following_with(self, words: str, piece: Piece) -> Iterator[Piece]:
        """Those of ``piece`` and the pieces behind it that hold ``words``."""
        run, index = self.place_of(piece)
        yield from [later for later in self.runs[run].pieces[index:] if words in later.text]
        for other in self.runs[run + 1 :]:
            yield from [later for later in other.pieces if words in later.text]

    def preceding(self, piece: Piece) -> Iterator[Piece]:
        """The pieces before ``piece``, nearest first."""
        run, index = self.place_of(piece)
        yield from reversed(self.runs[run].pieces[:index])
        for earlier in reversed(self.runs[:run]):
            yield from reversed(earlier.pieces)

    def slice(self, start: int, end: int) -> str:
        """``text[start:end]`` of offsets inside the text, joining no more than that."""
        if self._joined is not None:
            return self._joined[start:end]
        first = self.piece_at(start)
        if end <= first.end:
            return first.text[start - first.base : max(end - first.base, 0)]
        found: list[str] = [first.text[start - first.base :]]
        for piece in self.following(first):
            if piece is not first:
                if piece.base >= end:
                    break
                found.append(piece.text[: end - piece.base])
        return "".join(found)

    def replace(self, first: Piece, last: Piece, pieces: list[Piece]) -> None:
        """Put ``pieces`` where those from ``first`` to ``last`` stand; some of them may be among the new ones."""
        self._joined = None
        low, left = self.place_of(first)
        high, right = self.place_of(last)
        run = self.runs[low]
        removed = run.pieces[left : right + 1] if low == high else self._between(low, left, high, right)
        for piece in removed:
            piece.run, piece.start, piece.line = _NOWHERE, 0, 0
        if low == high:
            run.pieces[left : right + 1] = pieces
        else:
            run.pieces[left:] = [*pieces, *self.runs[high].pieces[right + 1 :]]
            del self.runs[low + 1 : high + 1]
        run.settle(left)
        if not _RUN // 4 < len(run.pieces) <= _RUN * 2:
            self._even(low)
        self._settle(low)

    def _between(self, low: int, left: int, high: int, right: int) -> list[Piece]:
        middle = [piece for run in self.runs[low + 1 : high] for piece in run.pieces]
        return [*self.runs[low].pieces[left:], *middle, *self.runs[high].pieces[: right + 1]]

    def place_of(self, piece: Piece) -> tuple[int, int]:
        """The index of the piece's run, and its index in that run."""
        run = bisect_right(self.runs, piece.run.start, key=_start) - 1
        return run, bisect_right(piece.run.pieces, piece.start, key=_start) - 1

    def _even(self, index: int) -> None:
        """Divide a run that has grown too long; join one that has become short with its neighbour."""
        end = index + 1
        if len(self.runs[index].pieces) <= _RUN and end < len(self.runs):
            end += 1
        elif len(self.runs[index].pieces) <= _RUN and index:
            index -= 1
        row = [piece for run in self.runs[index:end] for piece in run.pieces]
        count = max(round(len(row) / _RUN), 1)
        size = -(-len(row) // count)
        self.runs[index:end] = [Run(row[place : place + size]) for place in range(0, len(row), size)]

    def _settle(self, index: int) -> None:
        """Give the runs around and behind ``index`` their places."""
        index = max(index - 1, 0)
        before = self.runs[index - 1] if index else None
        start, line = (before.start + before.length, before.line + before.breaks) if before else (0, 0)
        for run in self.runs[index:]:
            run.start = start
            run.line = line
            start += run.length
            line += run.breaks


class PiecedLines(LineIndex):
    """The lines of a text in pieces, as they are now."""

    __slots__ = ("pieces",)

    def __init__(self, pieces: PiecedText) -> None:
        """Look at ``pieces``, whatever they hold later."""
        self.pieces = pieces

    @property
    def text(self) -> str:
        """All of the text; joined on demand."""
        return self.pieces.text

    @property
    def length(self) -> int:
        """The number of code points in the text."""
        return self.pieces.length

    @property
    def line_count(self) -> int:
        """The number of lines; an empty text has one."""
        return self.pieces.breaks + 1

    def line_start(self, line: int) -> int:
        """The offset at which the 0-based ``line`` starts; the text's length past the last line."""
        if line <= 0:
            return 0
        if line > self.pieces.breaks:
            return self.pieces.length
        piece = self.pieces.piece_of_line(line)
        return piece.base + piece.lines.line_start(line - piece.first_line)

    def line_text(self, line: int) -> str:
        """The 0-based ``line`` without its line break; empty past the last line."""
        if line < 0 or line > self.pieces.breaks:
            return ""
        piece = self.pieces.piece_of_line(line)
        return piece.lines.line_text(line - piece.first_line)

    def line_of(self, offset: int) -> int:
        """The 0-based line in which ``offset`` lies; offsets outside the text count as its ends."""
        piece = self.pieces.piece_at(offset)
        return piece.first_line + piece.lines.line_of(offset - piece.base)

    def position(self, offset: int, encoding: Encoding = Encoding.UTF32) -> Position:
        """The 0-based line and column of ``offset``, the column counted in ``encoding``; found in its piece."""
        piece = self.pieces.piece_at(offset)
        line, column = piece.lines.position(offset - piece.base, encoding)
        return Position(piece.first_line + line, column)

    def slice(self, start: int, end: int) -> str:
        """``text[start:end]``, joining no more than that."""
        return self.pieces.slice(start, end)

    def places(self, words: str) -> Iterator[int]:
        """The offsets at which some words stand; nothing may be edited while they are gone through."""
        return self.pieces.places(words)


def _count_breaks(text: str) -> int:
    return sum(1 for _ in _LINE_BREAK.finditer(text)) if "\r" in text else text.count("\n")
