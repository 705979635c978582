"""Values as text the way ``print``, ``println`` and a bare action write them: the verb ``%v``.

Bounded in depth and size, so that no value makes it run long or fill the memory.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from mfo_dialect.templates import numbers
from mfo_dialect.templates.layouts import format_time
from mfo_dialect.templates.values import FunctionError, Kind, as_list, as_map, kind_of, sorted_keys

MAX_TEXT = 10_000_000
MAX_DEPTH = 100

NO_VALUE = "<no value>"
NIL = "<nil>"
_TIME_LAYOUT = "2006-01-02 15:04:05.999999999 -0700 MST"


def printed(value: object) -> str:
    """A value as ``%v`` prints it; null is ``<nil>``.

    Raises:
        FunctionError: The value is nested too deeply or its text is too long.
    """
    kind = kind_of(value)
    if kind is Kind.LIST or kind is Kind.MAP:
        pieces = Pieces()
        _print_nested(value, kind, pieces, 0)
        return pieces.joined()
    return scalar(value, kind)


def print_all(values: Sequence[object]) -> str:
    """Several values in a row, a space between two of which neither is a text."""
    pieces = Pieces()
    before: Kind | None = Kind.STRING
    for value in values:
        kind = kind_of(value)
        if before is not Kind.STRING and kind is not Kind.STRING:
            pieces.add(" ")
        pieces.add(printed(value))
        before = kind
    return pieces.joined()


def print_line(values: Sequence[object]) -> str:
    """Several values with a space between any two, and a line break."""
    pieces = Pieces()
    for index, value in enumerate(values):
        pieces.add(" " if index else "")
        pieces.add(printed(value))
    pieces.add("\n")
    return pieces.joined()


class Pieces:
    """Text in the making, which refuses to grow past ``MAX_TEXT``."""

    __slots__ = ("_pieces", "_size")

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._size = 0

    def add(self, piece: str) -> None:
        """Add a piece at the end.

        Raises:
            FunctionError: The text is too long.
        """
        self._size += len(piece) + 1
        if self._size > MAX_TEXT:
            raise FunctionError("text is too long")
        self._pieces.append(piece)

    def joined(self) -> str:
        """The whole text."""
        return "".join(self._pieces)


def scalar(value: Any, kind: Kind) -> str:
    """A value that is neither list nor map, as ``%v`` prints it."""
    match kind:
        case Kind.STRING:
            return str(value)
        case Kind.NIL:
            return NIL
        case Kind.BOOL:
            return "true" if value else "false"
        case Kind.INT | Kind.BYTE:
            return integer_text(value)
        case Kind.FLOAT:
            return numbers.shortest(value)
        case Kind.COMPLEX:
            return complex_text(value)
        case Kind.TIME:
            return time_text(value)
        case _:
            return f"<{type(value).__name__}>"


def integer_text(value: int) -> str:
    """The decimal digits of an integer.

    Raises:
        FunctionError: It has more digits than anyone reads.
    """
    try:
        return int.__repr__(value)
    except ValueError:
        raise FunctionError("number is too long") from None


def complex_text(value: complex) -> str:
    """A complex number: ``(1+2i)``."""
    imaginary = numbers.shortest(value.imag)
    sign = "" if imaginary.startswith(("+", "-")) else "+"
    return f"({numbers.shortest(value.real)}{sign}{imaginary}i)"


def time_text(value: dt.datetime) -> str:
    """A time as Go's ``String`` method writes it."""
    return format_time(value, _TIME_LAYOUT)


def _print_nested(value: object, kind: Kind, pieces: Pieces, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise FunctionError("value is nested too deeply")
    if kind is Kind.LIST:
        pieces.add("[")
        for index, element in enumerate(as_list(value)):
            _print_element(element, pieces, depth, " " if index else "")
        pieces.add("]")
    elif kind is Kind.MAP:
        mapping = as_map(value)
        pieces.add("map[")
        for index, key in enumerate(sorted_keys(mapping)):
            pieces.add(f"{' ' if index else ''}{printed(key)}:")
            _print_element(mapping[key], pieces, depth, "")
        pieces.add("]")


def _print_element(element: object, pieces: Pieces, depth: int, separator: str) -> None:
    pieces.add(separator)
    kind = kind_of(element)
    if kind is Kind.LIST or kind is Kind.MAP:
        _print_nested(element, kind, pieces, depth + 1)
    else:
        pieces.add(scalar(element, kind))
