"""The last word on a refactoring: the texts are read and checked as they would be, and nothing may have become worse."""

from __future__ import annotations

from collections import Counter

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.checker import check_snapshot
from mfo_dialect.findings import Finding
from mfo_lsp.features.edited_bundle import with_texts
from mfo_lsp.features.refactorings.values import Obstacle, Texts
from mfo_lsp.features.rename.values import words_for


def verified(snapshot: Snapshot, texts: Texts, *, mends: bool = False) -> Texts | Obstacle:
    """The texts, if they say nothing wrong that the bundle did not say before.

    Args:
        snapshot: the bundle as it is.
        texts: what a refactoring would make of it.
        mends: it takes a finding away, behind which another one may have been hidden.
    """
    after = Snapshot(with_texts(snapshot.bundle, texts))
    for document in texts:
        source, before = after.bundle.sources.get(document), snapshot.bundle.sources.get(document)
        problems = len(source.tree.problems) if source is not None else 0
        if problems > (len(before.tree.problems) if before is not None else 0):
            return Obstacle(f"{_name(document)} could not be read afterwards.")
    found, now = check_snapshot(snapshot), check_snapshot(after)
    fresh = _fresh(found, now)
    if fresh is None or (mends and len(now) <= len(found)):
        return texts
    return Obstacle(_complaint(fresh, after.bundle))


def _fresh(before: tuple[Finding, ...], after: tuple[Finding, ...]) -> Finding | None:
    """A finding that was not there; where its like was there before, the last of them."""
    known, now = Counter(one.code for one in before), Counter(one.code for one in after)
    codes = now - known
    messages = {one.message for one in before}
    told = [one for one in after if one.code in codes]
    return next((one for one in told if one.message not in messages), told[-1] if told else None)


def _complaint(finding: Finding, bundle: Bundle) -> str:
    return f"{words_for(finding.place, bundle)} would be wrong afterwards: {finding.message.rstrip('.')}."


def _name(document: str) -> str:
    return document.rsplit("/", 1)[-1]
