"""A text in pieces says the same of its lines as the joined text does, whatever is put in place of whatever."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.text import Encoding, LineIndex, Piece, PiecedLines, PiecedText, Position
from tests.effort import examples

LINES = st.lists(
    st.sampled_from(["a\n", "é€😀x\r\n", "\n", "  - b\n", "\rx\n", "\u2028\x0c\n", "a longer line\n"]),
    min_size=1,
    max_size=3,
)
PIECES = st.lists(LINES.map("".join), min_size=1, max_size=4)
LAST = st.sampled_from(["", "end", "é😀"])


def assert_same_lines(pieces, wanted):
    lines, known = PiecedLines(pieces), LineIndex(wanted)
    assert (lines.text, lines.length, lines.line_count) == (wanted, len(wanted), known.line_count)
    for line in range(-1, known.line_count + 2):
        assert (lines.line_start(line), lines.line_text(line)) == (known.line_start(line), known.line_text(line))
    for offset in range(-1, len(wanted) + 2, 3):
        for encoding in Encoding:
            assert lines.position(offset, encoding) == known.position(offset, encoding)
    for line in range(-1, known.line_count + 1):
        for column in range(8):
            place = Position(line, column)
            assert all(lines.offset(place, encoding) == known.offset(place, encoding) for encoding in Encoding)


@settings(max_examples=examples(40), deadline=None)
@given(PIECES, LAST, st.data())
def test_replacing_pieces_is_replacing_text(rows, last, data):
    row = [Piece(text) for text in rows]
    row[-1] = Piece(row[-1].text + last)
    pieces = PiecedText(row)
    for _ in range(3):
        low = data.draw(st.integers(0, len(row) - 1))
        high = data.draw(st.integers(low, len(row) - 1))
        new = [Piece(text) for text in data.draw(PIECES)]
        if high == len(row) - 1:
            new[-1] = Piece(new[-1].text + last)
        pieces.replace(row[low], row[high], new)
        row[low : high + 1] = new
        wanted = "".join(piece.text for piece in row)
        assert [piece.base for piece in pieces] == [len("".join(p.text for p in row[:n])) for n in range(len(row))]
        start = data.draw(st.integers(0, len(wanted)))
        end = data.draw(st.integers(start, len(wanted)))
        assert pieces.slice(start, end) == wanted[start:end]
        assert_same_lines(pieces, wanted)
        assert pieces.slice(start, end) == wanted[start:end]


def test_many_pieces_keep_their_places_while_they_come_and_go():
    row = [Piece(f"line {number}\n" * (number % 3 + 1)) for number in range(2_000)]
    pieces = PiecedText(row)
    for step, (first, last, count) in enumerate(
        [(5, 5, 1), (100, 900, 0), (300, 300, 700), (0, 1_400, 1), (0, 0, 600), (17, 17, 1), (-90, -2, 1), (-1, -1, 0)]
    ):
        low, high = first % len(row), last % len(row)
        new = [Piece(f"new {step} {number}\n") for number in range(count)]
        pieces.replace(row[low], row[high], new)
        row[low : high + 1] = new
        assert list(pieces) == row
        offset = line = 0
        for piece in row:
            assert (piece.base, piece.first_line) == (offset, line)
            assert pieces.piece_at(offset) is piece
            assert pieces.piece_of_line(line) is piece
            offset, line = offset + len(piece.text), line + piece.breaks
        assert list(pieces.following(row[3])) == row[3:]
        assert list(pieces.preceding(row[3])) == row[2::-1]
        assert max(len(run.pieces) for run in pieces.runs) <= 300


def test_an_empty_text_is_one_empty_piece():
    pieces = PiecedText([Piece("")])
    assert_same_lines(pieces, "")
    pieces.replace(pieces.piece_at(0), pieces.piece_at(0), [Piece("a\nb")])
    assert_same_lines(pieces, "a\nb")
