"""What may be written in a JSON Schema, where the catalogue declares a value as one."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.catalogue.values import (
    AnyType,
    BooleanType,
    EitherType,
    IntegerType,
    Key,
    ListType,
    MapType,
    NumberType,
    SchemaType,
    TextType,
)
from mfo_dialect.syntax import Mapping

_INNER = SchemaType()
_TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")
_FORMATS = ("date-time", "date", "time", "email", "uri", "uuid", "hostname", "ipv4", "ipv6")

SCHEMA_TYPE = Key("type", TextType(choices=_TYPES), "What kind of value it is.")
SCHEMA_KEYS = MapType(
    "schema",
    (
        SCHEMA_TYPE,
        Key("properties", MapType("properties", others=_INNER), "The keys of a map, and a schema for the value of each."),
        Key("required", ListType(TextType(non_empty=True)), "The keys that must be there."),
        Key("items", _INNER, "The schema of each item of a list."),
        Key("description", TextType(), "What the value means; hovers and completion show it."),
        Key("enum", ListType(AnyType()), "The values of which it is one."),
        Key("default", AnyType(), "The value where none is given."),
        Key("additionalProperties", EitherType((BooleanType(), _INNER)), "Whether other keys may be there, or their schema."),
        Key("title", TextType(), "A title for people."),
        Key("const", AnyType(), "The one value that it may be."),
        Key("format", TextType(choices=_FORMATS), "What a text holds."),
        Key("pattern", TextType(non_empty=True), "A regular expression that a text matches."),
        Key("minimum", NumberType(), "The smallest number."),
        Key("maximum", NumberType(), "The largest number."),
        Key("minLength", IntegerType(0), "The fewest characters of a text."),
        Key("maxLength", IntegerType(0), "The most characters of a text."),
        Key("minItems", IntegerType(0), "The fewest items of a list."),
        Key("maxItems", IntegerType(0), "The most items of a list."),
        Key("examples", ListType(AnyType()), "Values as they may be."),
    ),
)  # fmt: skip


def names_to_require(schema: Mapping) -> Iterator[str]:
    """The keys that a schema describes."""
    properties = schema.get("properties")
    for pair in properties.effective_pairs() if isinstance(properties, Mapping) else ():
        if pair.name is not None:
            yield pair.name
