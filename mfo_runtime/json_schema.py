"""Whether a value is what a JSON Schema asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from jsonschema.exceptions import (
    SchemaError,
    ValidationError,
    best_match,  # pyright: ignore[reportUnknownVariableType] - the stubs leave its result open
)
from jsonschema.validators import validator_for


def with_defaults(value: Mapping[str, Any], schema: Any) -> dict[str, Any]:
    """A map with the ``default`` of every top-level property that it lacks; the map itself where there are none."""
    filled = dict(value)
    properties: object = cast("Mapping[str, Any]", schema).get("properties") if isinstance(schema, Mapping) else None
    if isinstance(properties, Mapping):
        for name, declared in cast("Mapping[str, Any]", properties).items():
            if isinstance(declared, Mapping) and "default" in declared and name not in filled:
                filled[name] = declared["default"]
    return filled


def schema_problem(value: Any, schema: Any) -> str:
    """Why a value is not what a schema asks for, in a few words; empty where it is, or where there is no schema."""
    if not isinstance(schema, Mapping):
        return ""
    errors, problem = _errors(value, cast("Mapping[str, Any]", schema))
    error = cast("ValidationError | None", best_match(errors))
    return problem if error is None else _words(error, list(error.absolute_path))


def problems_by_name(value: Mapping[str, Any], schema: Any) -> dict[str, str]:
    """What is wrong with a map, by the name of what is wrong in it; under an empty name what is so of the whole.

    Of each name one problem is told: that it is missing, else the most telling one.
    """
    if not isinstance(schema, Mapping):
        return {}
    errors, problem = _errors(value, cast("Mapping[str, Any]", schema))
    found = {"": problem} if problem else {}
    by_name: dict[str, list[ValidationError]] = {}
    for error in errors:
        if error.validator == "required" and not error.absolute_path:
            wanted = cast("list[str]", error.validator_value)
            found |= {name: "this is required" for name in wanted if name not in value}
        else:
            by_name.setdefault(str(next(iter(error.absolute_path), "")), []).append(error)
    for name, several in by_name.items():
        error = cast("ValidationError", best_match(several))
        found.setdefault(name, _words(error, list(error.absolute_path)[1:]))
    return found


def _errors(value: Any, schema: Mapping[str, Any]) -> tuple[list[ValidationError], str]:
    """All that is wrong with a value, and why that cannot be told where the schema itself is wrong."""
    keywords = dict(schema)
    try:
        validator = validator_for(keywords)(keywords)
        return list(cast("Iterable[ValidationError]", validator.iter_errors(value))), ""
    except (SchemaError, RecursionError) as problem:
        return [], f"the schema itself is wrong ({type(problem).__name__})"
    except Exception as problem:  # noqa: BLE001 - an unresolvable $ref raises errors of another library
        return [], f"the schema cannot be applied ({type(problem).__name__})"


def _words(error: ValidationError, steps: list[str | int]) -> str:
    where = ".".join(str(step) for step in steps)
    message = error.message if len(error.message) < 300 else error.message[:300] + "..."  # noqa: PLR2004 - what a person reads
    return f"{where}: {message}" if where else message
