"""The builtin functions that turn values into others, and tell what they are."""

# Values are of any type here; what they are is looked at one by one.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false, reportMissingTypeStubs=false

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from mfo_dialect.expressions.functions.declaration import ArgumentFault, Function, expect_count, parameter, signature
from mfo_dialect.expressions.functions.values import cut_float, text_of
from mfo_dialect.expressions.types import ANY, FLOAT, INTEGER, TEXT, Type, TypeKind, is_list
from mfo_dialect.expressions.values import Duration, Month, Weekday, type_name
from mfo_dialect.expressions.values.budget import Budget, Failure
from mfo_dialect.expressions.values.json_text import read_json, write_json
from mfo_dialect.expressions.values.printing import print_value

_INTEGER = re.compile(r"[+-]?[0-9]{1,25}")
_FLOAT = re.compile(r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|inf(?:inity)?|nan)", re.IGNORECASE)
_HEX_FLOAT = re.compile(r"[+-]?0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?[0-9]{1,9}")
_LONGEST_NUMBER = 2_000
_MOST = 2**63 - 1


def _len(_: Budget, value: Any) -> int:
    if isinstance(value, (str, list, dict, bytes)):
        return len(value)
    raise Failure(f"{type_name(value)} has no length")


def _len_result(arguments: tuple[Type, ...]) -> Type:
    expect_count(arguments, 1)
    [argument] = arguments
    if argument.is_unknown or is_list(argument) or argument.kind in {TypeKind.MAP, TypeKind.TEXT}:
        return INTEGER
    raise ArgumentFault(f"{argument} has no length")


def _type(_: Budget, value: Any) -> str:
    return type_name(value)


def _int(_: Budget, value: Any) -> int:
    if type(value) is int:
        return value
    if type(value) is float:
        return cut_float(value)
    if isinstance(value, str) and _INTEGER.fullmatch(value) and -_MOST - 1 <= int(value) <= _MOST:
        return int(value)
    if isinstance(value, Duration):
        return value.nanoseconds
    if isinstance(value, (Month, Weekday)):
        return value.number
    raise Failure(f"{_shown(value)} is no integer")


def _float(_: Budget, value: Any) -> float:
    if type(value) in {int, float}:
        return float(value)
    if isinstance(value, str) and len(value) <= _LONGEST_NUMBER:
        try:
            return _read_float(value)
        except (OverflowError, ValueError):
            pass
    raise Failure(f"{_shown(value)} is no number")


def _read_float(text: str) -> float:
    if _HEX_FLOAT.fullmatch(text):
        return float.fromhex(text)
    if not _FLOAT.fullmatch(text):
        raise ValueError(text)
    value = float(text)
    if value in {float("inf"), float("-inf")} and text[-1:].isdigit():
        raise OverflowError(text)
    return value


def _shown(value: Any) -> str:
    return f'"{value[:40]}"' if isinstance(value, str) else type_name(value)


_CONVERTIBLE = frozenset({TypeKind.TEXT, TypeKind.DURATION, TypeKind.MONTH, TypeKind.WEEKDAY})


def _int_result(arguments: tuple[Type, ...]) -> Type:
    expect_count(arguments, 1)
    if arguments[0].is_unknown or arguments[0].is_number or arguments[0].kind in _CONVERTIBLE:
        return INTEGER
    raise ArgumentFault(f"int takes a number or a string, got {arguments[0]}")


def _float_result(arguments: tuple[Type, ...]) -> Type:
    expect_count(arguments, 1)
    if arguments[0].is_unknown or arguments[0].is_number or arguments[0].kind in _CONVERTIBLE:
        return FLOAT
    raise ArgumentFault(f"float takes a number or a string, got {arguments[0]}")


def _string(budget: Budget, value: Any) -> str:
    return print_value(value, budget)


def _to_json(budget: Budget, value: Any) -> str:
    return write_json(value, budget)


def _from_json(budget: Budget, text: Any) -> Any:
    source = text_of(text)
    budget.spend(len(source))
    return read_json(source)


def _to_base64(budget: Budget, text: Any) -> str:
    encoded = base64.b64encode(text_of(text).encode("utf-8", "replace")).decode()
    budget.write(len(encoded))
    return encoded


def _from_base64(_: Budget, text: Any) -> str:
    source = text_of(text).replace("\r", "").replace("\n", "")
    try:
        return base64.b64decode(source, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        raise Failure("the text is no base64") from None


_VALUE = parameter("value", ANY)
_TEXT = parameter("text", TEXT)

CONVERSION_FUNCTIONS = (
    Function(
        "len",
        (signature(INTEGER, parameter("value", ANY)),),
        "The number of items of an array, of keys of a map, of characters of a text.",
        'len("Hello") == 5',
        _len,
        _len_result,
    ),
    Function(
        "type",
        (signature(TEXT, _VALUE),),
        "The name of the value's type: `nil`, `bool`, `int`, `float`, `string`, `array`, `map`, or a time's.",
        'type(42) == "int"',
        _type,
    ),
    Function("int", (signature(INTEGER, _VALUE),), "The value as an integer.", 'int("123") == 123', _int, _int_result),
    Function(
        "float", (signature(FLOAT, _VALUE),), "The value as a float.", 'float("1.5") == 1.5', _float, _float_result
    ),
    Function("string", (signature(TEXT, _VALUE),), "The value as text.", 'string(123) == "123"', _string),
    Function(
        "toJSON",
        (signature(TEXT, _VALUE),),
        "The value as JSON, indented.",
        'toJSON([1]) == "[\\n  1\\n]"',
        _to_json,
    ),
    Function(
        "fromJSON",
        (signature(ANY, _TEXT),),
        "The value that JSON text means; its numbers are floats.",
        'fromJSON("[1]") == [1.0]',
        _from_json,
    ),
    Function(
        "toBase64",
        (signature(TEXT, _TEXT),),
        "The text in base64.",
        'toBase64("Hello World") == "SGVsbG8gV29ybGQ="',
        _to_base64,
    ),
    Function(
        "fromBase64",
        (signature(TEXT, _TEXT),),
        "The text that base64 means.",
        'fromBase64("SGVsbG8gV29ybGQ=") == "Hello World"',
        _from_base64,
    ),
)
