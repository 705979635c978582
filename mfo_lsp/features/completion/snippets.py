"""What follows a key when it is chosen: room for its value, with what that value requires."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from mfo_dialect.catalogue.values import (
    BooleanType,
    EitherType,
    Key,
    ListType,
    MapType,
    Names,
    SchemaType,
    TextType,
    ValueType,
)
from mfo_lsp.features.completion.items import CompletionClient

_INDENT = 2
_MAX_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes what follows keys.

    Attributes:
        client: whether tab stops may be used.
        in_flow: whether it is written inside brackets or braces, on one line.
        stops: the numbers of the tab stops still to be given.
    """

    client: CompletionClient
    in_flow: bool = False
    stops: Iterator[int] = field(default_factory=lambda: count(1))

    def after_key(self, key: Key, column: int, depth: int = 0) -> str:
        """What follows the name of a key that starts at ``column``: colon, space, and room for the value."""
        return ":" + self._value(key.type, column, depth)

    def required(self, map_type: MapType, column: int, depth: int = 0) -> str:
        """The keys that a map requires, each on a line of its own from ``column`` on, line breaks first."""
        lines = (f"\n{' ' * column}{key.name}{self.after_key(key, column, depth)}" for key in required_keys(map_type))
        return "".join(lines)

    def _value(self, value_type: ValueType, column: int, depth: int) -> str:
        match value_type:
            case EitherType(options=options):
                return self._value(options[0], column, depth)
            case MapType() | SchemaType() if self.in_flow:
                return f" {{{self._stop()}}}" if self.client.snippets else " "
            case ListType() if self.in_flow:
                return f" [{self._stop()}]" if self.client.snippets else " "
            case MapType() as map_type:
                return self._map(map_type, column + _INDENT, depth)
            case SchemaType():
                return f"\n{' ' * (column + _INDENT)}{self._stop()}"
            case ListType(item=MapType() as item):
                return self._items(item, column + _INDENT, depth)
            case ListType():
                return f" [{self._stop()}]" if self.client.snippets else " "
            case _:
                return f" {self._stop()}"

    def _map(self, map_type: MapType, column: int, depth: int) -> str:
        inner = self.required(map_type, column, depth + 1) if self.client.snippets and depth < _MAX_DEPTH else ""
        return inner or f"\n{' ' * column}{self._stop()}"

    def _items(self, item: MapType, column: int, depth: int) -> str:
        inner = self.required(item, column + _INDENT, depth + 1) if self.client.snippets and depth < 1 else ""
        first = inner.lstrip("\n ") if inner else self._stop()
        return f"\n{' ' * column}- {first}"

    def _stop(self) -> str:
        return f"${next(self.stops)}" if self.client.snippets else ""


def required_keys(map_type: MapType) -> tuple[Key, ...]:
    """The keys that a map requires as declared, of groups of which one must be there the first that is current."""
    names = {key.name for key in map_type.keys}
    groups = (*map_type.one_of, *map_type.any_of)
    firsts = {next((name for name in group if name in names), "") for group in groups}
    return tuple(key for key in map_type.keys if key.required or key.name in firsts)


def has_choices(value_type: ValueType) -> bool:
    """Whether completion can offer values for a type."""
    match value_type:
        case EitherType(options=options):
            return any(has_choices(option) for option in options)
        case TextType(choices=choices, names=names, format=text_format):
            is_new_name = names in {Names.NODE_HERE, Names.TASKFLOW_HERE}
            return bool(choices) or (names is not None and not is_new_name) or text_format is not None
        case BooleanType():
            return True
        case _:
            return False
