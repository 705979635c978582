"""How much of what the rules on shape find a schema can say: mistakes are planted into right bundles, one at a time."""

from __future__ import annotations

import random
from functools import cache

import pytest

from mfo_dialect.analysis.bundle import read_source
from mfo_dialect.model.kinds import DocumentKind
from mfo_dialect.syntax import parse, to_value
from tests.effort import examples as examples_of
from tests.mutations.bundles import examples, right_bundles
from tests.mutations.planting import Files, plant
from tests.mutations.shape_kinds import KINDS
from tests.schemas.schemas import VALIDATORS

SCHEMA_OF = {
    DocumentKind.WORKFLOW: "workflow",
    DocumentKind.PROMPTS: "prompts",
    DocumentKind.AGENTS: "agents",
    DocumentKind.CONFIG: "config",
}
LEAST_SHARE = {"MFO201": 0.9, "MFO202": 1.0, "MFO203": 1.0, "MFO204": 0.9}


@cache
def bundles() -> list[Files]:
    return [*examples().values(), *(files for _, files in right_bundles(random.Random(4), sizes=()))]


def is_refused(name: str, text: str) -> bool:
    kind = read_source(name, text).kind
    values = [to_value(document.root) for document in parse(text).documents]
    return kind is not None and not all(VALIDATORS[SCHEMA_OF[kind]].is_valid(value) for value in values)


def test_no_right_document_is_refused() -> None:
    assert [name for files in bundles() for name, text in files.items() if is_refused(name, text)] == []


@pytest.mark.parametrize("code", LEAST_SHARE)
def test_nearly_all_mistakes_of_shape_are_refused(code: str) -> None:
    chance = random.Random(4)
    kinds = [kind for kind in KINDS if kind.code == code]
    planted = [
        next((copy for files in bundles() for copy in plant(kind, files, chance)), None)
        for kind in chance.sample(kinds, min(len(kinds), examples_of(30)))
    ]
    verdicts = [is_refused(copy.told[0], copy.files[copy.told[0]]) for copy in planted if copy is not None]
    assert len(verdicts) > 10
    assert sum(verdicts) >= LEAST_SHARE[code] * len(verdicts)
