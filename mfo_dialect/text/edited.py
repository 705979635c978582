"""A text that is edited: an edit costs what its neighbourhood is long, wherever in the text it is."""

from __future__ import annotations

import re
from itertools import islice

from mfo_dialect.text.differences import edit_between
from mfo_dialect.text.edits import TextEdit
from mfo_dialect.text.lines import LineIndex
from mfo_dialect.text.pieces import Piece, PiecedLines, PiecedText

_LINES = 64
"""Lines of a piece."""
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")


class EditedText:
    """A text and its lines, as they are now."""

    __slots__ = ("_pieces", "lines")

    def __init__(self, text: str) -> None:
        """Start with ``text``."""
        self._pieces = PiecedText(_pieces_of(text))
        self.lines: LineIndex = PiecedLines(self._pieces)

    @property
    def text(self) -> str:
        """All of it, joined on demand and kept until the next edit."""
        return self._pieces.text

    @property
    def length(self) -> int:
        """The number of code points."""
        return self._pieces.length

    def edit_to(self, text: str) -> TextEdit:
        """The one edit that makes this text another one, as short as possible."""
        return edit_between(self.text, text)

    def apply(self, edit: TextEdit) -> None:
        """Edit the text.

        Raises:
            ValueError: the edit lies outside the text.
        """
        (start, end), new = edit
        pieces = self._pieces
        if not 0 <= start <= end <= pieces.length:
            raise ValueError(f"edit {edit.span} lies outside the text")
        first, last = pieces.piece_at(start), pieces.piece_at(end)
        text = first.text[: start - first.base] + new + last.text[end - last.base :]
        following = next(islice(pieces.following(last), 1, 2), None)
        if following is not None and (not text.endswith(("\n", "\r")) or _parts_break(text, following.text)):
            text, last = text + following.text, following
        preceding = next(pieces.preceding(first), None)
        if preceding is not None and (not text or _parts_break(preceding.text, text)):
            text, first = preceding.text + text, preceding
        pieces.replace(first, last, _pieces_of(text))


def _parts_break(before: str, after: str) -> bool:
    """Whether a line break of two characters would be divided between two pieces."""
    return before.endswith("\r") and after.startswith("\n")


def _pieces_of(text: str) -> list[Piece]:
    lines = _LINE.findall(text)
    if len(lines) <= 2 * _LINES:
        return [Piece(text)]
    return [Piece("".join(lines[start : start + _LINES])) for start in range(0, len(lines), _LINES)]
