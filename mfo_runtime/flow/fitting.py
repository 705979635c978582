"""Whether the values that references brought are what a task's config asks for, and texts made of them where it asks for text.

The editor judges what is written; what a reference leads to is known only here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from mfo_dialect.catalogue.values import (
    AnyType,
    BooleanType,
    EitherType,
    Format,
    IntegerType,
    ListType,
    MapType,
    NumberType,
    SchemaType,
    TextType,
    ValueType,
    describe,
)
from mfo_dialect.durations import parse_duration
from mfo_dialect.references import as_text
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import Mapping as MappingNode
from mfo_dialect.syntax import Node, Scalar, Sequence, follow
from mfo_runtime.errors import InvalidInputError, Place
from mfo_runtime.json_numbers import is_number, is_whole_number

PlaceOf = Callable[[Node], Place]
_MAX_SHOWN = 60


def fit(value: Any, node: Node, value_type: ValueType, place_of: PlaceOf) -> Any:
    """A value as its declaration asks for it.

    Args:
        value: what was read from ``node``, references replaced.
        node: where it is written.
        value_type: what the catalogue declares.
        place_of: where a node stands, for messages.

    Returns:
        The same value; texts where text is asked for; null left out where a key may be missing.

    Raises:
        InvalidInputError: it is something else; the message names the key and what is written there.
    """
    return _Fitting(place_of).fit(value, follow(node), value_type, "")


class _Fitting:
    def __init__(self, place_of: PlaceOf) -> None:
        self._place_of = place_of

    def fit(self, value: Any, node: Node, value_type: ValueType, name: str) -> Any:
        match value_type:
            case EitherType(options=options):
                chosen = next((option for option in options if _has_kind(value, option)), options[0])
                return self.fit(value, node, chosen, name)
            case AnyType() | SchemaType():
                return value
            case MapType():
                return self._map(value, node, value_type, name)
            case ListType(item=item, non_empty=non_empty):
                if not isinstance(value, list) or (non_empty and not value):
                    raise self._wrong(value, node, value_type, name)
                items = cast("list[Any]", value)
                nodes = node.items if isinstance(node, Sequence) and len(node.items) == len(items) else None
                return [
                    self.fit(one, follow(nodes[index]) if nodes is not None else node, item, f"{name}[{index}]")
                    for index, one in enumerate(items)
                ]
            case TextType():
                return self._text(value, node, value_type, name)
            case IntegerType() | NumberType() | BooleanType():
                if not _has_kind(value, value_type) or not _is_within(value, value_type):
                    raise self._wrong(value, node, value_type, name)
                return value

    def _map(self, value: Any, node: Node, map_type: MapType, name: str) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise self._wrong(value, node, map_type, name)
        values = cast("Mapping[str, Any]", value)
        said = values.get(map_type.discriminator) if map_type.discriminator else None
        keys = map_type.known_keys(said if isinstance(said, str) else None)
        fitted: dict[str, Any] = {}
        for key_name, inner in values.items():
            key = keys.get(key_name)
            inner_type = key.type if key is not None else map_type.others
            inner_node = node.get(key_name) if isinstance(node, MappingNode) else None
            at = follow(inner_node) if inner_node is not None else node
            path = f"{name}.{key_name}" if name else key_name
            if inner is None and inner_type is not None and not _may_be_null(inner_type):
                if key is None or key.required or _is_never_empty(inner_type):
                    raise self._wrong(inner, at, inner_type, path)
                continue
            fitted[key_name] = inner if inner_type is None else self.fit(inner, at, inner_type, path)
        missing = next((key.name for key in keys.values() if key.required and key.name not in fitted), None)
        if missing is not None:
            raise InvalidInputError(f'"{f"{name}.{missing}" if name else missing}" is missing.', place=self._at(node))
        return fitted

    def _text(self, value: Any, node: Node, text_type: TextType, name: str) -> str:
        if text_type.names is not None and not isinstance(value, str):
            raise self._wrong(value, node, text_type, name)
        text = as_text(value)
        if text_type.non_empty and not text.strip():
            raise InvalidInputError(f'"{name}" is empty{_written(node)}.', place=self._at(node))
        if text_type.choices and text not in text_type.choices:
            close = did_you_mean(text, text_type.choices)
            raise InvalidInputError(
                f'"{name}" is "{_short(text)}"{_written(node)}, and not {describe(text_type)}{close}.',
                place=self._at(node),
            )
        if text_type.format is Format.DURATION and parse_duration(text) is None:
            raise self._wrong(value, node, text_type, name)
        return text

    def _wrong(self, value: Any, node: Node, value_type: ValueType, name: str) -> InvalidInputError:
        what = "The config" if not name else f'"{name}"'
        return InvalidInputError(
            f"{what} is {_kind(value)}{_written(node)}, and not {describe(value_type)}.", place=self._at(node)
        )

    def _at(self, node: Node) -> Place:
        return self._place_of(node)


def _may_be_null(value_type: ValueType) -> bool:
    return isinstance(value_type, AnyType | SchemaType)


def _is_never_empty(value_type: ValueType) -> bool:
    return isinstance(value_type, TextType | ListType) and value_type.non_empty


def _has_kind(value: Any, value_type: ValueType) -> bool:
    match value_type:
        case MapType():
            return isinstance(value, Mapping)
        case ListType():
            return isinstance(value, list)
        case BooleanType():
            return isinstance(value, bool)
        case IntegerType():
            return is_whole_number(value)
        case NumberType():
            return is_number(value)
        case TextType():
            return not isinstance(value, Mapping | list)
        case _:
            return True


def _is_within(value: Any, value_type: ValueType) -> bool:
    if not isinstance(value_type, IntegerType | NumberType):
        return True
    least, most = value_type.minimum, value_type.maximum
    return (least is None or value >= least) and (most is None or value <= most)


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return as_text(value)
        case str():
            return f'the text "{_short(value)}"' if value else "an empty text"
        case Mapping():
            return "a map"
        case _:
            return "a list"


def _written(node: Node) -> str:
    """What is written there, where that is not the value itself."""
    return f" ({_short(node.text.strip())})" if isinstance(node, Scalar) and "." in node.text else ""


def _short(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 1] + "…"
