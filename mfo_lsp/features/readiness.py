"""What the first answer at a place has to find out, and all later ones know: asked for while nobody waits."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.syntax import context_at


def look_around(snapshot: Snapshot) -> Iterator[None]:
    """Have the names of taskflows, and where the lines of texts start, be known; step by step, without an edit between."""
    for flow in snapshot.flows:
        flow.by_id.get("")
        yield
        for level in flow.levels:
            level.by_id.get("")
            yield
    for source in snapshot.sources:
        if source.is_ours:
            yield from source.tree.lines.survey()
            context_at(source.tree, source.tree.lines.length)
