"""The problems of a text that concern MFO documents, each with its source."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place, Related
from mfo_dialect.rules import select
from mfo_dialect.syntax import Problem, ProblemKind

Found = tuple[Source, Problem]


def problems_of(source: Source, *kinds: ProblemKind) -> Iterator[Problem]:
    """The problems of some kinds in one text; those inside documents of a stream that are not ours are left out."""
    if not source.tree.problems:
        return
    strange = [
        tree.span
        for tree, document in zip(source.tree.documents, source.documents, strict=False)
        if document.kind is None
    ]
    for problem in source.tree.problems:
        start = problem.span.start
        if problem.kind in kinds and not any(span.start <= start < span.end for span in strange):
            yield problem


def problems_where(*kinds: ProblemKind) -> select.Selector:
    """A selector of the problems of some kinds, each with its text."""

    def items(source: Source, _snapshot: Snapshot) -> Iterator[Found]:
        return ((source, problem) for problem in problems_of(source, *kinds))

    return select.Selector((Source,), items)


def related_of(source: Source, problem: Problem) -> tuple[Related, ...]:
    """The other places that a problem speaks of."""
    return tuple(Related(Place(source.key, span), words) for span, words in problem.related)
