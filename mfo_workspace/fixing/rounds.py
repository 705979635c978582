"""Rounds of fixes: those that leave each other alone are applied together and checked once.

Where the check objects, the fixes are divided until those to blame are found. Fixes that collide with others wait for
the next round, whose check sees what is there then. The rounds end when none brings anything, or at a bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.checker import check as check_bundle
from mfo_dialect.findings import Edit, Finding, Fix
from mfo_workspace.fixable import chosen_fix
from mfo_workspace.fixing.choosing import Choose, Mending, disjoint, mendings
from mfo_workspace.fixing.failures import Failures
from mfo_workspace.fixing.moved import MovedPlaces
from mfo_workspace.fixing.trying import Check, Judged, OtherText, Trial, UnfitEditError, edited, judge, key_of, line_of

MAX_ROUNDS = 100
MAX_TRIALS = 200
_NEAR = 200
_NOT_TRIED = "it was not tried: too many others had to be refused"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A fix that was not applied, and why.

    Attributes:
        finding: what it was to mend, as it is found in the bundle that is left.
        fix: the fix.
        reason: words that go on after "not applied: ".
    """

    finding: Finding
    fix: Fix
    reason: str


@dataclass(frozen=True, eq=False)
class FixedBundle:
    """What came of fixing.

    Attributes:
        bundle: the bundle as it is left.
        findings: everything that is found in it now, in all its documents.
        texts: the documents that changed or are new, with their new texts.
        mended: the findings whose fixes were applied; their places speak of the texts of their round.
        refusals: the fixes that were tried last and not applied.
        trials: how often the bundle was checked, the first time included.
    """

    bundle: Bundle
    findings: tuple[Finding, ...]
    texts: dict[str, str]
    mended: tuple[Finding, ...]
    refusals: tuple[Refusal, ...]
    trials: int


def fix_bundle(
    bundle: Bundle,
    choose: Choose = chosen_fix,
    *,
    is_wanted: Callable[[Finding], bool] | None = None,
    check: Check = check_bundle,
    offered: Check | None = None,
    other_text: OtherText = lambda _: None,
) -> FixedBundle:
    """Apply fixes until none is left that makes the bundle better.

    Args:
        bundle: the texts.
        choose: the fix to apply for a finding, None where there is none to apply unasked; pure.
        is_wanted: whether a finding is to be mended; those of the documents at home where it is not given.
        check: judges a bundle; it is asked about the bundle with every document at home.
        offered: finds what may be mended, where that is not all that ``check`` finds.
        other_text: the text of a document that the bundle does not have, None where there is none; such a document is
            never written to.

    Returns:
        The texts that changed, and what was applied and refused. No fix is applied in part.
    """
    home = bundle.home

    def is_at_home(finding: Finding) -> bool:
        return finding.place.document in home

    def wanted(findings: Iterable[Finding]) -> tuple[Mending, ...]:
        return mendings(filter(is_wanted or is_at_home, findings), choose)

    def mendings_of(judged: Judged) -> tuple[Mending, ...]:
        return wanted(offered(judged.bundle) if offered is not None else judged.findings)

    run = _Run(check, other_text, mendings_of, judge(bundle, check))
    _run_rounds(run)
    after = run.judged.bundle
    documents = {*after.sources, after.project.document} - {""}
    texts = {key: text for key in sorted(documents) if (text := after.text_of(key)) != bundle.text_of(key)}
    left = Bundle(after.sources, home | set(texts), after.project)
    refusals = tuple(
        Refusal(mending.findings[0], mending.fix, reason)
        for mending in mendings_of(run.judged)
        if (reason := run.refused.get(_name(mending, after)))
    )
    return FixedBundle(left, run.judged.findings, texts, tuple(run.mended), refusals, run.trials)


@dataclass
class _Run:
    """What changes from round to round."""

    check: Check
    other_text: OtherText
    wanted: Callable[[Judged], tuple[Mending, ...]]
    judged: Judged
    trials: int = 1
    mended: list[Finding] = field(default_factory=list[Finding])
    refused: dict[tuple[str, ...], str] = field(default_factory=dict[tuple[str, ...], str])


def _run_rounds(run: _Run) -> None:
    has_progressed = False
    for _ in range(MAX_ROUNDS):
        fresh = [one for one in run.wanted(run.judged) if _name(one, run.judged.bundle) not in run.refused]
        if fresh:
            has_progressed |= _run_round(run, tuple(disjoint(fresh)))
        elif has_progressed and run.refused and run.trials < MAX_TRIALS:
            run.refused.clear()  # what was no good before may be so now
            has_progressed = False
        else:
            return


def _run_round(run: _Run, batch: tuple[Mending, ...]) -> bool:
    """Apply what can be applied of some fixes that do not collide; whether it was any."""
    start = before = run.judged
    taken: tuple[Mending, ...] = ()
    failures = Failures()
    waiting = [batch]
    while waiting:
        tried, hopeless = failures.sorted_out(waiting.pop())
        for mending, reason in hopeless:
            run.refused[_name(mending, start.bundle)] = reason
        if not tried:
            continue
        trial = _try(run, start, taken, tried)
        objection = trial if isinstance(trial, str) else trial.objection(before)
        if not isinstance(trial, str) and not objection:
            taken, before = (*taken, *tried), trial.after
            failures.forget(tried)
        elif isinstance(trial, Trial) and (followed := _followed(run, before, trial)) is not None:
            before, taken = followed.after, (*taken, *tried, *followed.tried)
            break  # places have moved twice: what waits is looked at in the next round
        elif len(tried) == 1 or run.trials >= MAX_TRIALS:
            reason = objection if len(tried) == 1 else _NOT_TRIED
            failures.count(tried[0], reason)
            run.refused.update((_name(mending, start.bundle), reason) for mending in tried)
        else:
            waiting += _divided(tried, trial)
    run.judged = before
    run.mended += [finding for mending in taken for finding in mending.findings]
    return bool(taken)


def _try(run: _Run, start: Judged, taken: tuple[Mending, ...], tried: tuple[Mending, ...]) -> Trial | str:
    """The bundle with these fixes, or why they cannot be applied."""
    if run.trials >= MAX_TRIALS:
        return _NOT_TRIED
    edits = _edits((*taken, *tried))
    try:
        after = edited(start.bundle, edits, run.other_text)
    except UnfitEditError as error:
        return str(error)
    run.trials += 1
    return Trial(judge(after, run.check), taken, tried, MovedPlaces(start.findings, edits))


def _followed(run: _Run, before: Judged, trial: Trial) -> Trial | None:
    """What follows when findings that a mistake had hidden are mended, too; None where that is not better than before."""
    if trial.damage(before):
        return None
    hidden = set(map(key_of, trial.newcomers))
    more = tuple(disjoint(one for one in run.wanted(trial.after) if not hidden.isdisjoint(map(key_of, one.findings))))
    second = _try(run, trial.after, (), more) if more else ""
    if isinstance(second, str) or second.damage(before):
        return None
    return second if second.is_lighter(before, len(trial.tried)) else None


def _edits(done: Iterable[Mending]) -> list[Edit]:
    return [edit for mending in done for edit in mending.fix.edits]


def _divided(tried: tuple[Mending, ...], trial: Trial | str) -> list[tuple[Mending, ...]]:
    """Parts to try one by one, the last first: those that nothing speaks against, then the others."""
    suspects = _suspects(tried, trial) if isinstance(trial, Trial) else ()
    blamed = set(map(id, suspects))
    innocent = tuple(mending for mending in tried if id(mending) not in blamed)
    if not suspects or not innocent:
        half = len(tried) // 2
        return [tried[half:], tried[:half]]
    return [suspects, innocent]


def _suspects(tried: tuple[Mending, ...], trial: Trial) -> tuple[Mending, ...]:
    """The fixes whose findings are still there, and those whose edits stand near new findings."""
    blamed = set(map(id, trial.persisting))
    places = [
        (edit.place.document, trial.moved.offset(edit.place.document, edit.place.span.start), mending)
        for mending in tried
        for edit in mending.fix.edits
    ]
    for finding in trial.newcomers[:_NEAR]:
        document, offset = finding.place.document, finding.place.span.start
        near = [(abs(place - offset), id(mending)) for key, place, mending in places if key == document]
        distance, nearest = min(near, default=(_NEAR, 0))
        if distance < _NEAR:
            blamed.add(nearest)
    return tuple(mending for mending in tried if id(mending) in blamed)


def _name(mending: Mending, bundle: Bundle) -> tuple[str, ...]:
    """What a fix is known by from round to round, while its place moves."""
    finding = mending.findings[0]
    return (finding.code, finding.place.document, mending.fix.title, finding.message, line_of(finding, bundle))
