"""Whether a value is what a JSON Schema asks for."""

from __future__ import annotations

from collections.abc import Mapping
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
    keywords: dict[str, Any] = dict(schema)  # pyright: ignore[reportUnknownArgumentType]
    try:
        validator = validator_for(keywords)(keywords)
        error = cast("ValidationError | None", best_match(validator.iter_errors(value)))
    except (SchemaError, RecursionError) as problem:
        return f"the schema itself is wrong ({type(problem).__name__})"
    except Exception as problem:  # noqa: BLE001 - an unresolvable $ref raises errors of another library
        return f"the schema cannot be applied ({type(problem).__name__})"
    if error is None:
        return ""
    where = ".".join(str(step) for step in error.absolute_path)
    message = error.message if len(error.message) < 300 else error.message[:300] + "..."  # noqa: PLR2004 - what a person reads
    return f"{where}: {message}" if where else message
