"""What is known of the values in an expression before it is evaluated: the types of the language.

They are finer than shapes (a list of integers from ``1..3``, a map from ``groupBy``) because the language refuses
operations by them. A type that is not known makes no problem. Types come from shapes and become shapes again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from mfo_dialect import shapes
from mfo_dialect.expressions.values import Duration, Moment, Month, Weekday, Zone
from mfo_dialect.shapes import Kind, Shape


class TypeKind(Enum):
    """The kind of a type; ``ANY`` is declared to be any value, ``UNKNOWN`` was never declared."""

    UNKNOWN = "unknown"
    ANY = "any"
    NIL = "nil"
    BOOLEAN = "bool"
    INTEGER = "int"
    FLOAT = "float"
    NUMBER = "number"
    TEXT = "string"
    BYTES = "bytes"
    LIST = "array"
    MAP = "map"
    FUNCTION = "function"
    TIME = "time"
    DURATION = "duration"
    TIMEZONE = "timezone"
    MONTH = "month"
    WEEKDAY = "weekday"


@dataclass(frozen=True, slots=True)
class Type:
    """A type.

    Attributes:
        kind: its kind.
        identity: tells apart types of one kind that cannot be assigned to each other.
        item: of a list, what its items are; of a map, what its values are.
        key: of a map, what its keys are.
        shape: of a map whose keys are known, the shape that knows them.
    """

    kind: TypeKind
    identity: str = ""
    item: Type | None = None
    key: Type | None = None
    shape: Shape | None = None

    def __str__(self) -> str:
        """The type in a message."""
        return self.kind.value

    @property
    def is_unknown(self) -> bool:
        """Whether nothing is known, so that nothing can be refused."""
        return self.kind in _UNKNOWN_KINDS

    @property
    def is_number(self) -> bool:
        """Whether it is an integer, a float, or one of both."""
        return self.kind in _NUMBER_KINDS

    @property
    def is_integer(self) -> bool:
        """Whether it is, or may be, an integer among the numbers."""
        return self.kind in _INTEGER_KINDS


_UNKNOWN_KINDS = frozenset({TypeKind.UNKNOWN, TypeKind.ANY})
_NUMBER_KINDS = frozenset({TypeKind.INTEGER, TypeKind.FLOAT, TypeKind.NUMBER})
_INTEGER_KINDS = frozenset({TypeKind.INTEGER, TypeKind.NUMBER})

UNKNOWN = Type(TypeKind.UNKNOWN)
ANY = Type(TypeKind.ANY)
NIL = Type(TypeKind.NIL)
BOOLEAN = Type(TypeKind.BOOLEAN)
INTEGER = Type(TypeKind.INTEGER)
FLOAT = Type(TypeKind.FLOAT)
NUMBER = Type(TypeKind.NUMBER)
TEXT = Type(TypeKind.TEXT)
BYTES = Type(TypeKind.BYTES, item=INTEGER)
TIME = Type(TypeKind.TIME)
DURATION = Type(TypeKind.DURATION)
TIMEZONE = Type(TypeKind.TIMEZONE)
MONTH = Type(TypeKind.MONTH)
WEEKDAY = Type(TypeKind.WEEKDAY)
LIST = Type(TypeKind.LIST, item=ANY)
TEXTS = Type(TypeKind.LIST, "texts", item=TEXT)
MAP = Type(TypeKind.MAP, item=ANY, key=TEXT)
ANY_MAP = Type(TypeKind.MAP, "any keys", item=ANY, key=ANY)


def list_of(item: Type) -> Type:
    """A list whose items are of one type."""
    return Type(TypeKind.LIST, item=item)


GROUPS = Type(TypeKind.MAP, "groups", item=LIST, key=ANY)


def item_of(collection: Type) -> Type:
    """What an item of the list, or a value of the map, is."""
    return collection.item or UNKNOWN


def is_list(candidate: Type) -> bool:
    """Whether it has items by number: a list or bytes."""
    return candidate.kind in {TypeKind.LIST, TypeKind.BYTES}


_NIL_FITS = frozenset({TypeKind.ANY, TypeKind.FUNCTION, TypeKind.MAP, TypeKind.LIST, TypeKind.BYTES, TypeKind.TIMEZONE})


def is_assignable(given: Type, wanted: Type) -> bool:
    """Whether a value of type ``given`` may stand where ``wanted`` is declared."""
    if given.kind is TypeKind.NIL:
        return wanted.kind in _NIL_FITS
    if TypeKind.UNKNOWN in {given.kind, wanted.kind}:
        return False
    if wanted.kind is TypeKind.ANY:
        return True
    if given.is_number and wanted.is_number and TypeKind.NUMBER in {given.kind, wanted.kind}:
        return True
    return given.kind is wanted.kind and given.identity == wanted.identity


def is_comparable(left: Type, right: Type) -> bool:
    """Whether ``==`` between the two makes sense."""
    return (
        left.is_unknown
        or right.is_unknown
        or TypeKind.NIL in {left.kind, right.kind}
        or (left.is_number and right.is_number)
        or (is_list(left) and is_list(right))
        or is_assignable(left, right)
    )


_FROM_KINDS = {
    Kind.NULL: NIL,
    Kind.BOOLEAN: BOOLEAN,
    Kind.INTEGER: INTEGER,
    Kind.NUMBER: NUMBER,
    Kind.TEXT: TEXT,
}


def from_shape(shape: Shape) -> Type:
    """The type of a value of that shape."""
    if simple := _FROM_KINDS.get(shape.kind):
        return simple
    match shape.kind:
        case Kind.MAP:
            return Type(TypeKind.MAP, item=_declared(shape.rest), key=TEXT, shape=shape)
        case Kind.LIST:
            return list_of(_declared(shape.item))
        case _:
            return UNKNOWN


def _declared(shape: Shape | None) -> Type:
    known = from_shape(shape) if shape is not None else ANY
    return ANY if known.kind is TypeKind.UNKNOWN else known


_TO_KINDS = {
    TypeKind.NIL: shapes.NULL,
    TypeKind.BOOLEAN: shapes.BOOLEAN,
    TypeKind.INTEGER: shapes.INTEGER,
    TypeKind.FLOAT: shapes.NUMBER,
    TypeKind.NUMBER: shapes.NUMBER,
    TypeKind.TEXT: shapes.TEXT,
}


def to_shape(known: Type) -> Shape:
    """The shape of a value of that type."""
    if known.shape is not None:
        return known.shape
    if simple := _TO_KINDS.get(known.kind):
        return simple
    match known.kind:
        case TypeKind.LIST:
            return shapes.list_of(to_shape(item_of(known)))
        case TypeKind.MAP:
            return shapes.open_map({}, to_shape(item_of(known)))
        case _:
            return shapes.UNKNOWN


_SIMPLE_VALUES: Mapping[type, Type] = {
    type(None): NIL,
    bool: BOOLEAN,
    int: INTEGER,
    float: FLOAT,
    str: TEXT,
    bytes: BYTES,
    list: LIST,
    dict: MAP,
    Moment: TIME,
    Duration: DURATION,
    Zone: TIMEZONE,
    Month: MONTH,
    Weekday: WEEKDAY,
}


def of_value(value: object) -> Type:
    """The type of a value at hand, without looking inside lists and maps; values of other classes are unknown."""
    return _SIMPLE_VALUES.get(type(value), UNKNOWN)
