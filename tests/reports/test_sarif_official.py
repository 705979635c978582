"""SARIF against the official JSON Schema of 2.1.0, as an npm package of its maintainers brings it.

``sarif_shape.py`` holds the constraints that matter, for runs without a package registry; here nothing is left to us.
"""

from __future__ import annotations

import json
import subprocess
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, FormatChecker

from mfo_dialect.findings import Place, Related
from mfo_dialect.text import Span
from mfo_lsp.reports import CheckOutcome
from mfo_lsp.reports.sarif import sarif_report
from mfo_workspace.checking import check_files
from mfo_workspace.files import DiskFiles
from tests.docs.blocks import ROOT
from tests.reports.outcomes import NODE, NOTHING, OUTCOME

pytestmark = pytest.mark.registry
PACKAGE = "@microsoft/jest-sarif@1.0.0-beta.0"
SCHEMA = "package/lib/schemas/sarif-2.1.0-rtm.5.json"


@pytest.fixture(scope="module")
def validator(tmp_path_factory: pytest.TempPathFactory) -> Draft4Validator:
    folder = tmp_path_factory.mktemp("sarif")
    subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, timeout=100)
    (packed,) = folder.glob("*.tgz")
    with tarfile.open(packed) as archive:
        file = archive.extractfile(SCHEMA)
        assert file is not None
        schema: dict[str, Any] = json.load(file)
    assert "2.1.0" in schema["title"]
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema, format_checker=FormatChecker())


def outcome_of(folder: Path) -> CheckOutcome:
    files = [(path.as_posix(), True) for path in sorted(folder.rglob("*.yml"))]
    checked = check_files(files, DiskFiles())
    names = {document: Path(document).relative_to(ROOT).as_posix() for document in checked.documents}
    return CheckOutcome(checked.findings, names, checked.lines, checked.file_count)


def test_what_is_found_in_the_examples(validator: Draft4Validator) -> None:
    outcome = outcome_of(ROOT / "examples")
    assert any(finding.fixes for finding in outcome.findings)
    assert any(finding.related for finding in outcome.findings)
    validator.validate(json.loads(sarif_report(outcome)))


FLOW = Related(Place("/w/letters.yml", Span(0, 4)), "comes in here")


@pytest.mark.parametrize(
    "outcome",
    [
        NOTHING,
        OUTCOME,
        CheckOutcome((replace(NODE, code="MFO803", related=(FLOW,)),), OUTCOME.names, OUTCOME.texts, 1),
        CheckOutcome(OUTCOME.findings),
    ],
    ids=["nothing", "everything", "a code flow", "documents without a name"],
)
def test_outcomes_of_every_kind(validator: Draft4Validator, outcome: CheckOutcome) -> None:
    validator.validate(json.loads(sarif_report(outcome)))


def test_the_schema_notices_what_is_wrong(validator: Draft4Validator) -> None:
    log = json.loads(sarif_report(OUTCOME))
    log["runs"][0]["results"][0]["locatoins"] = []
    assert not validator.is_valid(log)
