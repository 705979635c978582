"""What an editor offers to do about the findings at a place; mending a whole document stands in ``fix_all.py``.

It knows no protocol: an action is a title and edits whose places are offsets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.findings import Edit, Finding
from mfo_dialect.rules.suppressing import suppress_here
from mfo_dialect.text import Span


class ActionKind(Enum):
    """The sort of an action, by the name that editors know it by."""

    QUICK_FIX = "quickfix"
    EXTRACT = "refactor.extract"
    INLINE = "refactor.inline"
    REWRITE = "refactor.rewrite"
    FIX_ALL = "source.fixAll.mfo"

    def is_wanted(self, only: Iterable[str] | None) -> bool:
        """Whether an editor that asks for ``only`` these kinds wants this one; a kind stands for all below it."""
        return only is None or any(self.value == kind or self.value.startswith(f"{kind}.") for kind in only)


@dataclass(frozen=True, slots=True)
class CodeAction:
    """One thing to offer.

    Attributes:
        title: what it does, in the imperative.
        kind: its sort.
        edits: applied together or not at all; they may lie in several documents, and in ones that do not exist yet.
        finding: what it mends; None for the mending of a whole document.
        preferred: whether it is the one to take without looking.
    """

    title: str
    kind: ActionKind
    edits: tuple[Edit, ...]
    finding: Finding | None = None
    preferred: bool = False


def code_actions(
    findings: Iterable[Finding],
    document: str,
    span: Span,
    only: Iterable[str] | None = None,
    source: Source | None = None,
) -> tuple[CodeAction, ...]:
    """What to offer for a selection.

    Args:
        findings: the findings of the bundle.
        document: the key of the text in which the selection lies.
        span: the selection; an empty one is a cursor, and touches what starts or ends there.
        only: the kinds that are asked for; all where it is None.
        source: the text; where it is given, comments that suppress the findings are offered besides.
    """
    here = [finding for finding in findings if finding.place.document == document]
    wanted = tuple(only) if only is not None else None
    offered: list[CodeAction] = []
    if ActionKind.QUICK_FIX.is_wanted(wanted):
        touched = [finding for finding in here if touches(finding.place.span, span)]
        offered += [action for finding in touched for action in _quick_fixes(finding)]
        offered += _suppressions(touched, source) if source is not None else ()
    return tuple(offered)


def _suppressions(findings: Iterable[Finding], source: Source) -> Iterator[CodeAction]:
    """One comment for each code; the first finding of two with one code stands for both."""
    for finding in {finding.code: finding for finding in reversed(list(findings))}.values():
        fix = suppress_here(finding, source)
        if fix is not None:
            yield CodeAction(fix.title, ActionKind.QUICK_FIX, fix.edits, finding)


def touches(place: Span, selection: Span) -> bool:
    """Whether a selection has to do with a place; a cursor has with what starts or ends there."""
    return place.start <= selection.end and selection.start <= place.end


def _quick_fixes(finding: Finding) -> Iterator[CodeAction]:
    safe = next((fix for fix in finding.fixes if fix.safe), None)
    for fix in finding.fixes:
        yield CodeAction(fix.title, ActionKind.QUICK_FIX, fix.edits, finding, preferred=fix is safe)
