"""Diagnostics as JSON, kept for as long as they say the same in the same place.

Findings come in groups: those of one part of a document. A group whose part has only moved by whole lines gets new line
numbers; one that has not changed at all costs a look at the line where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from mfo_dialect.text import Piece
from mfo_lsp.features.diagnostics import Said
from mfo_lsp.server.json_text import JsonText, json_list

Range = tuple[int, int, int, int]
"""Line and character of the start, line and character of the end, as the protocol counts."""
Anchor = tuple[Piece, int, int]
NO_DIAGNOSTICS = JsonText(b"[]")


class DiagnosticText(NamedTuple):
    """One diagnostic.

    Attributes:
        range: where.
        message: its words.
        rest: all but the range, as JSON, without the brace that opens it.
    """

    range: Range
    message: str
    rest: bytes

    @property
    def json(self) -> bytes:
        """All of it."""
        return b'{"range":{"start":{"line":%d,"character":%d},"end":{"line":%d,"character":%d}},%b' % (
            *self.range,
            self.rest,
        )

    def moved(self, lines: int) -> DiagnosticText:
        """The same some lines further down."""
        start, first, end, last = self.range
        return DiagnosticText((start + lines, first, end + lines, last), self.message, self.rest)


@dataclass(frozen=True)
class GroupText:
    """The diagnostics of one part.

    Attributes:
        group: the findings that they were made of.
        items: the diagnostics.
        piece: the piece of the text in which all of them stand; None where they stand elsewhere too, or nobody knows.
        line: the piece's first line when they were written.
    """

    group: Sequence[Said]
    items: tuple[DiagnosticText, ...]
    piece: Piece | None = None
    line: int = 0

    @cached_property
    def json(self) -> bytes:
        """All items, with commas between them."""
        return b",".join([item.json for item in self.items])

    def now(self) -> GroupText | None:
        """The same as it stands now; None where it has to be written anew."""
        piece = self.piece
        if piece is None or not piece.is_placed:
            return None
        line = piece.first_line
        if line == self.line:
            return self
        return GroupText(self.group, tuple([item.moved(line - self.line) for item in self.items]), piece, line)


def group_texts(
    groups: Iterable[Sequence[Said]],
    before: Iterable[GroupText],
    write: Callable[[Said], DiagnosticText | None],
) -> tuple[GroupText, ...]:
    """The diagnostics of a document.

    Args:
        groups: the findings of its parts; a group that is the same object as before says the same.
        before: what was last made for the document.
        write: makes the diagnostic of one finding; None where it is not to be shown.
    """
    kept = tuple(before)
    places: dict[int, int] | None = None
    found: list[GroupText] = []
    place = 0
    for group in groups:
        if place >= len(kept) or kept[place].group is not group:  # groups came, went or changed places
            if places is None:
                places = {id(text.group): number for number, text in enumerate(kept)}
            place = places.get(id(group), place)
        is_known = place < len(kept) and kept[place].group is group
        text = kept[place].now() if is_known else None
        place += is_known
        found.append(text if text is not None else _written(group, write))
    return tuple(found)


def _written(group: Sequence[Said], write: Callable[[Said], DiagnosticText | None]) -> GroupText:
    items = tuple([item for finding in group if (item := write(finding)) is not None])
    piece = _piece_of(group)
    return GroupText(group, items, piece, piece.first_line if piece is not None else 0)


def _piece_of(group: Sequence[Said]) -> Piece | None:
    """The piece in which all that a group speaks of stands."""
    pieces: set[Piece] = set()
    for finding in group:
        anchor: Anchor | None = getattr(finding, "anchor", None)
        if anchor is None or finding.related:
            return None
        pieces.add(anchor[0])
    return pieces.pop() if len(pieces) == 1 else None


def has_items(group: GroupText) -> bool:
    """Whether anything is to be shown of a group."""
    return bool(group.items)


def joined(groups: Iterable[GroupText]) -> JsonText:
    """The diagnostics of a document as a list."""
    return json_list([group.json for group in groups if group.items])


def merged(said: Sequence[Sequence[GroupText]]) -> JsonText:
    """What several bundles say of one document, as a list: each thing once."""
    if len(said) == 1:
        return joined(said[0])
    by_words = {
        (item.range, item.message): item for groups in reversed(said) for group in groups for item in group.items
    }
    return json_list(by_words[words].json for words in sorted(by_words))
