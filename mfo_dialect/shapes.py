"""What is known of a value before there is one: known, known to be absent, or unknown.

Shapes come from the outputs of task types, JSON Schemas and literal values. ``UNKNOWN`` is the honest answer wherever
nothing is declared, and whoever reports findings stays silent there (dialect section 6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from types import MappingProxyType
from typing import Any, cast

from mfo_dialect.records import record

_NO_FIELDS: Mapping[str, Shape] = MappingProxyType({})
_MAX_DEPTH = 32


class Kind(Enum):
    """The kind of a value; ``NUMBER`` is an integer or a float, ``ANY`` is any value at all."""

    NULL = "null"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "string"
    MAP = "map"
    LIST = "list"
    ANY = "any"


@record(guarded=False)
class Shape:
    """What is known of one value.

    Attributes:
        kind: what sort of value it is.
        fields: of a map, the keys known to exist and the shape of each.
        rest: of a map, the shape of keys that are not in ``fields``; None where there can be no others.
        item: of a list, the shape of its items.
        choices: the only values it can have; empty where that is not known.
        description: prose for hovers, from a schema or the catalogue.
        deprecated: what to use instead, where the value should no longer be read.
    """

    kind: Kind = Kind.ANY
    fields: Mapping[str, Shape] = field(default_factory=lambda: _NO_FIELDS)
    rest: Shape | None = None
    item: Shape | None = None
    choices: tuple[Any, ...] = ()
    description: str = ""
    deprecated: str = ""

    def __str__(self) -> str:
        """The shape in a few words, for hovers and messages."""
        if self.kind is Kind.LIST and self.item is not None and self.item.kind is not Kind.ANY:
            return f"list of {self.item}"
        return self.kind.value


UNKNOWN = Shape()
NULL = Shape(Kind.NULL)
BOOLEAN = Shape(Kind.BOOLEAN)
INTEGER = Shape(Kind.INTEGER)
NUMBER = Shape(Kind.NUMBER)
TEXT = Shape(Kind.TEXT)
OPEN_MAP = Shape(Kind.MAP, rest=UNKNOWN)
OPEN_LIST = Shape(Kind.LIST, item=UNKNOWN)


def closed_map(fields: Mapping[str, Shape], description: str = "") -> Shape:
    """A map with exactly these keys."""
    return Shape(Kind.MAP, fields=MappingProxyType(dict(fields)), description=description)


def open_map(fields: Mapping[str, Shape], rest: Shape = UNKNOWN, description: str = "") -> Shape:
    """A map with these keys and perhaps others, each of shape ``rest``."""
    return Shape(Kind.MAP, fields=MappingProxyType(dict(fields)), rest=rest, description=description)


def list_of(item: Shape, description: str = "") -> Shape:
    """A list whose items have the shape ``item``."""
    return Shape(Kind.LIST, item=item, description=description)


def step(shape: Shape, key: str | int) -> Shape | None:
    """The shape one level down, by a map's key or a list's index; None where it is known to be absent."""
    match shape.kind:
        case Kind.ANY:
            return UNKNOWN
        case Kind.MAP:
            return shape.fields.get(str(key), shape.rest)
        case Kind.LIST:
            is_index = isinstance(key, int) or key.isdecimal()
            return (shape.item or UNKNOWN) if is_index else None
        case _:
            return None


def of_value(value: object, depth: int = 0) -> Shape:
    """The shape of a value that is at hand: maps are closed, lists take the shape their items share."""
    match value:
        case None:
            return NULL
        case bool():
            return BOOLEAN
        case int():
            return INTEGER
        case float():
            return NUMBER
        case str():
            return TEXT
        case Mapping() if depth < _MAX_DEPTH:
            fields = cast("Mapping[object, object]", value)
            return closed_map({str(key): of_value(item, depth + 1) for key, item in fields.items()})
        case list() if depth < _MAX_DEPTH:
            shapes = [of_value(item, depth + 1) for item in cast("list[object]", value)]
            return list_of(shapes[0] if shapes and all(shape == shapes[0] for shape in shapes) else UNKNOWN)
        case _:
            return UNKNOWN


_SIMPLE_TYPES = {"null": NULL, "boolean": BOOLEAN, "integer": INTEGER, "number": NUMBER, "string": TEXT}
_UNREAD_KEYWORDS = (
    "$ref",
    "allOf",
    "anyOf",
    "oneOf",
    "if",
    "not",
    "$dynamicRef",
    "dependentSchemas",
    "patternProperties",
)


def from_json_schema(schema: object, depth: int = 0) -> Shape:
    """The shape that a JSON Schema (2020-12) promises; ``UNKNOWN`` for keywords that this reading does not follow.

    A schema that lists ``properties`` is closed at its top unless ``additionalProperties`` is given (dialect
    section 6); below, JSON Schema's own rule counts: an object is open unless ``additionalProperties`` closes it.
    """
    if not isinstance(schema, Mapping) or depth > _MAX_DEPTH:
        return UNKNOWN
    keywords = cast("Mapping[str, Any]", schema)
    if any(keyword in keywords for keyword in _UNREAD_KEYWORDS):
        return UNKNOWN
    description = str(keywords.get("description") or "")
    choices = tuple(keywords["enum"]) if isinstance(keywords.get("enum"), list) else ()
    match keywords.get("type", "object" if "properties" in keywords else None):
        case str() as name if name in _SIMPLE_TYPES:
            return Shape(_SIMPLE_TYPES[name].kind, choices=choices, description=description)
        case "object":
            return _object_shape(keywords, description, depth)
        case "array":
            items = None if "prefixItems" in keywords else keywords.get("items")
            return list_of(from_json_schema(items, depth + 1), description)
        case _:
            return Shape(choices=choices, description=description)


def _object_shape(keywords: Mapping[str, Any], description: str, depth: int) -> Shape:
    properties = keywords.get("properties")
    if not isinstance(properties, Mapping):
        rest = from_json_schema(keywords.get("additionalProperties"), depth + 1)
        return open_map({}, rest, description)
    fields = {
        str(name): from_json_schema(schema, depth + 1)
        for name, schema in cast("Mapping[object, object]", properties).items()
    }
    extra = keywords.get("additionalProperties", depth > 0)
    if extra is False:
        return closed_map(fields, description)
    return open_map(fields, from_json_schema(extra, depth + 1), description)
