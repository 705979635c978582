"""Numbers as text, digit for digit as Go's number formatting writes them."""

from __future__ import annotations

import math

_SHORTEST_PRECISION = 6
_LEAST_EXPONENT = -4
_MANTISSA_BITS = 52


def shortest(value: float) -> str:
    """A float with the fewest digits that give it back, as ``%v`` and ``%g`` write it."""
    if not math.isfinite(value):
        return special(value)
    digits, exponent = _digits(value)
    sign = _sign(value)
    if exponent < _LEAST_EXPONENT or exponent >= _SHORTEST_PRECISION:
        return sign + _scientific(digits, exponent)
    return sign + _plain(digits, exponent)


def special(value: float) -> str:
    """``NaN``, ``+Inf`` or ``-Inf``."""
    return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"


def formatted(value: float, verb: str, precision: int | None) -> str:
    """A float under one of the verbs ``b e E f F g G x X``.

    Args:
        value: The number.
        verb: The verb's letter.
        precision: Digits after the point, or significant digits for ``g``; None for the fewest that give it back.
    """
    if not math.isfinite(value):
        return special(value)
    match verb:
        case "b":
            return _binary(value)
        case "x" | "X":
            text = _hexadecimal(value, precision)
            return text.upper() if verb == "X" else text
        case "e" | "E":
            return f"{value:.{precision}{verb}}" if precision is not None else _shortest_scientific(value, verb)
        case "f" | "F":
            return f"{value:.{precision}f}" if precision is not None else _shortest_plain(value)
        case _:
            text = shortest(value) if precision is None else f"{value:.{precision}g}"
            return text.upper() if verb == "G" else text


def json_number(value: float) -> str:
    """A finite float as Go's JSON encoder writes it."""
    digits, exponent = _digits(value)
    sign = _sign(value)
    if value != 0 and not 1e-6 <= abs(value) < 1e21:  # noqa: PLR2004 - the bounds of ECMAScript's number format
        mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
        return f"{sign}{mantissa}e{exponent:+03d}".replace("e-0", "e-")
    return sign + _plain(digits, exponent)


def _sign(value: float) -> str:
    return "-" if math.copysign(1, value) < 0 else ""


def _digits(value: float) -> tuple[str, int]:
    """The significant digits of a finite number and the exponent of the first."""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    leading = len(whole + fraction) - len(digits)
    digits = digits.rstrip("0") or "0"
    if digits == "0":
        return "0", 0
    return digits, int(exponent or 0) + len(whole) - 1 - leading


def _scientific(digits: str, exponent: int) -> str:
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{mantissa}e{exponent:+03d}"


def _plain(digits: str, exponent: int) -> str:
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    whole = digits[: exponent + 1].ljust(exponent + 1, "0")
    fraction = digits[exponent + 1 :]
    return f"{whole}.{fraction}" if fraction else whole


def _shortest_scientific(value: float, verb: str) -> str:
    text = _scientific(*_digits(value))
    sign = _sign(value)
    return sign + (text.upper() if verb == "E" else text)


def _shortest_plain(value: float) -> str:
    sign = _sign(value)
    return sign + _plain(*_digits(value))


def _binary(value: float) -> str:
    mantissa, exponent = math.frexp(value)
    return f"{int(mantissa * 2 ** (_MANTISSA_BITS + 1))}p{exponent - _MANTISSA_BITS - 1:+d}"


def _hexadecimal(value: float, precision: int | None) -> str:
    sign = _sign(value)
    if value == 0:
        return f"{sign}0x0{'.' + '0' * precision if precision else ''}p+00"
    mantissa, exponent = math.frexp(abs(value))
    scaled = int(mantissa * 2 ** (_MANTISSA_BITS + 1))
    digits = _MANTISSA_BITS // 4
    if precision is not None and precision < digits:
        shift = 4 * (digits - precision)
        scaled, rest = scaled >> shift, scaled & ((1 << shift) - 1)
        half = 1 << (shift - 1)
        scaled += rest > half or (rest == half and scaled & 1)
        if scaled >> (4 * precision) > 1:
            scaled, exponent = scaled >> 1, exponent + 1
        digits = precision
    fraction = f"{scaled & ((1 << 4 * digits) - 1):0{digits}x}" if digits else ""
    fraction = fraction.rstrip("0") if precision is None else fraction.ljust(precision, "0")
    return f"{sign}0x1{'.' + fraction if fraction else ''}p{exponent - 1:+03d}"
