"""What to write for a key that is missing: a value that is valid and plainly to be replaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from mfo_dialect.catalogue.values import (
    BooleanType,
    EitherType,
    Format,
    IntegerType,
    Key,
    ListType,
    MapType,
    Names,
    NumberType,
    SchemaType,
    TextType,
    ValueType,
)

Placeholder: TypeAlias = "str | dict[str, Placeholder] | list[Placeholder]"
_FORMATS = {
    Format.DURATION: "30s",
    Format.CRON: '"0 0 * * *"',
    Format.TIMEZONE: "UTC",
    Format.EXPRESSION: '"true"',
    Format.IDENTIFIER: "new_id",
    Format.TEMPLATE: "TODO",
}
_FREE_NAMES = frozenset({None, Names.PROVIDER, Names.MODEL, Names.TASKFLOW_HERE, Names.TOOL, Names.VARIABLE})
_MAX_DEPTH = 6


def placeholder(value_type: ValueType, depth: int = 0) -> Placeholder | None:
    """A value for a type; None where only the author can know one, such as the name of another node."""
    if depth > _MAX_DEPTH:
        return None
    match value_type:
        case TextType(choices=choices) if choices:
            return choices[0]
        case TextType(names=names, format=text_format):
            if names not in _FREE_NAMES:
                return None
            return _FORMATS.get(text_format, "TODO") if text_format is not None else "TODO"
        case IntegerType(minimum=minimum) | NumberType(minimum=minimum):
            return str(minimum) if minimum is not None else "1"
        case BooleanType():
            return "true"
        case SchemaType():
            return {}
        case ListType(item=MapType()):
            return None
        case ListType(item=item, non_empty=non_empty):
            inner = placeholder(item, depth + 1) if non_empty else None
            return ([] if not non_empty else None) if inner is None else [inner]
        case MapType():
            return placeholder_map(needed_keys(value_type), depth + 1)
        case EitherType(options=options):
            return placeholder(options[0], depth + 1)
        case _:
            return "TODO"


def placeholder_map(keys: Iterable[Key], depth: int = 0) -> dict[str, Placeholder] | None:
    """Values for keys; None where one of them has none."""
    found: dict[str, Placeholder] = {}
    for key in keys:
        value = placeholder(key.type, depth)
        if value is None:
            return None
        found[key.name] = value
    return found


def needed_keys(map_type: MapType) -> Iterator[Key]:
    """The keys without which an empty map of a type is wrong, of each group the one that is easiest to write."""
    by_name = {key.name: key for key in map_type.keys}
    for key in map_type.keys:
        if key.required:
            yield key
    for group in (*map_type.one_of, *map_type.any_of):
        yield easiest(by_name[name] for name in group if name in by_name)


def easiest(keys: Iterable[Key]) -> Key:
    """Of several keys, the first that is current and has a placeholder; else the first."""
    listed = list(keys)
    return next((key for key in listed if not key.replacement and placeholder(key.type) is not None), listed[0])


def block_lines(values: dict[str, Placeholder]) -> list[str]:
    """Keys and values as lines of a block map from column 0."""
    lines: list[str] = []
    for name, value in values.items():
        if isinstance(value, dict) and value:
            lines.append(f"{name}:")
            lines += [f"  {line}" for line in block_lines(value)]
        else:
            lines.append(f"{name}: {flow_text(value)}")
    return lines


def flow_text(value: Placeholder) -> str:
    """A value on one line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{name}: {flow_text(inner)}" for name, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(flow_text(inner) for inner in value) + "]"
        case str():
            return value
