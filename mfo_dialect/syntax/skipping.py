"""The lines of a divided text, with leaps over blocks in which nothing stands far enough left to be looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from mfo_dialect.syntax.blocks import Stretch
from mfo_dialect.text import Piece, PiecedLines

_FIRST = re.compile(r"^([ \t]*)(?=[^ \t\r\n#])", re.MULTILINE)
_FAR = 1 << 30
_MANY = 64  # columns


class Left(NamedTuple):
    """The lines of some blocks that stand furthest left: their column, and how many are items and how many are not."""

    column: int
    items: int
    others: int


class BlockLines(PiecedLines):
    """The lines of a text that is kept in blocks."""

    __slots__ = ()

    def above(self, line: int, column: int, *, past_items: bool) -> tuple[int, int]:
        """The nearest line from ``line`` upwards that may start at ``column`` or further left; -1 if none may.

        Args:
            line: a line of the text.
            column: the column.
            past_items: whether blocks are passed over that have nothing but items there.

        Returns:
            The line, and how many items at ``column`` were passed over.
        """
        piece = self.pieces.piece_of_line(line)
        is_end = line >= piece.first_line + piece.breaks - 1
        left = _left_of(piece)
        if left.column <= column and not (past_items and is_end and left.column == column and not left.others):
            return line, 0
        return self._above(piece, column, left.items if left.column <= column else 0, past_items=past_items)

    def _above(self, piece: Piece, column: int, passed: int, *, past_items: bool) -> tuple[int, int]:
        """As ``above``, of the lines before ``piece``, ``passed`` items of which were passed over."""
        number, index = self.pieces.place_of(piece)
        pieces = piece.run.pieces[:index]
        while True:
            for one in reversed(pieces):
                left = one.memo or _left_of(one)
                if left.column <= column:
                    if not past_items or left.column < column or left.others:
                        return one.first_line + one.breaks - 1, passed
                    passed += left.items
            number, passed = self._run_above(number, column, passed, past_items=past_items)
            if number < 0:
                return -1, passed
            pieces = self.pieces.runs[number].pieces

    def _run_above(self, number: int, column: int, passed: int, *, past_items: bool) -> tuple[int, int]:
        """The nearest run before one in which ``above`` finds a line, or -1, and how many items were passed over so far."""
        for above in range(number - 1, -1, -1):
            left = self._left_of_run(above)
            if left.column <= column:
                if not past_items or left.column < column or left.others:
                    return above, passed
                passed += left.items
        return -1, passed

    def below(self, line: int, column: int) -> int:
        """The nearest line from ``line`` downwards that may start at ``column`` or further left; else the line count."""
        piece = self.pieces.piece_of_line(line)
        run, index = self.pieces.place_of(piece)
        while _left_of(piece).column > column:
            index += 1
            while index >= len(self.pieces.runs[run].pieces):
                run, index = run + 1, 0
                if run >= len(self.pieces.runs):
                    return self.line_count
                if self._left_of_run(run).column > column:
                    index = len(self.pieces.runs[run].pieces)
            piece = self.pieces.runs[run].pieces[index]
            line = piece.first_line
        return line

    def survey(self) -> Iterator[None]:
        """Find out for each run of blocks what stands furthest left in it; kept until the run is edited."""
        for number in range(len(self.pieces.runs)):
            if number < len(self.pieces.runs):  # it may be edited between two steps
                self._left_of_run(number)
            yield

    def _left_of_run(self, number: int) -> Left:
        run = self.pieces.runs[number]
        memo = run.memo
        if not isinstance(memo, Left):
            memo = run.memo = _furthest(_left_of(piece) for piece in run.pieces)
        return memo


def _left_of(piece: Piece) -> Left:
    """What stands furthest left in a piece; kept as its memo, where those who ask often may look first."""
    if piece.memo is None:
        piece.memo = _found_in(piece.text) if isinstance(piece, Stretch) else Left(0, 0, 1)
    return piece.memo


def _found_in(text: str) -> Left:
    first = _FIRST.search(text)
    lines = _lines_up_to(len(first[1])).finditer(text) if first is not None else ()
    return _furthest(Left(len(line[1]), int(bool(line[2])), int(not line[2])) for line in lines)


@lru_cache(_MANY)
def _lines_up_to(column: int) -> re.Pattern[str]:
    """Finds the lines whose content starts at a column or further left, and the dashes of those that are items."""
    return re.compile(rf"^([ \t]{{0,{column}}})(?=[^ \t\r\n#])(-[ \t\r\n]|-\Z)?", re.MULTILINE)


def _furthest(lines: Iterable[Left]) -> Left:
    column, items, others = _FAR, 0, 0
    for line in lines:
        if line.column < column:
            column, items, others = line
        elif line.column == column:
            items += line.items
            others += line.others
    return Left(column, items, others)
