"""The reference's own results: reading the rows, running ours over them, and comparing."""

from __future__ import annotations

import base64
import json
import math
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mfo_dialect.expressions import Duration, ExpressionError, Month, Weekday, evaluate

ROOT = Path(__file__).resolve().parents[2]
ROWS = Path(os.environ.get("MFO_CONFORMANCE") or ROOT.parent / "shared" / "conformance") / "expr"
ENVIRONMENT = {
    "ok": True,
    "i": 1,
    "str": "str",
    "f64": 0.5,
    "array": [1, 2, 3, 4, 5],
    "foo": {"Bar": "foo"},
    "list": [{"Bar": "bar"}, {"Bar": "baz"}],
}
MODES = ("typed", "untyped")
_PLACE = re.compile(r"\((\d+):(\d+)\)$")


@dataclass(frozen=True)
class Outcome:
    """What an expression came to: a value as JSON text, or the stage and the line and column of an error."""

    value: str | None = None
    stage: str | None = None
    place: tuple[int, int] | None = None


def rows(name: str) -> Iterator[dict[str, Any]]:
    with (ROWS / f"{name}.jsonl").open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def wanted(row: dict[str, Any], mode: str) -> Outcome:
    result = row[mode]
    if result["ok"]:
        return Outcome(value=json.dumps(result["value"], sort_keys=True))
    place = _PLACE.search(result["error"].split("\n")[0])
    return Outcome(stage=result["stage"], place=(int(place[1]), int(place[2])) if place else None)


def given(row: dict[str, Any], mode: str) -> Outcome:
    try:
        value = evaluate(row["expr"], row.get("env", ENVIRONMENT), typed=mode == "typed")
    except ExpressionError as error:
        line, column = line_and_column(row["expr"], error.span.start)
        return Outcome(stage=error.stage, place=(line, column))
    return Outcome(value=json.dumps(encoded(value), sort_keys=True))


def line_and_column(source: str, offset: int) -> tuple[int, int]:
    """Both counted from 1; lines end at LF only, as in the reference."""
    before = source[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def encoded(value: Any) -> Any:
    match value:
        case float() if not math.isfinite(value):
            return {"$float": "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"}
        case bytes():
            return {"$bytes": base64.b64encode(value).decode()}
        case list():
            return [encoded(item) for item in value]
        case dict():
            return {key: encoded(item) for key, item in value.items()}
        case Duration():
            return value.nanoseconds
        case Month() | Weekday():
            return value.number
        case _:
            return value
