"""The JSON of ``check`` is what its schema says, whatever was found."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.docs.blocks import ROOT
from tests.programs import run_python

SCHEMA = json.loads((ROOT / "schemas" / "check-output.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def report(folder: Path, *paths: str) -> dict[str, Any]:
    done = run_python("-m", "mfo_lsp", "check", "--format", "json", *paths, folder=folder)
    assert done.returncode in {0, 1}, done.stderr
    return json.loads(done.stdout)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_examples_with_every_kind_of_finding() -> None:
    found = report(ROOT, "examples")
    VALIDATOR.validate(found)
    assert {finding["severity"] for finding in found["findings"]} >= {"error", "warning", "hint"}
    assert any(finding["related"] for finding in found["findings"])
    assert any(fix["edits"] for finding in found["findings"] for fix in finding["fixes"])


def test_the_counts_of_rules() -> None:
    found = report(ROOT, "examples", "--statistics")
    VALIDATOR.validate(found)
    assert sum(one["count"] for one in found["statistics"]) == len(found["findings"]) > 0


def test_a_place_is_counted_from_one_in_code_points(tmp_path: Path) -> None:
    (tmp_path / "workflow.yml").write_bytes(
        "\N{ZERO WIDTH NO-BREAK SPACE}name: 😀\r\ntasks:\r\n  - {id: a, type: transform, config: {values: {é𝄞: '1 +'}}}\r\n".encode()
    )
    found = report(tmp_path)
    VALIDATOR.validate(found)
    (finding,) = found["findings"]
    assert (finding["file"], finding["code"]) == ("workflow.yml", "MFO501")
    assert finding["start"]["line"] == 3
    assert finding["start"]["column"] == 55


def test_nothing_found(tmp_path: Path) -> None:
    found = report(tmp_path)
    VALIDATOR.validate(found)
    assert found["summary"] == {"files": 0, "errors": 0, "warnings": 0, "information": 0, "hints": 0}
    assert found["findings"] == []


def _without_version(found: dict[str, Any]) -> None:
    del found["version"]


def _with_another_severity(found: dict[str, Any]) -> None:
    found["findings"][0]["severity"] = "fatal"


def _with_line_zero(found: dict[str, Any]) -> None:
    found["findings"][0]["start"]["line"] = 0


def _with_a_new_key(found: dict[str, Any]) -> None:
    found["findings"][0]["extra"] = 1


@pytest.mark.parametrize("spoil", [_without_version, _with_another_severity, _with_line_zero, _with_a_new_key])
def test_the_schema_notices_what_is_wrong(spoil: Callable[[dict[str, Any]], None]) -> None:
    found = report(ROOT, "examples/broken/undeclared_types")
    spoil(found)
    assert not VALIDATOR.is_valid(found)
