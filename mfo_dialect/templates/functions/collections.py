"""Parts and lengths of lists, maps and texts: ``index slice len``; texts count in bytes. And ``call``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mfo_dialect.templates.functions.declarations import Function, Parameter
from mfo_dialect.templates.values import (
    Byte,
    FunctionError,
    Kind,
    as_list,
    as_map,
    from_bytes,
    kind_of,
    to_bytes,
    type_name,
)

_MAX_INDEXES = 3


def _index(item: object, *indexes: object) -> object:
    if kind_of(item) is Kind.NIL:
        raise FunctionError("index of untyped nil")
    for index in indexes:
        match kind_of(item):
            case Kind.NIL:
                raise FunctionError("index of nil pointer")
            case Kind.STRING:
                item = Byte(_element(to_bytes(str(item)), index))
            case Kind.LIST:
                item = _element(as_list(item), index)
            case Kind.MAP:
                item = _entry(as_map(item), index)
            case _:
                raise FunctionError(f"can't index item of type {type_name(item)}")
    return item


def _element(items: Any, index: object) -> Any:
    position = _position(index, len(items))
    if position == len(items):
        raise FunctionError(f"index out of range: {position}")
    return items[position]


def _entry(mapping: Mapping[Any, Any], key: object) -> object:
    kind = kind_of(key)
    if kind is Kind.NIL:
        raise FunctionError("value is nil; should be of type string")
    if kind is not Kind.STRING:
        raise FunctionError(f"value has type {type_name(key)}; should be string")
    return mapping.get(key)


def _position(index: Any, most: int) -> int:
    kind = kind_of(index)
    if kind is Kind.NIL:
        raise FunctionError("cannot index slice/array with nil")
    if kind not in {Kind.INT, Kind.BYTE}:
        raise FunctionError(f"cannot index slice/array with type {type_name(index)}")
    if not 0 <= index <= most:
        raise FunctionError(f"index out of range: {index}")
    return int(index)


def _slice(item: object, *indexes: object) -> object:
    kind = kind_of(item)
    if kind is Kind.NIL:
        raise FunctionError("slice of untyped nil")
    if len(indexes) > _MAX_INDEXES:
        raise FunctionError(f"too many slice indexes: {len(indexes)}")
    if kind is Kind.STRING:
        if len(indexes) == _MAX_INDEXES:
            raise FunctionError("cannot 3-index slice a string")
        data = to_bytes(str(item))
        start, end = _bounds(indexes, len(data))
        return from_bytes(data[start:end])
    if kind is not Kind.LIST:
        raise FunctionError(f"can't slice item of type {type_name(item)}")
    items = as_list(item)
    start, end = _bounds(indexes, len(items))
    return items[start:end]


def _bounds(indexes: tuple[object, ...], length: int) -> tuple[int, int]:
    positions = [_position(index, length) for index in indexes]
    start = positions[0] if positions else 0
    end = positions[1] if len(positions) > 1 else length
    capacity = positions[2] if len(positions) > 2 else length  # noqa: PLR2004 - the third index
    for low, high in ((start, end), (end, capacity)):
        if low > high:
            raise FunctionError(f"invalid slice index: {low} > {high}")
    return start, end


def _len(item: object) -> int:
    match kind_of(item):
        case Kind.STRING:
            text = str(item)
            return len(text) if text.isascii() else len(to_bytes(text))
        case Kind.LIST:
            return len(as_list(item))
        case Kind.MAP:
            return len(as_map(item))
        case Kind.NIL:
            raise FunctionError("len of nil")
        case _:
            raise FunctionError(f"len of type {type_name(item)}")


def _call(function: object, *_arguments: object) -> object:
    if kind_of(function) is Kind.NIL:
        raise FunctionError("call of nil")
    raise FunctionError(f"non-function of type {type_name(function)}")


COLLECTIONS = (
    Function(
        "index", (Parameter("item"), Parameter("indexes", repeats=True)), "any",
        "The element of a list or text, or the entry of a map, at the given index; more indexes go deeper. "
        "A map without the key gives nil.",
        '{{ index .items 0 "name" }}', _index,
    ),
    Function(
        "slice", (Parameter("item"), Parameter("indexes", repeats=True)), "any",
        "A part of a list or text, from the first index up to and without the second. Texts count in bytes.",
        "{{ slice .summary 0 100 }}", _slice,
    ),
    Function(
        "len", (Parameter("item"),), "int",
        "The number of elements of a list or map, or of bytes of a text.",
        "{{ len .items }}", _len,
    ),
    Function(
        "call", (Parameter("function"), Parameter("arguments", repeats=True)), "any",
        "Calls a function that the data holds. The data of prompts holds none, so it always fails.",
        "{{ call .function }}", _call,
    ),
)  # fmt: skip
