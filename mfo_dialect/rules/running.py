"""Having rules look at one part; each of them is fenced, so that a broken one costs only its own words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.rules.plan import Plan
from mfo_dialect.rules.rule import Report, Rule

Said = tuple[Rule, list[Report] | Exception]


def reports_on(part: Part, plan: Plan, snapshot: Snapshot) -> Iterator[Said]:
    """What the rules of a plan report on one part, each with its rule, and with what went wrong in a rule itself."""
    for step in plan.steps(part):
        try:
            items: Iterable[Any] = tuple(step.selector.items(part, snapshot))
        except Exception as error:  # noqa: BLE001 - the fence: a selector that breaks costs the rules that need it
            yield from ((rule, error) for rule in step.rules)
            continue
        for item in items:
            for rule in step.rules:
                yield from _said(rule, item, snapshot)
    if not plan.looks_at_visits(part):
        return
    for visit in snapshot.visits_of(part):
        for rule in plan.concerned(part, visit):
            yield from _said(rule, visit, snapshot)


def _said(rule: Rule, item: object, snapshot: Snapshot) -> Iterable[Said]:
    try:
        reports = list(rule.check(item, snapshot))
    except Exception as error:  # noqa: BLE001 - the fence: a broken rule costs only this item
        return ((rule, error),)
    return ((rule, reports),) if reports else ()
