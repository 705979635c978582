"""``toJson``: values as JSON, the way Go's encoder writes them."""

from __future__ import annotations

import datetime as dt
import json
import math

from mfo_dialect.templates import numbers
from mfo_dialect.templates.functions.declarations import Function, Parameter
from mfo_dialect.templates.printing import MAX_DEPTH, Pieces, integer_text, printed
from mfo_dialect.templates.values import FunctionError, Kind, as_list, as_map, cleaned, kind_of, sorted_keys

_ESCAPES = str.maketrans({"<": r"\u003c", ">": r"\u003e", "&": r"\u0026", "\u2028": r"\u2028", "\u2029": r"\u2029"})


def _to_json(value: object) -> str:
    pieces = Pieces()
    _encode(value, pieces, 0)
    return pieces.joined()


def _encode(value: object, pieces: Pieces, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise FunctionError("value is nested too deeply")
    match kind_of(value):
        case Kind.LIST:
            pieces.add("[")
            for index, element in enumerate(as_list(value)):
                pieces.add("," if index else "")
                _encode(element, pieces, depth + 1)
            pieces.add("]")
        case Kind.MAP:
            mapping = as_map(value)
            pieces.add("{")
            for index, key in enumerate(sorted_keys(mapping)):
                pieces.add(f"{',' if index else ''}{_text(printed(key))}:")
                _encode(mapping[key], pieces, depth + 1)
            pieces.add("}")
        case _:
            pieces.add(_scalar(value))


def _scalar(value: object) -> str:
    match kind_of(value):
        case Kind.NIL:
            return "null"
        case Kind.BOOL:
            return "true" if value else "false"
        case Kind.INT | Kind.BYTE:
            return integer_text(value)  # pyright: ignore[reportArgumentType] - its kind is an integer's
        case Kind.FLOAT if isinstance(value, float):
            if not math.isfinite(value):
                raise FunctionError("JSON has no infinite numbers")
            return numbers.json_number(value)
        case Kind.TIME if isinstance(value, dt.datetime):
            return _text(value.isoformat().replace("+00:00", "Z"))
        case Kind.STRING:
            return _text(str(value))
        case _:
            raise FunctionError("value has no JSON form")


def _text(text: str) -> str:
    return (
        json.dumps(cleaned(text), ensure_ascii=False)
        .translate(_ESCAPES)
        .replace("\\b", "\\u0008")
        .replace("\\f", "\\u000c")
    )


ENCODING = (
    Function(
        "toJson", (Parameter("value"),), "string", "The value as JSON in one line, keys sorted.",
        "{{ .data | toJson }}", _to_json, is_builtin=False,
    ),
)  # fmt: skip
