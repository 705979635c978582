"""Lists and maps that differ from plain ones in how they compare, print and index, and the names of types."""

# Values are of any type here; what they are is looked at one by one.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false, reportMissingTypeStubs=false

from __future__ import annotations

from typing import Any, NamedTuple

from mfo_dialect.expressions.values.duration import Duration
from mfo_dialect.expressions.values.moment import Moment, Month, Weekday
from mfo_dialect.expressions.values.zone import Zone


class NilList(list[Any]):
    """A list that was never made: empty, and nil to ``??``, ``?.`` and ``== nil``."""

    __slots__ = ()


class Pair(list[Any]):
    """A key and a value, from ``toPairs``; equal to pairs only."""

    __slots__ = ()


class Pairs(list[Any]):
    """The list that ``toPairs`` makes; equal to such lists only."""

    __slots__ = ()


class Key(NamedTuple):
    """A key of any type but text, kept apart from keys that Python takes for equal (``1``, ``1.0``, ``True``)."""

    sort: type
    value: Any


class AnyMap(dict[Any, Any]):
    """A map whose keys may be of any type, from ``fromPairs``; keys that are not text are stored as ``Key``."""

    __slots__ = ()


class Groups(AnyMap):
    """The map that ``groupBy`` makes; a key that it has not gives a ``NilList``."""

    __slots__ = ()


UNHASHABLE = (list, dict)


def stored_key(key: Any) -> Any:
    """How a key is stored in an ``AnyMap``."""
    return key if type(key) is str else Key(type(key), key)


def plain_key(key: Any) -> Any:
    """The key that ``stored_key`` stored."""
    return key.value if type(key) is Key else key


def is_nil(value: Any) -> bool:
    """Whether the value counts as nil."""
    return value is None or type(value) is NilList


_NAMES: dict[type, str] = {
    type(None): "nil",
    bool: "bool",
    int: "int",
    float: "float",
    str: "string",
    bytes: "array",
    list: "array",
    NilList: "array",
    Pair: "array",
    Pairs: "array",
    dict: "map",
    AnyMap: "map",
    Groups: "map",
    Duration: "time.Duration",
    Moment: "time.Time",
    Month: "time.Month",
    Weekday: "time.Weekday",
    Zone: "unknown",
}


def type_name(value: Any) -> str:
    """The name of the value's type, as ``type`` gives it."""
    return _NAMES.get(type(value), "unknown")
