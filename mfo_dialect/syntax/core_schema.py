"""What an unquoted word means under YAML 1.2's core schema; it knows words, not trees or places.

Source of the rule: YAML 1.2.2, section 10.3.2, and dialect section 1. ``yes``, ``on`` and ``1:30`` are strings and
``0755`` is the integer 755.
"""

from __future__ import annotations

import re
from typing import TypeAlias

CoreValue: TypeAlias = bool | int | float | str | None

_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}
_NUMBER = re.compile(
    r"(?P<decimal>[-+]?[0-9]+)"
    r"|0o(?P<octal>[0-7]+)"
    r"|0x(?P<hexadecimal>[0-9a-fA-F]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
)
_NUMBER_STARTS = frozenset("+-.0123456789")
_MAX_DIGITS = 4000  # Python refuses to convert more than 4,300 decimal digits
_STRING_TAGS = frozenset({"!", "!!str", "!<tag:yaml.org,2002:str>"})
_CORE_TAG = re.compile(r"(?:!!|!<tag:yaml\.org,2002:)(?P<name>int|float|bool|null)>?")
_TYPES_OF_TAG: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}


def resolve_plain(text: str) -> CoreValue:
    """The value of an unquoted scalar; whatever is no other core type is a string.

    Integers have any size; one of more than 4,000 digits stays a string.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    match = _NUMBER.fullmatch(text)
    if match is None or len(text) > _MAX_DIGITS:
        return text
    match match.lastgroup:
        case "decimal":
            return int(text)
        case "octal":
            return int(text, 0)
        case "hexadecimal":
            return int(text, 0)
        case _:
            return float(text)


def resolve_tagged(text: str, tag: str, *, plain: bool) -> CoreValue:
    """The value of a scalar with an explicit tag, as written.

    Text that does not fit a core tag (``!!int abc``) stays a string. A tag outside the core schema changes nothing:
    the scalar has the value that it would have without one.
    """
    if tag in _STRING_TAGS:
        return text
    core = _CORE_TAG.fullmatch(tag)
    if core is None:
        return resolve_plain(text) if plain else text
    value = resolve_plain(text)
    name = core["name"]
    if not isinstance(value, _TYPES_OF_TAG[name]) or (isinstance(value, bool) and name != "bool"):
        return text
    return float(value) if name == "float" and isinstance(value, int) and abs(value) < _FLOAT_LIMIT else value


_FLOAT_LIMIT = 1 << 1023
