"""The one entry for editor, checker and engine: what is wrong with a bundle."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.suppression_texts import suppression_texts
from mfo_dialect.analysis.suppressions import Listed, apply_suppressions, suppressions
from mfo_dialect.findings import Finding, Place, Severity
from mfo_dialect.model.rule_settings import NOTHING_SAID, RuleSettings
from mfo_dialect.rules import RULES, Report, Rule
from mfo_dialect.rules.choosing import Choice
from mfo_dialect.rules.finishing import finished
from mfo_dialect.rules.one_cause import one_per_cause
from mfo_dialect.rules.ourselves import internal_error, unused_suppression
from mfo_dialect.rules.plan import Plan, plan_of
from mfo_dialect.rules.running import reports_on
from mfo_dialect.text import Span

INTERNAL_ERROR = "MFO999"


def check(
    bundle: Bundle, rules: Iterable[Rule] = RULES, asked: RuleSettings = NOTHING_SAID, *, mere_hints: bool = True
) -> tuple[Finding, ...]:
    """All findings in the bundle's home documents, sorted by document and place; never raises.

    Findings that a comment in their document suppresses are left out.

    Args:
        bundle: the documents, and the project file whose settings count.
        rules: the rules to choose from.
        asked: what a caller asks for on top of the project file.
        mere_hints: whether anybody learns of hints; where not, those may be missing, and nothing else is.
    """
    snapshot = Snapshot(bundle)
    try:
        return check_snapshot(snapshot, rules, asked=asked, mere_hints=mere_hints or _count_hints(snapshot))
    finally:
        snapshot.let_go()


def check_snapshot(
    snapshot: Snapshot,
    rules: Iterable[Rule] = RULES,
    fixed: Collection[str] = (),
    asked: RuleSettings = NOTHING_SAID,
    goes_on: Callable[[], bool] = lambda: True,
    *,
    mere_hints: bool = True,
) -> tuple[Finding, ...]:
    """As ``check``, for a caller that goes on using the snapshot.

    Args:
        snapshot: the bundle.
        rules: the rules to choose from.
        fixed: codes of rules that neither comments in the documents nor settings switch off or weaken for this caller.
        asked: what a caller asks for on top of the project file.
        goes_on: asked before each part; where it says no, what was found so far is given, which is of no use as an answer.
        mere_hints: whether rules run that have nothing but hints to give.
    """
    chosen = _chosen(
        tuple(rules), snapshot.bundle.project.rule_settings, asked, frozenset(fixed), mere_hints=mere_hints
    )
    findings = dict.fromkeys(_found(chosen.plan, snapshot, chosen.choice, goes_on))
    try:
        left = suppressed(snapshot, one_per_cause(findings), chosen.applied, chosen.choice, fixed)
    except Exception as error:  # noqa: BLE001 - the fence: comments that cannot be read suppress nothing
        left = [*findings, broken(unused_suppression.RULE, snapshot, error)]
    return tuple(sorted(left, key=order_of))


def _count_hints(snapshot: Snapshot) -> bool:
    """Whether other findings, or a baseline, depend on the hints of a bundle: a comment may suppress one, or be needless."""
    try:
        return bool(
            snapshot.bundle.project.baseline or snapshot.every(suppressions) or snapshot.every(suppression_texts)
        )
    except Exception:  # noqa: BLE001 - the fence: what cannot be read is said where it is applied
        return True


class _Chosen(NamedTuple):
    """What runs.

    Attributes:
        choice: which findings are wanted, and what they weigh.
        plan: the rules that run.
        applied: the codes of those that run under all of their names.
    """

    choice: Choice
    plan: Plan
    applied: frozenset[str]


@lru_cache(maxsize=8)
def _chosen(
    rules: tuple[Rule, ...], project: RuleSettings, asked: RuleSettings, fixed: frozenset[str], *, mere_hints: bool
) -> _Chosen:
    """What runs under some settings; kept, as many bundles are checked under the same."""
    choice = Choice(project, asked, fixed)
    running = tuple(rule for rule in rules if choice.runs(rule) and (mere_hints or not choice.only_hints(rule)))
    return _Chosen(choice, plan_of(running), frozenset(rule.code for rule in running if choice.runs_whole(rule)))


def suppressed(
    snapshot: Snapshot,
    findings: Iterable[Finding],
    applied: Collection[str],
    choice: Choice,
    fixed: Collection[str],
) -> list[Finding]:
    """The findings that no comment suppresses, and those on comments that suppress nothing."""
    known = snapshot.every(suppressions)
    left, used = list(findings), frozenset[Listed]()
    if known:
        never = {*fixed, *unused_suppression.NEVER_SUPPRESSED}
        left, used = apply_suppressions(left, known, unused_suppression.codes_by_name(), never)
    rule = unused_suppression.RULE
    is_whole = not any(finding.code == INTERNAL_ERROR for finding in left)
    if choice.runs(rule) and rule.code in applied and is_whole:
        reports = [report for one in known for report in unused_suppression.unused(one, used, applied, snapshot)]
        reports += unused_suppression.mistaken(snapshot, left)
        left += findings_of(rule, reports, choice, snapshot.bundle)
    return left


def order_of(finding: Finding) -> tuple[str, Span, str, str]:
    """What findings are sorted by."""
    return (finding.place.document, finding.place.span, finding.code, finding.message)


def _found(plan: Plan, snapshot: Snapshot, choice: Choice, goes_on: Callable[[], bool]) -> Iterator[Finding]:
    """What the rules of a plan say of all parts; kept in the order of the parts."""
    try:
        parts = snapshot.parts
    except Exception as error:  # noqa: BLE001 - the fence: where there are no parts, no rule has its say
        yield broken(internal_error.RULE, snapshot, error)
        return
    for part in parts:
        if not goes_on():
            return
        for rule, reports in reports_on(part, plan, snapshot):
            if isinstance(reports, Exception):
                yield broken(rule, snapshot, reports)
                continue
            try:
                findings = [*findings_of(rule, reports, choice, snapshot.bundle)]
            except Exception as error:  # noqa: BLE001 - the fence: a fix that cannot be made costs the rule's own words
                findings = [broken(rule, snapshot, error)]
            yield from findings


def findings_of(rule: Rule, reports: Iterable[Report], choice: Choice, bundle: Bundle) -> Iterator[Finding]:
    """What reports of a rule come to: those that are wanted, about documents for which findings are wanted."""
    known, home = bundle.sources, bundle.home
    for report in reports:
        if report.document in known and report.document not in home:
            continue
        severity = choice.severity(rule, report)
        if severity is not None:
            yield _finding(rule, report, severity, bundle)


def _finding(rule: Rule, report: Report, severity: Severity, bundle: Bundle) -> Finding:
    return Finding(
        rule.code,
        rule.name,
        severity,
        report.message,
        Place(report.document, report.span),
        report.related,
        tuple(fix for offered in report.offered() if (fix := finished(offered, bundle)) is not None),
        report.tags,
        report.missing,
    )


def broken(rule: Rule, snapshot: Snapshot, error: Exception) -> Finding:
    """What is said of a rule that failed."""
    document = next(iter(sorted(snapshot.bundle.home)), "")
    message = f"rule {rule.code} ({rule.name}) failed on this bundle with {type(error).__name__}; this is a defect of the checker, not of the flow"
    return Finding(INTERNAL_ERROR, "internal-error", Severity.ERROR, message, Place(document, Span(0, 0)))
