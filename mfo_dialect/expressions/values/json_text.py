"""Values as JSON text and back, the way Go writes and reads it. It knows values and nothing of expressions."""

# Values are of any type here; what they are is looked at one by one.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false, reportMissingTypeStubs=false

from __future__ import annotations

import base64
import json
import math
from typing import Any

from mfo_dialect.expressions.values.budget import Budget, Failure
from mfo_dialect.expressions.values.collections import AnyMap, NilList
from mfo_dialect.expressions.values.duration import Duration
from mfo_dialect.expressions.values.layout import RFC3339_NANO, write_moment
from mfo_dialect.expressions.values.moment import Moment, Month, Weekday
from mfo_dialect.expressions.values.printing import exponent_digits, plain_digits, shortest_digits
from mfo_dialect.expressions.values.zone import Zone

_MAX_DEPTH = 150
_PLAIN_EXPONENT = (-6, 21)
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_ESCAPE_TABLE = str.maketrans(_ESCAPES)


def write_json(value: Any, budget: Budget, depth: int = 0) -> str:
    """The value as JSON, indented by two spaces, keys sorted, HTML's signs escaped.

    Raises:
        Failure: JSON has no such value, or the text exceeds the budget.
    """
    if isinstance(value, list):
        text = "null" if type(value) is NilList else _write_list(value, budget, depth)
    elif isinstance(value, AnyMap):
        raise Failure("a map whose keys are not all text cannot be written as JSON")
    elif isinstance(value, dict):
        text = _write_map(value, budget, depth)
    else:
        text = _write_scalar(value)
    budget.write(len(text))
    return text


def _write_scalar(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return _write_float(value)
        case str():
            return _write_text(value)
        case bytes():
            return f'"{base64.b64encode(value).decode()}"'
        case Moment():
            return f'"{write_moment(value, RFC3339_NANO)}"'
        case Duration():
            return str(value.nanoseconds)
        case Month() | Weekday():
            return str(value.number)
        case Zone():
            return "{}"
        case _:
            raise Failure("the value cannot be written as JSON")


def _write_float(value: float) -> str:
    if not math.isfinite(value):
        raise Failure("JSON has no infinite numbers and no NaN")
    digits, exponent = shortest_digits(value)
    sign = "-" if math.copysign(1, value) < 0 else ""
    if _PLAIN_EXPONENT[0] <= exponent < _PLAIN_EXPONENT[1]:
        return sign + plain_digits(digits, exponent)
    return sign + exponent_digits(digits, exponent).replace("e-0", "e-")


def _write_text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).translate(_ESCAPE_TABLE).encode("utf-8", "replace").decode()


def _write_list(value: list[Any], budget: Budget, depth: int) -> str:
    return _block("[", [write_json(item, budget, depth + 1) for item in _bounded(value, budget, depth)], "]", depth)


def _write_map(value: dict[str, Any], budget: Budget, depth: int) -> str:
    keys = _bounded(sorted(value), budget, depth)
    return _block("{", [f"{_write_text(key)}: {write_json(value[key], budget, depth + 1)}" for key in keys], "}", depth)


def _bounded(items: list[Any], budget: Budget, depth: int) -> list[Any]:
    if depth >= _MAX_DEPTH:
        raise Failure("the value is nested too deeply to be written as JSON")
    budget.spend(len(items))
    return items


def _block(opening: str, parts: list[str], closing: str, depth: int) -> str:
    if not parts:
        return opening + closing
    margin = "\n" + "  " * (depth + 1)
    return f"{opening}{margin}{f',{margin}'.join(parts)}{margin[:-2]}{closing}"


def read_json(text: str) -> Any:
    """The value that JSON text means; all its numbers are floats.

    Raises:
        Failure: the text is no JSON.
    """
    try:
        return json.loads(text, parse_int=_read_number, parse_float=_read_number, parse_constant=_refuse_constant)
    except RecursionError:
        raise Failure("the JSON is nested too deeply") from None
    except ValueError as error:
        raise Failure(f"no valid JSON: {error}") from None


def _read_number(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise Failure(f"the JSON number {digits[:40]} is too large")
    return value


def _refuse_constant(name: str) -> float:
    raise Failure(f"no valid JSON: {name}")
