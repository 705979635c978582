r"""What quoted texts, characters and numbers of a template mean, by Go's rules for its own literals.

Bytes that are no UTF-8 (``"\\xff"``) are kept as lone surrogates, one each, as Python's ``surrogateescape`` does.
"""

from __future__ import annotations

import re

_SIMPLE_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
_ESCAPE = re.compile(
    r"\\(?:x(?P<byte>[0-9a-fA-F]{2})|u(?P<short>[0-9a-fA-F]{4})|U(?P<long>[0-9a-fA-F]{8})"
    r"|(?P<octal>[0-7]{3})|(?P<simple>.))",
    re.DOTALL,
)
_BYTES = re.compile(r"[\udc80-\udcff]+")
_MAX_CODE_POINT = 0x10FFFF
_INT64 = range(-(2**63), 2**63)
_UINT64 = range(2**64)
_MAX_DIGITS = 400


class LiteralError(ValueError):
    """A literal that Go refuses; its message says why."""


def unquote(literal: str) -> str:
    """The text that a quoted or back-quoted literal means.

    Raises:
        LiteralError: An escape is unknown or out of range.
    """
    inner = literal[1:-1]
    if literal.startswith("`"):
        return inner.replace("\r", "")
    if "\\" not in inner:
        return inner
    return _join_bytes(_ESCAPE.sub(lambda match: _escaped(match, '"')[0], inner))


def character_code(literal: str) -> int:
    """The number that a character constant such as ``'a'`` means.

    Raises:
        LiteralError: It holds no character, several, or an unknown escape.
    """
    inner = literal[1:-1]
    escape = _ESCAPE.match(inner)
    if escape is not None and escape.end() == len(inner):
        return _escaped(escape, "'")[1]
    if len(inner) == 1 and inner not in "\\'":
        return ord(inner)
    raise LiteralError(f"malformed character constant: {literal}")


def number(literal: str) -> float | complex | None:
    """The value of a number: an int, a float when it has a point or exponent, a complex when it is imaginary.

    Returns:
        The value, or None for a whole number that only an unsigned 64-bit integer can hold.

    Raises:
        LiteralError: Go's grammar or range refuses it.
    """
    if len(literal) > _MAX_DIGITS:
        raise LiteralError("number is too long")
    if literal.endswith("i"):
        return _imaginary(literal)
    whole = _integer(literal)
    if whole is not None and whole in _INT64:
        return whole
    if whole is not None and whole in _UINT64 and not literal.startswith(("+", "-")):
        return None
    is_hexadecimal = literal.lstrip("+-")[:2].lower() == "0x"
    if not any(mark in literal for mark in (".pP" if is_hexadecimal else ".eEpP")):
        reason = "illegal number syntax" if whole is None else "integer overflow"
        raise LiteralError(f'{reason}: "{literal}"')
    return _float(literal)


def _escaped(match: re.Match[str], quote: str) -> tuple[str, int]:
    for group, base in (("byte", 16), ("octal", 8)):
        if (digits := match[group]) is not None:
            code = int(digits, base)
            if code > 0xFF:  # noqa: PLR2004 - an escape of digits means one byte
                break
            return (chr(code) if code < 0x80 else chr(0xDC00 + code)), code  # noqa: PLR2004 - ASCII is itself
    if (digits := match["short"] or match["long"]) is not None:
        code = int(digits, 16)
        if code <= _MAX_CODE_POINT and not 0xD800 <= code < 0xE000:  # noqa: PLR2004 - surrogates are no characters
            return chr(code), code
    elif (letter := match["simple"]) is not None:
        text = letter if letter == quote else _SIMPLE_ESCAPES.get(letter)
        if text is not None:
            return text, ord(text)
    raise LiteralError("invalid escape in literal")


def _join_bytes(text: str) -> str:
    if not _BYTES.search(text):
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


_INTEGER = re.compile(
    r"[+-]?(?:0[xX](?P<hex>(?:_?[0-9a-fA-F])+)|0[bB](?P<binary>(?:_?[01])+)|0[oO](?P<octal>(?:_?[0-7])+)"
    r"|(?P<old>0(?:_?[0-7])*)|(?P<decimal>[1-9](?:_?[0-9])*))"
)
_BASES = {"hex": 16, "binary": 2, "octal": 8, "old": 8, "decimal": 10}
_DECIMAL_FLOAT = re.compile(
    r"[+-]?(?:[0-9](?:_?[0-9])*\.?(?:[0-9](?:_?[0-9])*)?|\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9](?:_?[0-9])*)?"
)
_HEX_FLOAT = re.compile(
    r"[+-]?0[xX](?=_?[0-9a-fA-F]|\.[0-9a-fA-F])(?:_?[0-9a-fA-F])*\.?(?:[0-9a-fA-F](?:_?[0-9a-fA-F])*)?[pP][+-]?[0-9](?:_?[0-9])*"
)


def _integer(literal: str) -> int | None:
    match = _INTEGER.fullmatch(literal)
    if match is None or match.lastgroup is None:
        return None
    magnitude = int(match[match.lastgroup].replace("_", ""), _BASES[match.lastgroup])
    return -magnitude if literal.startswith("-") else magnitude


def _float(literal: str) -> float:
    digits = literal.replace("_", "")
    try:
        if _HEX_FLOAT.fullmatch(literal):
            return float.fromhex(digits)
        if _DECIMAL_FLOAT.fullmatch(literal):
            value = float(digits)
            if value not in (float("inf"), float("-inf")):
                return value
    except OverflowError:
        pass
    raise LiteralError(f'illegal number syntax: "{literal}"')


def _imaginary(literal: str) -> complex:
    body = literal[:-1]
    split = max(body.rfind("+"), body.rfind("-"))
    while split > 0 and body[split - 1] in "eEpP":
        split = max(body.rfind("+", 0, split), body.rfind("-", 0, split))
    real = _float_or_integer(body[:split]) if split > 0 else 0.0
    return complex(real, _float_or_integer(body[max(split, 0) :]))


def _float_or_integer(literal: str) -> float:
    whole = _integer(literal)
    if whole is None or re.fullmatch(r"[+-]?0[0-9_]+", literal):
        return _float(literal)
    return float(whole)
