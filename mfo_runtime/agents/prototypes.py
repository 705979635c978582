"""From types to JSON Schema, and from JSON values to those types: dataclasses, TypedDicts, pydantic models, maps."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Protocol,
    Required,
    TypeAlias,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
    runtime_checkable,
)

from mfo_runtime.json_schema import schema_problem

Prototype: TypeAlias = type | Mapping[str, Any]
"""What parameters are like: a dataclass, a TypedDict, a pydantic model, or a JSON Schema."""

_PLAIN: Mapping[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    Any: {},
    object: {},
}
_MOST_NESTED = 16


@runtime_checkable
class _Model(Protocol):
    """What pydantic's models can do, and all that is asked of them."""

    @staticmethod
    def model_json_schema() -> dict[str, Any]: ...

    @staticmethod
    def model_validate(obj: Any) -> Any: ...


def schema_of(prototype: Prototype | None) -> dict[str, Any]:
    """The JSON Schema of a type's values; that of any map where there is none.

    Descriptions come from ``Annotated[str, "words"]``, from a dataclass field's ``metadata={"description": ...}``, and
    from pydantic's own. A field without a default is required.

    Raises:
        TypeError: a field's type cannot be said in JSON Schema, or contains itself.
    """
    if prototype is None:
        return {"type": "object", "properties": {}}
    if isinstance(prototype, Mapping):
        return dict(prototype)
    return _schema(prototype, 0)


def value_of(prototype: Prototype, data: Any) -> Any:
    """A JSON value as a value of the type.

    Raises:
        ValueError: it is none; the message says where and why.
    """
    if not isinstance(prototype, Mapping) and isinstance(prototype, _Model):
        return prototype.model_validate(data)  # pydantic's ValidationError is a ValueError
    problem = schema_problem(data, schema_of(prototype))
    if problem:
        raise ValueError(problem)
    return data if isinstance(prototype, Mapping) else _value(prototype, data)


def _schema(kind: Any, depth: int) -> dict[str, Any]:
    if depth > _MOST_NESTED:
        raise TypeError("The type contains itself, or is nested too deeply.")
    if kind in _PLAIN:
        return dict(_PLAIN[kind])
    if _is_model(kind):
        told = kind.model_json_schema()
        return told if depth == 0 else _inlined(told, told.get("$defs", {}))
    if _is_enum(kind):
        return {"enum": [member.value for member in kind]}
    if _is_dataclass(kind) or is_typeddict(kind):
        return _object(kind, depth)
    return _generic(kind, depth)


def _inlined(schema: Any, definitions: Mapping[str, Any], within: tuple[str, ...] = ()) -> Any:
    """A model's schema without references, which are read from the root, so that it can stand below another one."""
    if isinstance(schema, list):
        return [_inlined(one, definitions, within) for one in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    keywords = cast("dict[str, Any]", schema)
    inside = {
        name: _inlined(one, definitions, within) for name, one in keywords.items() if name not in {"$defs", "$ref"}
    }
    name = str(keywords.get("$ref", "")).removeprefix("#/$defs/")
    if name in within:
        raise TypeError("The type contains itself, or is nested too deeply.")
    return _inlined(definitions[name], definitions, (*within, name)) | inside if name in definitions else inside


def _generic(kind: Any, depth: int) -> dict[str, Any]:
    origin, arguments = get_origin(kind) or kind, get_args(kind)
    if origin is Annotated:
        words = next((note for note in arguments[1:] if isinstance(note, str)), None)
        return _schema(arguments[0], depth) | ({"description": words} if words else {})
    if origin in (Required, NotRequired):
        return _schema(arguments[0], depth)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema(one, depth + 1) for one in arguments]}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object"} | ({"additionalProperties": _schema(arguments[1], depth + 1)} if arguments else {})
    if origin is tuple and arguments and arguments[-1] is not Ellipsis:
        items = [_schema(one, depth + 1) for one in arguments]
        return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
    if isinstance(origin, type) and issubclass(origin, Sequence | set | frozenset) and not issubclass(origin, bytes):
        return {"type": "array"} | ({"items": _schema(arguments[0], depth + 1)} if arguments else {})
    raise TypeError(f"{kind!r} cannot be said in JSON Schema.")


def _object(kind: Any, depth: int) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    properties: dict[str, Any] = {}
    required: list[str] = []
    fields = {one.name: one for one in dataclasses.fields(kind)} if _is_dataclass(kind) else None
    for name, hint in hints.items():
        if fields is not None and name not in fields:
            continue  # a ClassVar
        properties[name] = _schema(hint, depth + 1)
        if fields is None:
            if _is_required(hint, name in kind.__required_keys__):
                required.append(name)
            continue
        declared = fields[name]
        if declared.metadata.get("description"):
            properties[name]["description"] = str(declared.metadata["description"])
        if declared.default is not dataclasses.MISSING:
            properties[name] |= {"default": declared.default} if _is_plain(declared.default) else {}
        elif declared.default_factory is dataclasses.MISSING:
            required.append(name)
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    return schema | ({"required": required} if required else {}) | {"additionalProperties": False}


def _is_required(hint: Any, usually: bool) -> bool:  # noqa: FBT001 - what the class says of its keys
    """Whether a key of a TypedDict has to be there; the class does not know where its annotations are texts."""
    return get_origin(hint) is Required or (usually and get_origin(hint) is not NotRequired)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and isinstance(kind, _Model)


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _is_dataclass(kind: Any) -> bool:
    return isinstance(kind, type) and dataclasses.is_dataclass(kind)


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def _value(kind: Any, data: Any) -> Any:
    """A JSON value that fits the schema as a value of the type."""
    if _is_model(kind):
        return kind.model_validate(data)
    if _is_enum(kind):
        return kind(data)
    if _is_dataclass(kind):
        return kind(**_fields(kind, data))
    if is_typeddict(kind):
        return _fields(kind, data)
    origin: Any = get_origin(kind) or kind
    arguments = get_args(kind)
    if origin in (Annotated, Required, NotRequired):
        return _value(arguments[0], data)
    if origin in (Union, types.UnionType):
        return _first_that_fits(arguments, data)
    if isinstance(data, list) and origin is tuple and arguments and arguments[-1] is not Ellipsis:
        return tuple(map(_value, arguments, cast("list[Any]", data)))
    if isinstance(data, list) and arguments:
        make = cast("Callable[[list[Any]], Any]", origin if origin in (tuple, set, frozenset) else list)
        return make([_value(arguments[0], item) for item in cast("list[Any]", data)])
    if isinstance(data, dict) and len(arguments) == 2:  # noqa: PLR2004 - a map's key and value
        return {name: _value(arguments[1], item) for name, item in cast("dict[str, Any]", data).items()}
    return cast("Any", data)


def _fields(kind: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    return {name: _value(hints[name], item) for name, item in data.items() if name in hints}


def _first_that_fits(options: tuple[Any, ...], data: Any) -> Any:
    for option in options:
        if not schema_problem(data, _schema(option, 0)):
            return _value(option, data)
    return data
