"""Texts before and after the formatter."""

from __future__ import annotations

from mfo_dialect.syntax import parse
from mfo_dialect.text import apply_edits
from mfo_lsp.features.formatting import format_tree


def formatted(text: str, lines: range | None = None) -> str:
    """The text as it is to be; fails where the formatter refuses it."""
    formatting = format_tree(parse(text), lines)
    assert not formatting.refusal, formatting.refusal
    return apply_edits(text, formatting.edits)


def refusal(text: str) -> str:
    """Why the formatter leaves a text alone."""
    formatting = format_tree(parse(text))
    assert not formatting.edits
    return formatting.refusal
