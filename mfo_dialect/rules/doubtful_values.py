"""The declared values of a part that may be wrong: all but those that are surely right, which nearly all are.

Surely right is a scalar of which no rule about single values has a word to say, whatever stands around it, a map with the
right keys, and a list that may be as short as it is, whatever stands in them. That depends on what is declared and what is
written, both of which come again and again, so that the verdict is kept from one text to the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.values import (
    AnyType,
    BooleanType,
    Format,
    IntegerType,
    Key,
    ListType,
    MapType,
    TextType,
    ValueType,
)
from mfo_dialect.durations import parse_duration
from mfo_dialect.references import RESERVED_ROOTS
from mfo_dialect.rules.right_keys import has_right_keys
from mfo_dialect.syntax import Mapping, Scalar, Sequence, Style
from mfo_dialect.syntax.core_schema import resolve_plain

VALID_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
"""What an id may look like."""

WORD_OF_YAML_11 = re.compile(r"yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF")
SEXAGESIMAL = re.compile(r"[-+]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?")
LEADING_ZEROS = re.compile(r"[-+]?0[0-9]+")

_MOST_KEPT = 8192
_LONGEST_KEPT = 200


class _Verdict(NamedTuple):
    is_right: bool
    declared: ValueType
    """Kept, so that no other declaration has its identity."""


_of_plain: dict[tuple[int, str], _Verdict] = {}
_of_quoted: dict[tuple[int, str], _Verdict] = {}


def doubtful_visits(part: Part, snapshot: Snapshot) -> list[Visit]:
    """The declared values of a part, without those of parts inside it and without those that are surely right."""
    return snapshot.kept(part, _doubtful)


def _doubtful(part: Part, snapshot: Snapshot) -> list[Visit]:
    found: list[Visit] = []
    for visit in snapshot.visits_of(part):
        node, declared = visit.node, visit.type
        if type(node) is Scalar and node.tag is None:
            known = _of_plain if node.style is Style.PLAIN else _of_quoted
            verdict = known.get((id(declared), node.text))
            if verdict.is_right if verdict is not None else _judge(known, declared, node):
                continue
        elif type(declared) is MapType:
            if isinstance(node, Mapping) and has_right_keys(node, declared) and _has_plain_names(node, declared):
                continue
        elif type(declared) is ListType and type(node) is Sequence and _is_right_list(visit, node, declared):
            continue
        found.append(visit)
    return found


_LISTS_OF_WORDS = ("outputs", "choices")
"""The keys of lists whose items are looked at together with them."""


def _is_right_list(visit: Visit, node: Sequence, declared: ListType) -> bool:
    if declared.non_empty and not node.items:
        return False
    key, pair = visit.key, visit.pair
    return not (
        (key is not None and key.name in _LISTS_OF_WORDS) or (pair is not None and pair.name in _LISTS_OF_WORDS)
    )


def _has_plain_names(node: Mapping, declared: MapType) -> bool:
    """Whether no key that is a name, where keys are names, is taken for something else."""
    return declared.key_names is None or _are_plain(tuple(node.names()))


@lru_cache(_MOST_KEPT)
def _are_plain(names: tuple[str, ...]) -> bool:
    return not any(map(_is_read_otherwise, names))


def _judge(known: dict[tuple[int, str], _Verdict], declared: ValueType, node: Scalar) -> bool:
    is_right = is_surely_right(declared, node)
    if len(node.text) <= _LONGEST_KEPT:
        if len(known) >= _MOST_KEPT:
            known.clear()
        known[id(declared), node.text] = _Verdict(is_right, declared)
    return is_right


def is_surely_right(declared: ValueType, node: Scalar) -> bool:
    """Whether a scalar without a tag is as it is declared, and looks like nothing else; false where there is any doubt."""
    text, is_plain = node.text, node.style is Style.PLAIN
    if is_plain and (text.endswith('"') or _is_read_otherwise(text)):
        return False
    match declared:
        case AnyType():
            return True
        case TextType():
            return (not is_plain or isinstance(resolve_plain(text), str)) and _is_right_text(text, declared)
        case BooleanType():
            return is_plain and isinstance(resolve_plain(text), bool)
        case IntegerType(minimum=low, maximum=high) if is_plain:
            value = resolve_plain(text)
            return type(value) is int and (low is None or value >= low) and (high is None or value <= high)
        case _:
            return False


def _is_read_otherwise(text: str) -> bool:
    """Whether YAML 1.1 takes a text without quotes for something else than YAML 1.2 does."""
    return any(pattern.fullmatch(text) for pattern in (WORD_OF_YAML_11, SEXAGESIMAL, LEADING_ZEROS))


def _is_right_text(text: str, declared: TextType) -> bool:
    if declared.format is Format.IDENTIFIER and not (VALID_ID.fullmatch(text) and text not in RESERVED_ROOTS):
        return False
    return is_allowed(text.strip(), declared)


def is_allowed(text: str, declared: TextType) -> bool:
    """Whether a text, without white space around it, is surely one of those that are allowed."""
    if declared.choices:
        return text in declared.choices
    match declared.format:
        case Format.DURATION:
            seconds = parse_duration(text)
            return seconds is not None and seconds >= 0
        case Format.OUTPUT_PATH:
            return False
        case kind:
            return bool(text) or kind is Format.IDENTIFIER or not declared.non_empty


def doubtful_where(concerns: Callable[[ValueType, Key | None], bool]) -> Callable[[Part, Snapshot], list[Visit]]:
    """What gives the doubtful values of a part whose declarations are of a kind.

    Args:
        concerns: whether a declaration is of that kind: what a value may be, and the key that it stands under; pure.
    """
    known: dict[tuple[int, int], tuple[bool, ValueType, Key | None]] = {}

    def look_up(declared: ValueType, key: Key | None) -> bool:
        if len(known) >= _MOST_KEPT:
            known.clear()
        is_concerned = concerns(declared, key)
        known[id(declared), id(key)] = is_concerned, declared, key
        return is_concerned

    def items(part: Part, snapshot: Snapshot) -> list[Visit]:
        found: list[Visit] = []
        for visit in doubtful_visits(part, snapshot):
            declared, key = visit.type, visit.key
            verdict = known.get((id(declared), id(key)))
            if verdict[0] if verdict is not None else look_up(declared, key):
                found.append(visit)
        return found

    return items
