"""Laying out a document: white space between its pieces is changed, and nothing else.

One function for the command line and for editors. What it gives says the same as before, comments included: it is read
again and compared, and refused where it would not.
"""

from __future__ import annotations

from dataclasses import dataclass

from mfo_dialect.syntax import SyntaxTree, parse
from mfo_dialect.text import TextEdit, apply_edits
from mfo_lsp.features.formatting.layout import layout_of
from mfo_lsp.features.formatting.lines import edits_of
from mfo_lsp.features.formatting.sameness import is_same
from mfo_lsp.features.formatting.tokens import Tokens, UnknownLayoutError, tokens_of

__all__ = ["Formatting", "format_tree"]


@dataclass(frozen=True, slots=True)
class Formatting:
    """What laying out a text gives.

    Attributes:
        edits: those that change something, in order; they do not overlap.
        refusal: why the text is left alone; empty where it is not.
        offset: where in the text that is.
    """

    edits: tuple[TextEdit, ...] = ()
    refusal: str = ""
    offset: int = 0


def format_tree(tree: SyntaxTree, lines: range | None = None) -> Formatting:
    """Lay out a text.

    Args:
        tree: the text as read. One with problems is left alone.
        lines: the 0-based lines that may change; all where it is not given.
    """
    if tree.problems:
        return Formatting(refusal=tree.problems[0].message, offset=tree.problems[0].span.start)
    wanted = range(tree.lines.line_count) if lines is None else lines
    try:
        tokens = Tokens(tokens_of(tree))
        written = edits_of(tree, tokens, layout_of(tree, tokens, wanted), wanted)
    except UnknownLayoutError as error:
        return Formatting(refusal=error.reason, offset=error.offset)
    edits = tuple(edit for edit in written if tree.text[edit.span.start : edit.span.end] != edit.new_text)
    if edits and not is_same(tree, parse(apply_edits(tree.text, edits))):
        return Formatting(refusal="laying it out would change what it says")
    return Formatting(edits)
