"""Nodes taken out of their lists as lines, and words put above a node."""

from __future__ import annotations

from collections.abc import Iterable

from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.findings import Edit, Place
from mfo_dialect.rules.layout import line_start
from mfo_dialect.text import Span
from mfo_lsp.features.refactorings.blocks import ItemBlock, dash_of, item_block, joined
from mfo_lsp.features.refactorings.levels import LISTS, list_holding


def blocks_by_list(views: Iterable[NodeView], text: str) -> dict[str, list[ItemBlock]] | None:
    """The lines of some nodes by the list that they stand in, in the order of the text; None where one is written otherwise."""
    blocks: dict[str, list[ItemBlock]] = {}
    for view in views:
        holding, span = list_holding(view), view.node.mapping.span
        block = item_block(text, span.start, span.end) if holding is not None and not holding[1].flow else None
        if holding is None or block is None:
            return None
        blocks.setdefault(holding[0], []).append(block)
    return {key: sorted(blocks[key], key=lambda block: block.span) for key in LISTS if key in blocks}


def lines_by_list(blocks: dict[str, list[ItemBlock]]) -> dict[str, str]:
    """The lines of nodes as items of a new list, with their dashes in column 0."""
    return {key: joined(some) for key, some in blocks.items()}


def words_above(view: NodeView, words: Iterable[str], text: str) -> list[Edit]:
    """The edit that puts comments above a node and the comments that it has; none where its lines hold something else."""
    span = view.node.mapping.span
    dash, block = dash_of(text, span.start), item_block(text, span.start, span.end)
    if dash is None or block is None:
        return []
    indent = text[line_start(text, dash) : dash]
    lines = "".join(f"{indent}{line}\n" for line in words)
    return [Edit(Place(view.document, Span(block.span.start, block.span.start)), lines)] if lines else []
