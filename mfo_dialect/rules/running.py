"""Having rules look at one part; each of them is fenced, so that a broken one costs only its own words."""

from __future__ import annotations

from typing import Any

from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.rules.plan import Plan
from mfo_dialect.rules.rule import Report, Rule

Said = tuple[Rule, list[Report] | Exception]


def reports_on(part: Part, plan: Plan, snapshot: Snapshot) -> list[Said]:
    """What the rules of a plan report on one part, each with its rule, and with what went wrong in a rule itself."""
    said: list[Said] = []
    is_sound: bool | None = None
    for step in plan.steps_at(part):
        selector = step.selector
        items: tuple[Any, ...] | list[Any]
        try:
            if selector.is_doubtful:  # nearly all parts have nothing doubtful: asked once for all such rules
                if is_sound is None:
                    is_sound = not snapshot.doubtful_visits_of(part)
                if is_sound:
                    continue
            found = selector.items(part, snapshot)
            items = found if isinstance(found, tuple) else [*found]
        except Exception as error:  # noqa: BLE001 - the fence: a selector that breaks costs the rules that need it
            said += [(rule, error) for rule in step.rules]
            continue
        if items:
            _look_at(items, step.rules, snapshot, said)
    concerned = plan.concerned(part)
    if concerned is not None:
        known = concerned.known
        for visit in snapshot.notable_visits_of(part):
            found = known.get((id(visit.type), id(visit.key)))
            for rule in found[0] if found is not None else concerned.by(visit):
                try:
                    reports = [*rule.check(visit, snapshot)]
                except Exception as error:  # noqa: BLE001 - the fence: a broken rule costs only this value
                    said.append((rule, error))
                else:
                    if reports:
                        said.append((rule, reports))
    return said


def _look_at(items: tuple[Any, ...] | list[Any], rules: tuple[Rule, ...], snapshot: Snapshot, said: list[Said]) -> None:
    reports: list[Report] = []
    for rule in rules:
        check = rule.check
        for item in items:
            try:
                for report in check(item, snapshot):  # a loop is quicker than a list where there is nothing
                    reports.append(report)  # noqa: PERF402
            except Exception as error:  # noqa: BLE001 - the fence: a broken rule costs only this item
                said.append((rule, error))
                reports = []
            else:
                if reports:
                    said.append((rule, reports))
                    reports = []
