"""What the first answer at a place has to find out, and all later ones know: asked for while nobody waits."""

from __future__ import annotations

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.syntax import context_at


def look_around(snapshot: Snapshot) -> None:
    """Have the names of taskflows, and where the lines of texts start, be known."""
    for flow in snapshot.flows:
        flow.by_id.get("")
        for level in flow.levels:
            level.by_id.get("")
    for source in snapshot.sources:
        if source.is_ours:
            context_at(source.tree, source.tree.lines.length)
