"""Each planted mistake is found by its code, on its line, and nothing else is said."""

from __future__ import annotations

import random
from collections import Counter
from functools import cache

import pytest

from mfo_dialect.findings import Finding, Severity
from tests.effort import IS_LONG
from tests.mutations.bundles import generated, is_generator_there, right_bundles
from tests.mutations.kinds import KINDS
from tests.mutations.letters import SPELLINGS
from tests.mutations.planting import Files, Kind, Planted, Told, plant
from tests.rules.cases import findings_of
from tests.rules.checking import show

LEAST_KINDS = 500
PLACES = 4
TASKS = (1, 2, 3, 10, 50)
CORPUS = 1000


@cache
def bases() -> list[tuple[str, Files]]:
    """The right bundles, the small ones first; a campaign takes new and larger ones at every run."""
    chance = random.Random() if IS_LONG else random.Random(1)
    found = list(right_bundles(chance, (10, 60, 110) if IS_LONG else (10, 45, 110)))
    return sorted(found, key=lambda base: sum(map(len, base[1].values())))


def told(finding: Finding, files: Files) -> Told:
    place = finding.place
    return (place.document, finding.code, files[place.document].count("\n", 0, place.span.start))


def assert_told(planted: Planted, base: str) -> None:
    kind, files = planted.kind, planted.files
    findings = [one for one in findings_of(files) if one.severity <= Severity.WARNING or one.code == kind.code]
    shown = "\n".join([f"{kind.name}, in {base}, wants {planted.told}", *(show(one, files) for one in findings)])
    places = [told(one, files) for one in findings]
    assert places.count(planted.told) == 1, shown
    others = Counter(code for _, code, _ in places) - Counter([kind.code])
    assert not others - Counter(dict.fromkeys(kind.more, 9)), shown


def cases_of(kind: Kind) -> list[tuple[str, Planted]]:
    """Copies of right bundles with this mistake: one of them, or in a campaign some of each."""
    chance = random.Random() if IS_LONG else random.Random(kind.name)
    found: list[tuple[str, Planted]] = []
    for name, files in bases():
        found += [(name, planted) for planted in plant(kind, files, chance, PLACES if IS_LONG else 1)]
        if found and not IS_LONG:
            break
    return found


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_mistake_is_found_once(kind: Kind) -> None:
    cases = cases_of(kind)
    assert cases, "this mistake can be made nowhere"
    for base, planted in cases:
        assert_told(planted, base)


def test_the_kinds_are_many_and_named() -> None:
    assert len(KINDS) >= LEAST_KINDS
    assert not [name for name, count in Counter(kind.name for kind in KINDS).items() if count > 1]


@pytest.mark.parametrize("style", SPELLINGS)
def test_right_bundles_are_silent(style: str) -> None:
    right = [files for name, files in bases() if style in name or name.startswith("example")]
    seeds = range(CORPUS // len(SPELLINGS)) if IS_LONG else range(2)
    sizes = TASKS if is_generator_there() else ()
    right += [files for tasks in sizes for seed in seeds if (files := generated(tasks, seed, style)) is not None]
    for files in right:
        found = [one for one in findings_of(files) if one.severity <= Severity.WARNING]
        assert not found, [show(one, files) for one in found]
