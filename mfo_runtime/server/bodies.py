"""From the bytes of a request to a JSON value of the right shape; knows no route."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NoReturn, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match  # pyright: ignore[reportUnknownVariableType]

from mfo_runtime.server.failures import ApiError, invalid

_MAX_DEPTH = 200
_MAX_QUOTED = 80


def read_json(raw: bytes) -> Any:
    """The JSON value of a body.

    Raises:
        ApiError: it is no JSON, or nothing that can be stored: nested too deeply, numbers without an end, text that
            is no Unicode.
    """
    try:
        text = raw.decode()
        value = json.loads(text, parse_constant=_no_such_number, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise invalid("the body is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise invalid(f"the body is not valid JSON: line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise invalid("the body is not valid JSON: a number cannot be read") from error
    if text.count("[") + text.count("{") > _MAX_DEPTH:
        _check_depth(value)
    if "\\ud" in text.casefold():
        _check_unicode(value)
    return value


def check_shape(value: Any, schema: Mapping[str, Any], path: str = "") -> None:
    """Compare a value with a JSON Schema.

    Raises:
        ApiError: a 400 that says what is wrong and at which path of the body.
    """
    errors = _validator(_Schema(schema)).iter_errors(value)  # pyright: ignore[reportUnknownMemberType]
    error = cast("ValidationError | None", best_match(errors))
    if error is not None:
        raise _shape_error(error, path)


class _Schema:
    """A schema as a key of the cache, by identity: schemas are constants of their modules, or of their tools."""

    __slots__ = ("keywords",)

    def __init__(self, keywords: Mapping[str, Any]) -> None:
        self.keywords = keywords

    def __hash__(self) -> int:
        return id(self.keywords)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Schema) and other.keywords is self.keywords


@lru_cache(maxsize=512)
def _validator(schema: _Schema) -> Draft202012Validator:
    return Draft202012Validator(dict(schema.keywords))


def _shape_error(error: ValidationError, path: str) -> ApiError:
    for step in error.absolute_path:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
    where = f"{path}: " if path else ""
    return invalid(where + _in_words(error), path)


def _in_words(error: ValidationError) -> str:
    """What is wrong, without repeating large values back."""
    expected: Any = error.validator_value  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    match error.validator:  # pyright: ignore[reportUnknownMemberType]
        case "type":
            names = expected if isinstance(expected, str) else " or ".join(cast("list[str]", expected))
            return f"must be of type {names}"
        case "enum":
            return "must be one of " + ", ".join(str(choice) for choice in expected)
        case "required":
            missing = [name for name in expected if name not in cast("Mapping[str, Any]", error.instance)]
            return "lacks " + ", ".join(f'"{name}"' for name in missing)
        case "minLength" | "minItems" | "minProperties" if expected == 1:
            return "must not be empty"
        case _:
            return error.message if len(error.message) <= _MAX_QUOTED else f'does not satisfy "{error.validator}"'  # pyright: ignore[reportUnknownMemberType]


def _no_such_number(_: str) -> NoReturn:
    raise ValueError


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number


def _too_deep() -> ApiError:
    return invalid(f"the body is nested more than {_MAX_DEPTH} levels deep")


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(_MAX_DEPTH + 1):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return
    raise _too_deep()


def _children(value: Any) -> list[Any]:
    match value:
        case dict():
            return list(cast("dict[str, Any]", value).values())
        case list():
            return cast("list[Any]", value)
        case _:
            return []


def _check_unicode(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise invalid("the body has text that is not Unicode (a lone surrogate)") from error
