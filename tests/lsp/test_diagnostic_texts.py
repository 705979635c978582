"""Diagnostics as JSON: written once, moved with their lines, written anew where something changed, merged each once."""

from __future__ import annotations

import json
from dataclasses import dataclass

from mfo_dialect.findings import Place, Severity
from mfo_dialect.text import Piece, PiecedText, Span
from mfo_lsp.server.diagnostic_texts import DiagnosticText, group_texts, joined, merged


@dataclass(eq=False)
class Found:
    """A finding in a piece of a text, as a bundle that is being edited gives it."""

    piece: Piece | None
    message: str
    code: str = "MFO000"
    severity: Severity = Severity.ERROR
    tags: tuple = ()
    related: tuple = ()

    @property
    def place(self):
        return Place("a", Span(0, 1))

    @property
    def anchor(self):
        return (self.piece, 0, 1) if self.piece is not None else None


class Writer:
    """Writes diagnostics, and counts them."""

    def __init__(self):
        self.written = []

    def __call__(self, found):
        self.written.append(found.message)
        line = found.piece.first_line if found.piece is not None else 9
        rest = json.dumps({"message": found.message})[1:].encode()
        return DiagnosticText((line, 0, line, 1), found.message, rest) if found.message else None


def lines(texts):
    return {item["message"]: item["range"]["start"]["line"] for item in json.loads(joined(texts))}


def pieces_of(*texts):
    pieces = [Piece(text) for text in texts]
    return pieces, PiecedText(pieces)


def test_a_group_that_has_not_changed_is_not_written_again():
    pieces, _ = pieces_of("a\n", "b\n")
    groups = [(Found(pieces[0], "first"),), (Found(pieces[1], "second"), Found(pieces[1], "third"))]
    write = Writer()
    before = group_texts(groups, (), write)
    after = group_texts([*groups, (Found(pieces[1], "fourth"),)], before, write)
    assert write.written == ["first", "second", "third", "fourth"]
    assert lines(after) == {"first": 0, "second": 1, "third": 1, "fourth": 1}
    assert all(one is other for one, other in zip(before, after, strict=False))


def test_a_group_that_has_moved_gets_new_lines_and_keeps_its_words():
    pieces, text = pieces_of("a\n", "b\n")
    groups = [(Found(pieces[0], "first"),), (Found(pieces[1], "second"),)]
    write = Writer()
    before = group_texts(groups, (), write)
    text.replace(pieces[0], pieces[0], [Piece("a\n\n\n")])
    after = group_texts(groups[1:], before, write)
    assert lines(after) == {"second": 3}
    assert write.written == ["first", "second"]
    assert after[0].items[0].rest is before[1].items[0].rest


def test_a_group_whose_piece_is_gone_or_is_not_one_is_written_again():
    pieces, text = pieces_of("a\n", "b\n")
    gone, nowhere, wide = (
        (Found(pieces[0], "gone"),),
        (Found(None, "nowhere"),),
        (Found(pieces[0], "wide"), Found(pieces[1], "far")),
    )
    write = Writer()
    before = group_texts([gone, nowhere, wide], (), write)
    text.replace(pieces[0], pieces[0], [Piece("c\n")])
    group_texts([gone, nowhere, wide], before, write)
    assert write.written == ["gone", "nowhere", "wide", "far"] * 2


def test_what_is_not_to_be_shown_leaves_no_trace():
    assert joined(group_texts([(Found(None, ""),), ()], (), Writer())) == b"[]"


def test_what_several_bundles_say_is_said_once_and_in_order():
    one = group_texts([(Found(None, "b"), Found(None, "a"))], (), Writer())
    other = group_texts([(Found(None, "b"), Found(None, "c"))], (), Writer())
    assert [item["message"] for item in json.loads(merged([one, other]))] == ["a", "b", "c"]
    assert json.loads(merged([])) == []
