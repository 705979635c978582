"""Places in text: spans, lines and edits. It knows nothing of YAML or of any protocol.

The one coordinate inside the whole project is the half-open offset in code points.
"""

from mfo_dialect.text.differences import edit_between
from mfo_dialect.text.edited import EditedText
from mfo_dialect.text.edits import TextEdit, apply_edits
from mfo_dialect.text.lines import Encoding, LineIndex, Position, line_break_near, with_line_breaks
from mfo_dialect.text.pieces import Piece, PiecedLines, PiecedText
from mfo_dialect.text.span import Span

__all__ = [
    "EditedText",
    "Encoding",
    "LineIndex",
    "Piece",
    "PiecedLines",
    "PiecedText",
    "Position",
    "Span",
    "TextEdit",
    "apply_edits",
    "edit_between",
    "line_break_near",
    "with_line_breaks",
]
