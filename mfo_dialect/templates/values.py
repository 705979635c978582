"""What data is to a template: Go's kinds, truth, type names and the bytes of its texts.

Data is what JSON and YAML give: None, bool, int, float, str, lists and mappings, with times and complex numbers from
functions and literals. Texts are bytes in Go; a byte that is no UTF-8 is held as a lone surrogate, as Python's
``surrogateescape`` does. Nothing here can reach an attribute of a Python object.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final, cast

_SURROGATE = re.compile("[\ud800-\udfff]")
_UNPAIRED = re.compile("[\ud800-\udc7f\udd00-\udfff]")


class FunctionError(Exception):
    """A function that cannot give a result; the message says why, without the place."""


class Absence(Enum):
    """What a path leads to where there is nothing; distinct from a null in the data, which is None."""

    MISSING = "missing"
    REFUSED = "refused"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Absence.MISSING
REFUSED: Final = Absence.REFUSED


class Byte(int):
    """One byte of a text: Go's ``uint8``."""

    __slots__ = ()


class Kind(Enum):
    """Go's kinds of value, as far as templates can tell them apart."""

    NIL = "nil"
    BOOL = "bool"
    INT = "int"
    BYTE = "uint8"
    FLOAT = "float64"
    COMPLEX = "complex128"
    STRING = "string"
    LIST = "[]interface {}"
    MAP = "map[string]interface {}"
    TIME = "time.Time"
    OTHER = "value"


_KINDS: dict[type, Kind] = {
    type(None): Kind.NIL,
    Absence: Kind.NIL,
    bool: Kind.BOOL,
    int: Kind.INT,
    Byte: Kind.BYTE,
    float: Kind.FLOAT,
    complex: Kind.COMPLEX,
    str: Kind.STRING,
    list: Kind.LIST,
    tuple: Kind.LIST,
    dict: Kind.MAP,
    dt.datetime: Kind.TIME,
}
_PARENTS: tuple[tuple[type, Kind], ...] = (
    (bool, Kind.BOOL),
    (int, Kind.INT),
    (float, Kind.FLOAT),
    (str, Kind.STRING),
    (dt.datetime, Kind.TIME),
    (Mapping, Kind.MAP),
    (bytes, Kind.OTHER),
    (Sequence, Kind.LIST),
)


def kind_of(value: object) -> Kind:
    """The Go kind of a value; subclasses count as what they extend."""
    kind = _KINDS.get(type(value))
    if kind is not None:
        return kind
    return next((kind for parent, kind in _PARENTS if isinstance(value, parent)), Kind.OTHER)


def type_name(value: object) -> str:
    """The name of a value's type, as ``%T`` prints it."""
    kind = kind_of(value)
    return "<nil>" if kind is Kind.NIL else kind.value


def as_list(value: object) -> Sequence[Any]:
    """A value of kind LIST, typed."""
    return cast("Sequence[Any]", value)


def as_map(value: object) -> Mapping[Any, Any]:
    """A value of kind MAP, typed."""
    return cast("Mapping[Any, Any]", value)


def sorted_keys(mapping: Mapping[Any, Any]) -> list[Any]:
    """The keys of a mapping in the order in which Go visits them: nil, numbers, texts by their bytes."""
    try:
        keys = sorted(mapping)
    except TypeError:
        return sorted(mapping, key=_key_order)
    return keys if all(type(key) is str and key.isascii() for key in keys) else sorted(keys, key=_key_order)


def _key_order(key: object) -> tuple[int, Any]:
    match kind_of(key):
        case Kind.NIL:
            return 0, 0
        case Kind.BOOL | Kind.INT | Kind.BYTE | Kind.FLOAT:
            return 1, key
        case Kind.STRING:
            return 2, to_bytes(str(key))
        case _:
            return 3, str(type(key))


def to_bytes(text: str) -> bytes:
    """The bytes of a text; a surrogate that stands for no byte becomes U+FFFD."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return _UNPAIRED.sub("\ufffd", text).encode("utf-8", "surrogateescape")


def from_bytes(data: bytes) -> str:
    """The text of some bytes; each byte that is no UTF-8 becomes one lone surrogate."""
    return data.decode("utf-8", "surrogateescape")


def cleaned(text: str) -> str:
    """A text without lone surrogates: halves of a character join, what is left becomes U+FFFD."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return _SURROGATE.sub("\ufffd", from_bytes(to_bytes(text)))
