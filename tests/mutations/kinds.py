"""All kinds of mistakes, family by family."""

from __future__ import annotations

from tests.mutations import graph_kinds, meaning_kinds, reference_kinds, shape_kinds, text_kinds

KINDS = (
    *text_kinds.KINDS,
    *shape_kinds.KINDS,
    *graph_kinds.KINDS,
    *reference_kinds.KINDS,
    *meaning_kinds.KINDS,
)
