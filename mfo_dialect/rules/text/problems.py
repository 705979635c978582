"""The problems of a text that concern MFO documents, each with its source."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place, Related
from mfo_dialect.rules import select
from mfo_dialect.syntax import Problem, ProblemKind

Found = tuple[Source, Problem]


def problems_of(snapshot: Snapshot, *kinds: ProblemKind) -> Iterator[Found]:
    """The problems of some kinds; those inside documents of a stream that are not ours are left out."""
    for source in select.sources(snapshot):
        strange = [
            tree.span
            for tree, document in zip(source.tree.documents, source.documents, strict=False)
            if document.kind is None
        ]
        for problem in source.tree.problems:
            start = problem.span.start
            if problem.kind in kinds and not any(span.start <= start < span.end for span in strange):
                yield source, problem


def related_of(source: Source, problem: Problem) -> tuple[Related, ...]:
    """The other places that a problem speaks of."""
    return tuple(Related(Place(source.key, span), words) for span, words in problem.related)
