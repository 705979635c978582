"""What the literals of an expression mean: numbers, strings with escapes, raw strings and bytes.

It knows the characters of one literal and nothing of the expression around it.
"""

from __future__ import annotations

import re
from enum import Enum

MAX_INTEGER = 2**63 - 1
_MAX_CODE_POINT = 0x10FFFF
_LONGEST_DIGITS = 400
_FLOAT = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_ESCAPE = re.compile(
    r"\\(?:(?P<simple>[abfnrtv\\'\"])|(?P<octal>[0-7]{3})|x(?P<byte>[0-9a-fA-F]{2})|u\{(?P<braced>[0-9a-fA-F]{1,6})\}"
    r"|u(?P<short>[0-9a-fA-F]{4})|U(?P<long>[0-9a-fA-F]{8}))"
)
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", "'": "'", '"': '"'}
_BASES = {"0x": 16, "0b": 2, "0o": 8}


class LiteralError(ValueError):
    """The literal has the right form and no value."""


class _Unit(Enum):
    """What a numeric escape counts: code points in a string, single bytes in a bytes literal."""

    CODE_POINT = "code point"
    BYTE = "byte"


def read_number(text: str) -> int | float:
    """The value of a number token such as ``42``, ``1_000``, ``0x2A``, ``.5`` or ``1e3``.

    Raises:
        LiteralError: the digits make no number, or one outside the range of 64 bits.
    """
    digits = text.replace("_", "").lower()
    base = _BASES.get(digits[:2])
    if base != _BASES["0x"] and ("." in digits or "e" in digits):
        return _read_float(digits)
    try:
        value = int(digits[2:] if base else digits[:_LONGEST_DIGITS], base or 10)
    except ValueError:
        raise LiteralError(f"{text[:60]} is not a number") from None
    if value > MAX_INTEGER:
        raise LiteralError(f"{text[:60]} does not fit in 64 bits")
    return value


def _read_float(digits: str) -> float:
    if not _FLOAT.fullmatch(digits):
        raise LiteralError(f"{digits[:60]} is not a number")
    value = float(digits)
    if value == float("inf"):
        raise LiteralError(f"{digits[:60]} is too large")
    return value


def read_string(quoted: str) -> str:
    r"""The text of a string in single or double quotes; ``\r\n`` and ``\r`` inside count as ``\n``.

    Raises:
        LiteralError: an escape names no code point.
    """
    inner = quoted[1:-1]
    if "\r" in inner:
        inner = inner.replace("\r\n", "\n").replace("\r", "\n")
    if "\\" not in inner:
        return inner
    return _ESCAPE.sub(lambda match: _code_point(match, _Unit.CODE_POINT), inner)


def read_raw_string(quoted: str) -> str:
    """The text of a string in backticks, where two backticks stand for one."""
    return quoted[1:-1].replace("``", "`")


def read_bytes(quoted: str) -> bytes:
    r"""The bytes of ``b"..."`` without its ``b``: text as UTF-8, ``\xNN`` and ``\NNN`` as single bytes.

    Raises:
        LiteralError: an escape that names a code point, or no byte.
    """
    inner = quoted[1:-1].replace("\r\n", "\n").replace("\r", "\n")
    out = bytearray()
    done = 0
    for match in _ESCAPE.finditer(inner):
        out += inner[done : match.start()].encode("utf-8", "replace")
        out += _code_point(match, _Unit.BYTE).encode("latin-1")
        done = match.end()
    return bytes(out + inner[done:].encode("utf-8", "replace"))


def _code_point(match: re.Match[str], unit: _Unit) -> str:
    if simple := match["simple"]:
        return _SIMPLE[simple]
    if octal := match["octal"]:
        if octal[0] > "3":
            raise LiteralError("an octal escape ends at \\377")
        return chr(int(octal, 8))
    if byte := match["byte"]:
        return chr(int(byte, 16))
    if unit is _Unit.BYTE:
        raise LiteralError("bytes have no \\u and \\U escapes")
    value = int(match["braced"] or match["short"] or match["long"], 16)
    if value > _MAX_CODE_POINT:
        raise LiteralError("an escape ends at \\U0010FFFF")
    return "\ufffd" if 0xD800 <= value <= 0xDFFF else chr(value)  # noqa: PLR2004 - the surrogates


def string_fault(source: str, start: int) -> tuple[int, str]:
    """Where and why the quoted string that opens at ``start`` goes wrong before its end."""
    quote, end = source[start], len(source)
    index = start + 1
    while index < end:
        character = source[index]
        if character in ("\n", quote):
            break
        if character != "\\":
            index += 1
            continue
        match = _ESCAPE.match(source, index)
        is_other_quote = source[index + 1 : index + 2] in {"'", '"'} and source[index + 1] != quote
        if match is None or is_other_quote:
            return _escape_fault(source, index), "invalid escape in a string"
        index = match.end()
    return index, "the string is not closed"


_ESCAPE_DIGITS = {"x": (1, 2), "u": (1, 4), "U": (1, 8)}
_HEX = frozenset("0123456789abcdefABCDEF")
_OCTAL = frozenset("01234567")


def _escape_fault(source: str, backslash: int) -> int:
    letter = source[backslash + 1 : backslash + 2]
    if source.startswith("u{", backslash + 1):
        index = backslash + 3
        while index < backslash + 9 and source[index : index + 1] in _HEX and source[index : index + 1]:
            index += 1
        return index - 1
    if letter and letter in _OCTAL:
        skip, most, digits = 0, 3, _OCTAL
    elif letter in _ESCAPE_DIGITS:
        (skip, most), digits = _ESCAPE_DIGITS[letter], _HEX
    else:
        return backslash + 1
    index = backslash + 1 + skip
    last = index + most
    while index < last and source[index : index + 1] in digits and source[index : index + 1]:
        index += 1
    return index
