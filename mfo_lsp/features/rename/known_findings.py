"""The entries of a baseline whose findings speak of a renamed thing, as they are recognised afterwards."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.baseline import Baseline
from mfo_dialect.checker import check_snapshot
from mfo_dialect.findings import Edit, Finding, Place
from mfo_dialect.syntax import SyntaxTree
from mfo_dialect.text import Span
from mfo_lsp.features.edited_bundle import texts_after, with_texts
from mfo_workspace.baseline_file import baseline_text
from mfo_workspace.baselines import match_in


def baseline_edit(snapshot: Snapshot, edits: Iterable[Edit], path: str, text: str, baseline: Baseline) -> Edit | None:
    """The edit that lets a baseline know after a rename what it knew before; None where nothing changes.

    Args:
        snapshot: the bundle before.
        edits: what is renamed; no edit adds or removes a line.
        path: the baseline's file.
        text: its text.
        baseline: what it holds.
    """
    after = Snapshot(with_texts(snapshot.bundle, texts_after(snapshot.bundle, edits)))
    found = check_snapshot(snapshot)
    known = set(match_in(path, baseline, found, _trees(snapshot.bundle)).known)
    if not known:
        return None
    twins: dict[tuple[str, str, int], deque[Finding]] = defaultdict(deque)
    for finding in check_snapshot(after):
        twins[_line(finding, after.bundle)].append(finding)
    old, new = Counter(baseline.counts), Counter(baseline.counts)
    for finding in found:
        line = twins[_line(finding, snapshot.bundle)]
        twin = line.popleft() if line else None
        if finding in known:
            new -= match_in(path, baseline, [finding], _trees(snapshot.bundle)).present
            new += match_in(path, baseline, [twin], _trees(after.bundle)).present if twin is not None else Counter()
    return Edit(Place(path, Span(0, len(text))), baseline_text(new)) if new != old else None


def _line(finding: Finding, bundle: Bundle) -> tuple[str, str, int]:
    """A finding as it is known again after edits that add no lines."""
    document = finding.place.document
    source = bundle.sources.get(document)
    line = source.tree.lines.line_of(finding.place.span.start) if source is not None else -1
    return finding.code, document, line


def _trees(bundle: Bundle) -> Callable[[str], SyntaxTree | None]:
    return lambda document: bundle.sources[document].tree if document in bundle.sources else None
