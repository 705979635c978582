"""What is read of nodes by way of the subflow around them, once they stand in a further subflow."""

from __future__ import annotations

from collections.abc import Sequence

from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Edit, Place
from mfo_dialect.text import Span
from mfo_lsp.features.refactorings.values import Obstacle
from mfo_lsp.features.rename.values import words_for
from mfo_lsp.features.symbols import Spelling, index_symbols
from mfo_lsp.features.symbols.values import node_symbol


def longer_paths(chosen: Sequence[NodeView], group: str, snapshot: Snapshot) -> list[Edit] | Obstacle:
    """The edits by which ``outer.node`` becomes ``outer.group.node``; nodes of a taskflow's own level have no such paths."""
    owner = chosen[0].level.owner
    edits: list[Edit] = []
    for view in chosen if owner is not None else ():
        for found in index_symbols(snapshot).of(node_symbol(view)):
            if found.spelling not in {Spelling.SEGMENT, Spelling.MEMBER} or found.scalar is None:
                continue
            before = found.scalar.text[: found.scalar.index_at(found.span.start)]
            if before.endswith("iterations."):
                continue
            dot = next((dot for dot in ("?.", ".") if owner is not None and before.endswith(f"{owner.id}{dot}")), None)
            if dot is None:
                place = Place(found.document, found.span)
                return Obstacle(f"{words_for(place, snapshot.bundle)} reads a selected node in a way of its own.")
            edits.append(Edit(Place(found.document, Span(found.span.start, found.span.start)), f"{group}{dot}"))
    return edits
