"""Values under the verbs of ``printf``, by the rules of Go's fmt package.

A verb that does not fit a value is no error: it shows in the text, as ``%!d(string=x)`` does. It knows nothing of how a
format is read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from mfo_dialect.templates import numbers
from mfo_dialect.templates.printing import MAX_DEPTH, NIL, Pieces, scalar
from mfo_dialect.templates.quoting import can_backquote, quoted
from mfo_dialect.templates.values import (
    FunctionError,
    Kind,
    as_list,
    as_map,
    kind_of,
    sorted_keys,
    to_bytes,
    type_name,
)

_MAX_CODE_POINT = 0x10FFFF
_BASES = {"b": 2, "d": 10, "v": 10, "o": 8, "O": 8, "x": 16, "X": 16}
_UNICODE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Directive:
    """One ``%`` of a format: flags, width, precision and verb."""

    verb: str = "v"
    minus: bool = False
    plus: bool = False
    sharp: bool = False
    space: bool = False
    zero: bool = False
    width: int | None = None
    precision: int | None = None
    go_syntax: bool = False

    def pad(self, text: str, *, zero: bool | None = None) -> str:
        """A text brought to the width."""
        if self.width is None or len(text) >= self.width:
            return text
        if self.minus:
            return text.ljust(self.width)
        return text.rjust(self.width, "0" if (self.zero if zero is None else zero) else " ")


def write_value(value: Any, directive: Directive, depth: int) -> str:
    """One value under one directive; ``depth`` tells how deep in lists and maps it stands."""
    if depth > MAX_DEPTH:
        raise FunctionError("value is nested too deeply")
    kind = kind_of(value)
    if directive.verb == "T":
        return _write_text(type_name(value), replace(directive, verb="s"))
    match kind:
        case Kind.NIL:
            return _write_nil(directive, depth)
        case Kind.BOOL:
            if directive.verb not in {"t", "v"}:
                return _bad_verb(value, directive)
            return directive.pad("true" if value else "false")
        case Kind.INT | Kind.BYTE:
            return _write_integer(int(value), kind, directive)
        case Kind.FLOAT:
            return _write_float(value, directive)
        case Kind.COMPLEX:
            return _write_complex(value, directive)
        case Kind.STRING:
            return _write_text(value, directive)
        case Kind.LIST | Kind.MAP:
            return _write_nested(value, kind, directive, depth)
        case _:
            return _write_text(scalar(value, kind), directive)


def _write_nil(directive: Directive, depth: int) -> str:
    if depth:
        return "interface {}(nil)" if directive.go_syntax else NIL
    return directive.pad(NIL) if directive.verb == "v" else f"%!{directive.verb}({NIL})"


def _bad_verb(value: object, directive: Directive) -> str:
    as_value = write_value(value, replace(directive, verb="v"), 1)
    return f"%!{directive.verb}({type_name(value)}={as_value})"


def _write_nested(value: object, kind: Kind, directive: Directive, depth: int) -> str:
    if directive.verb == "p" and depth == 0:
        return directive.pad("0xc000010000")
    go_syntax = directive.go_syntax
    separator = ", " if go_syntax else " "
    pieces = Pieces()
    if kind is Kind.LIST:
        pieces.add(f"{type_name(value)}{{" if go_syntax else "[")
        for index, element in enumerate(as_list(value)):
            pieces.add((separator if index else "") + write_value(element, directive, depth + 1))
        pieces.add("}" if go_syntax else "]")
        return pieces.joined()
    mapping = as_map(value)
    pieces.add(f"{type_name(value)}{{" if go_syntax else "map[")
    for index, key in enumerate(sorted_keys(mapping)):
        pieces.add((separator if index else "") + write_value(key, directive, depth + 1) + ":")
        pieces.add(write_value(mapping[key], directive, depth + 1))
    pieces.add("}" if go_syntax else "]")
    return pieces.joined()


def _write_text(text: str, directive: Directive) -> str:
    match directive.verb:
        case "x" | "X":
            return _hexadecimal_text(text, directive)
        case "v" if directive.go_syntax:
            return _quoted_text(text, directive)
        case "v" | "s":
            return directive.pad(text if directive.precision is None else text[: directive.precision])
        case "q":
            return _quoted_text(text, directive)
        case _:
            return _bad_verb(text, directive)


def _quoted_text(text: str, directive: Directive) -> str:
    text = text if directive.precision is None else text[: directive.precision]
    if directive.sharp and can_backquote(text):
        return directive.pad(f"`{text}`")
    return directive.pad(quoted(text, ascii_only=directive.plus))


def _hexadecimal_text(text: str, directive: Directive) -> str:
    data = to_bytes(text)
    if directive.precision is not None:
        data = data[: directive.precision]
    prefix = "0x" if directive.sharp and data else ""
    digits = " ".join(f"{prefix}{byte:02x}" for byte in data) if directive.space else prefix + data.hex()
    return directive.pad(digits.upper() if directive.verb == "X" else digits)


def _write_integer(value: int, kind: Kind, directive: Directive) -> str:
    verb = directive.verb
    match verb:
        case "v" if directive.go_syntax and kind is Kind.BYTE:
            return _digits(value, replace(directive, verb="x", sharp=True, go_syntax=False))
        case "c":
            return directive.pad(_character(value))
        case "q":
            return directive.pad(quoted(_character(value), mark="'", ascii_only=directive.plus))
        case "U":
            return _code_point(value, directive)
        case _ if verb in _BASES:
            return _digits(value, directive)
        case _:
            name = "uint8" if kind is Kind.BYTE else "int"
            return f"%!{verb}({name}={_digits(value, replace(directive, verb='d'))})"


def _character(value: int) -> str:
    if not 0 <= value <= _MAX_CODE_POINT or 0xD800 <= value < 0xE000:  # noqa: PLR2004 - surrogates are no characters
        return "\ufffd"
    return chr(value)


def _code_point(value: int, directive: Directive) -> str:
    digits = max(directive.precision or 0, _UNICODE_DIGITS)
    text = f"U+{value & (2**64 - 1):0{digits}X}"
    if directive.sharp and 0 <= value <= _MAX_CODE_POINT and _character(value).isprintable():
        text += f" '{_character(value)}'"
    return directive.pad(text, zero=False)


def _digits(value: int, directive: Directive) -> str:
    base = _BASES[directive.verb]
    sign = "-" if value < 0 else "+" if directive.plus else " " if directive.space else ""
    least = directive.precision or 0
    if directive.precision == 0 and value == 0:
        return directive.pad("", zero=False)
    if directive.precision is None and directive.zero and directive.width is not None:
        least = directive.width - len(sign)
    magnitude = abs(value)
    try:
        text = {2: "{:b}", 8: "{:o}", 10: "{:d}", 16: "{:x}"}[base].format(magnitude)
    except ValueError:
        raise FunctionError("number is too long") from None
    text = text.rjust(least, "0")
    prefix = ""
    if directive.verb == "O":
        prefix = "0o"
    elif directive.sharp:
        prefix = {2: "0b", 8: "" if text.startswith("0") else "0", 16: "0x"}.get(base, "")
    text = prefix + text
    return directive.pad(sign + (text.upper() if directive.verb == "X" else text), zero=False)


def _write_float(value: float, directive: Directive) -> str:
    verb = directive.verb
    if verb not in "vbeEfFgGxX":
        return _bad_verb(value, directive)
    precision = directive.precision
    if precision is None and verb in "eEfF":
        precision = 6
    text = numbers.formatted(value, "g" if verb == "v" else verb, precision)
    sign = "-" if text.startswith("-") else "+"
    text = text.lstrip("+-")
    if text in {"Inf", "NaN"}:
        shown = sign if sign == "-" or directive.plus or text == "Inf" else ""
        shown = " " if directive.space and not directive.plus and sign == "+" else shown
        hides = text == "Inf" and sign == "+" and not (directive.plus or directive.space)
        return directive.pad(("+" if hides else shown) + text, zero=False)
    if directive.sharp and verb != "b":
        text = _with_point(text, verb, directive.precision)
    shown = sign if sign == "-" or directive.plus else " " if directive.space else ""
    if directive.zero and directive.width is not None:
        return shown + text.rjust(directive.width - len(shown), "0")
    return directive.pad(shown + text)


def _with_point(text: str, verb: str, precision: int | None) -> str:
    """The flag ``#``: a decimal point always, and for ``g`` the zeros at the end."""
    mark = "p" if verb in "xX" else "e"
    position = text.lower().find(mark)
    head, tail = (text, "") if position < 0 else (text[:position], text[position:])
    wanted = (6 if precision is None else precision) if verb in "vgG" else 0
    if "." not in head:
        head += "."
    significant = len(head.replace(".", "").lstrip("0")) or 1
    return head + "0" * max(0, wanted - significant) + tail


def _write_complex(value: complex, directive: Directive) -> str:
    if directive.verb not in "vbeEfFgGxX":
        return _bad_verb(value, directive)
    real = _write_float(value.real, directive)
    imaginary = _write_float(value.imag, replace(directive, plus=True))
    return f"({real}{imaginary}i)"
