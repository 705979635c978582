"""Go's own results: success, stage, output, partial output and place agree, row by row."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mfo_dialect.templates import TemplateError, render

HERE = Path(__file__).parent
ROWS = Path(os.environ.get("MFO_CONFORMANCE", HERE.parents[2] / "shared" / "conformance")) / "templates" / "rows.jsonl"
NEEDED = 0.99

pytestmark = pytest.mark.skipif(
    not ROWS.exists(), reason=f"no conformance rows at {ROWS}: set MFO_CONFORMANCE to the folder that holds them"
)


@cache
def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in ROWS.read_text("utf-8").splitlines()]


@cache
def listed() -> dict[str, str]:
    text = (HERE / "conformance_differences.json").read_text("utf-8")
    return {row["template"]: row["reason"] for row in json.loads(text)}


def ours(row: dict[str, Any]) -> tuple[dict[str, Any], TemplateError | None]:
    option = row.get("option", "missingkey=default").removeprefix("missingkey=")
    try:
        return {"ok": True, "output": render(row["template"], row["data"], missingkey=option)}, None
    except TemplateError as error:
        failed: dict[str, Any] = {"ok": False, "stage": error.stage}
        return (failed | {"partial": error.partial} if error.stage == "exec" else failed), error


def differing() -> list[dict[str, Any]]:
    kept = ("ok", "output", "stage", "partial")
    return [row for row in rows() if ours(row)[0] != {key: row[key] for key in kept if key in row}]


def test_rows_agree_except_those_that_are_listed():
    unlisted = [(row["template"], ours(row)[0]) for row in differing() if row["template"] not in listed()]
    assert unlisted == []


def test_every_listed_row_has_a_reason_and_differs():
    assert {row["template"] for row in differing()} == set(listed())
    assert all(reason.strip() for reason in listed().values())


def test_enough_rows_agree():
    assert 1 - len(differing()) / len(rows()) >= NEEDED


def test_errors_stand_where_the_reference_says():
    """``template: prompt:LINE:COLUMN:`` while rendering, where columns count bytes from 0; ``prompt:LINE:`` before."""
    misplaced: list[tuple[str, str, str]] = []
    for row in rows():
        error = ours(row)[1]
        if error is None or row["template"] in listed():
            continue
        before = row["template"][: error.span.start]
        line, column = before.count("\n") + 1, len(before.rpartition("\n")[2].encode())
        place = f"{line}:{column}:" if error.stage == "exec" else f"{line}:"
        if not row["error"].startswith(f"template: prompt:{place}"):
            misplaced.append((row["template"], row["error"], place))
    assert misplaced == []
