"""JSON Schemas of single values: texts, numbers, lists, and what a reference may stand for. It knows no document."""

from __future__ import annotations

import re
from typing import Any

from mfo_dialect.catalogue.values import (
    BooleanType,
    EitherType,
    Format,
    IntegerType,
    ListType,
    MapType,
    Names,
    NumberType,
    References,
    TextType,
    ValueType,
)
from mfo_dialect.durations import parse_duration
from mfo_dialect.references import RESERVED_ROOTS

Json = dict[str, Any]

NOT_EMPTY = r"\S"
IDENTIFIER = r"^[A-Za-z_][A-Za-z0-9_-]*$"
DURATION = r"^\s*(?:[+-]?0|\+?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)\s*$"
FIVE_FIELDS = r"^\s*\S+(?:\s+\S+){4}\s*$"
MARKED = r"\$\{|\$<[A-Za-z_][A-Za-z0-9_-]*[.\[]"
BARE = r"^\s*[^\W\d][\w-]*[.\[]"
_MAX_DEPTH = 4
_FREE_TYPE = frozenset(
    {
        "type",
        "title",
        "pattern",
        "minimum",
        "maximum",
        "items",
        "minItems",
        "properties",
        "patternProperties",
        "additionalProperties",
        "required",
    }
)
"""Keywords that say nothing of values of other types than their own, so that several types fit into one schema."""


def either(*options: Json) -> Json:
    """A schema for what any of the options allows; one without branches where they speak of different types."""
    if len(options) == 1 or not all(options):
        return next((option for option in options if not option), options[0])
    if len(options) == 2 and "enum" in options[0] and options[1] == {"type": "null"}:  # noqa: PLR2004 - a pair
        return {**options[0], "enum": [*options[0]["enum"], None]}
    types = [name for option in options for name in _types(option)]
    keywords = [name for option in options for name in option if name != "type"]
    if (
        all("type" in option and option.keys() <= _FREE_TYPE for option in options)
        and len(set(types)) == len(types)
        and len(set(keywords)) == len(keywords)
    ):
        merged = {name: value for option in options for name, value in option.items()}
        return {**merged, "type": types}
    return {"anyOf": [inner for option in options for inner in _options(option)]}


def _types(schema: Json) -> list[str]:
    named = schema.get("type", [])
    return [named] if isinstance(named, str) else named


def _options(schema: Json) -> list[Json]:
    return schema["anyOf"] if schema.keys() == {"anyOf"} else [schema]


def reference(references: References) -> tuple[Json, ...]:
    """The texts that may stand for a value that is known only when the flow runs: none or one schema."""
    match references:
        case References.ALL:
            return ({"type": "string", "pattern": f"{MARKED}|{BARE}"},)
        case References.EXPLICIT:
            return ({"type": "string", "pattern": MARKED},)
        case References.NONE:
            return ()


def references_below(value_type: ValueType, depth: int = 0) -> References:
    """The references that may stand for a whole map or list: those that its values are read for."""
    if depth > _MAX_DEPTH:
        return References.NONE
    match value_type:
        case ListType(item=item):
            return references_below(item, depth + 1)
        case MapType(others=others):
            return references_below(others, depth + 1) if others is not None else References.NONE
        case EitherType(options=options):
            found = {references_below(option, depth + 1) for option in options}
            return next((one for one in (References.ALL, References.EXPLICIT) if one in found), References.NONE)
        case _:
            return getattr(value_type, "references", References.NONE)


def text_schema(text_type: TextType) -> Json:
    """The schema of a text."""
    if text_type.choices:
        return either({"enum": list(text_type.choices)}, *reference(text_type.references))
    match text_type.format:
        case Format.DURATION:
            return either({"type": "string", "pattern": DURATION}, {"const": 0}, *reference(text_type.references))
        case Format.IDENTIFIER:
            free = {"not": {"enum": list(RESERVED_ROOTS)}} if text_type.names is Names.NODE_HERE else {}
            return {"type": "string", "pattern": IDENTIFIER, **free}
        case Format.CRON:
            return {"type": "string", "pattern": FIVE_FIELDS}
        case Format.EXPRESSION:
            return {"type": ["string", "boolean", "number"], **({"pattern": NOT_EMPTY} if text_type.non_empty else {})}
        case Format.OUTPUT_PATH:
            return {"type": "string", "pattern": BARE}
        case _:
            return {"type": "string", **({"pattern": NOT_EMPTY} if text_type.non_empty else {})}


def number_schema(number_type: IntegerType | NumberType) -> Json:
    """The schema of a number within its bounds."""
    schema: Json = {"type": "integer" if isinstance(number_type, IntegerType) else "number"}
    if number_type.minimum is not None:
        schema["minimum"] = number_type.minimum
    if number_type.maximum is not None:
        schema["maximum"] = number_type.maximum
    return either(schema, *reference(number_type.references))


def list_schema(list_type: ListType, item: Json) -> Json:
    """The schema of a list whose items have a schema."""
    schema: Json = {"type": "array", **({"items": item} if item else {})}
    if list_type.non_empty:
        schema["minItems"] = 1
    return either(schema, *reference(references_below(list_type)))


def written(value_type: ValueType, text: str) -> str | int | float | bool | None:
    """What a person wrote as a value of a type; None where it is no such value but words about it."""
    match value_type:
        case TextType(choices=choices) if choices:
            return text if text in choices else None
        case TextType(format=Format.DURATION):
            return text if parse_duration(text) is not None else None
        case TextType():
            return text
        case IntegerType():
            return int(text) if text.isdecimal() else None
        case NumberType():
            return float(text) if re.fullmatch(r"\d+(?:\.\d+)?", text) else None
        case BooleanType():
            return {"true": True, "false": False}.get(text)
        case _:
            return None
