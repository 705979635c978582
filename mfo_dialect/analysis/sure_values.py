"""Which declared values are surely right, as nearly all are, so that rules about single values need not look at them.

Surely right is a scalar of which no rule about single values has a word to say, whatever stands around it, an open value in
which all scalars are so, a map with the right keys, and a list that may be as short as it is, whatever stands in them. That
depends on what is declared and what is written, both of which come again and again, so that the verdict is kept from one
text to the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping as MappingOf
from functools import lru_cache
from itertools import count
from weakref import WeakSet

from mfo_dialect.analysis.visits import Visit, known_keys
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
from mfo_dialect.syntax import Mapping, Node, Pair, Scalar, Sequence, Style
from mfo_dialect.syntax.core_schema import resolve_plain

VALID_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
"""What an id may look like."""

WORD_OF_YAML_11 = re.compile(r"yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF")
SEXAGESIMAL = re.compile(r"[-+]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?")
LEADING_ZEROS = re.compile(r"[-+]?0[0-9]+")

_MOST_KEPT = 20_000
_LONGEST_KEPT = 200
_ANY = AnyType()
_PLAIN = Style.PLAIN


def is_surely_right(visit: Visit) -> bool:
    """Whether no rule about single values has a word to say of a value; false where there is any doubt."""
    node, declared = visit.node, visit.type
    if type(node) is Scalar:
        return verdicts_on(declared).of(node)
    if type(declared) is MapType:
        return isinstance(node, Mapping) and has_right_keys(node, declared) and _has_plain_names(node, declared)
    if type(declared) is ListType:
        return type(node) is Sequence and is_right_list(node, declared, visit.key, visit.pair)
    return type(declared) is AnyType and is_right_below(node, visit.key, visit.pair)


def doubtful_among(visits: Iterable[Visit]) -> list[Visit]:
    """Those of some values that are not surely right."""
    found: list[Visit] = []
    for visit in visits:
        node = visit.node
        if type(node) is Scalar and node.tag is None:  # nearly all are, so that a call for each would be felt
            verdicts = _by_declaration.get(id(visit.type)) or verdicts_on(visit.type)
            is_right = (verdicts.of_plain if node.style is _PLAIN else verdicts.of_quoted).get(node.text)
            if is_right if is_right is not None else verdicts.judge(node):
                continue
        elif is_surely_right(visit):
            continue
        found.append(visit)
    return found


# Scalars


class Verdicts:
    """What was said of scalars under one declaration, by their text.

    Attributes:
        declared: the declaration.
        of_plain: whether those that are written without quotes are right.
        of_quoted: the same of all others.
    """

    __slots__ = ("__weakref__", "declared", "of_plain", "of_quoted")

    def __init__(self, declared: ValueType) -> None:
        """Know nothing yet."""
        self.declared = declared
        self.of_plain: dict[str, bool] = {}
        self.of_quoted: dict[str, bool] = {}

    def of(self, node: Scalar) -> bool:
        """Whether a scalar is surely right."""
        if node.tag is not None:
            return False
        known = self.of_plain if node.style is _PLAIN else self.of_quoted
        verdict = known.get(node.text)
        return verdict if verdict is not None else self.judge(node)

    def judge(self, node: Scalar) -> bool:
        """As ``of``, for a scalar without a tag that was not met before."""
        is_right = is_right_scalar(self.declared, node)
        if len(node.text) <= _LONGEST_KEPT:
            _make_room()
            known = self.of_plain if node.style is _PLAIN else self.of_quoted
            known[node.text] = is_right
        return is_right


_by_declaration: dict[int, Verdicts] = {}
_all_verdicts = WeakSet[Verdicts]()
_texts = count(1)


def verdicts_on(declared: ValueType) -> Verdicts:
    """The verdicts under a declaration."""
    known = _by_declaration.get(id(declared))
    if known is None:
        if len(_by_declaration) >= _MOST_KEPT:
            _by_declaration.clear()
        known = _by_declaration[id(declared)] = Verdicts(declared)
        _all_verdicts.add(known)
    return known


def _make_room() -> None:
    """Forget the texts of all declarations, each time that there have been many."""
    if next(_texts) % _MOST_KEPT == 0:
        for verdicts in list(_all_verdicts):
            verdicts.of_plain.clear()
            verdicts.of_quoted.clear()


def is_right_scalar(declared: ValueType, node: Scalar) -> bool:
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


# Lists, and what is open


_LISTS_OF_WORDS = ("outputs", "choices")
"""The keys of lists whose items are looked at together with them."""


def is_right_list(node: Sequence, declared: ListType, key: Key | None, pair: Pair | None) -> bool:
    """Whether a list is surely right, whatever stands in it."""
    return not (declared.non_empty and not node.items) and not _is_list_of_words(key, pair)


def _is_list_of_words(key: Key | None, pair: Pair | None) -> bool:
    return (key is not None and key.name in _LISTS_OF_WORDS) or (pair is not None and pair.name in _LISTS_OF_WORDS)


def is_right_below(root: Node, key: Key | None, pair: Pair | None) -> bool:
    """Whether all scalars in a map or list, where anything may stand, are surely right; an alias is not looked into."""
    if _is_list_of_words(key, pair):
        return False
    right = verdicts_on(_ANY)
    waiting = [root]
    while waiting:
        node = waiting.pop()
        inner: Iterable[Node]
        if type(node) is Sequence:
            inner = node.items
        elif type(node) is Mapping:
            inner = [pair.value for pair in node.pairs]
        else:
            return False
        for one in inner:
            if type(one) is not Scalar:
                waiting.append(one)
            elif not right.of(one):
                return False
    return True


# Maps


def has_right_keys(mapping: Mapping, declared: MapType) -> bool:
    """Whether the keys of a map are surely those that it may and must have, whatever stands under them and around it."""
    keys = known_keys(mapping, declared)
    names = tuple(mapping.names())
    known = _judged.get((id(keys), names))
    if known is None:
        if len(_judged) >= _MOST_KEPT:
            _judged.clear()
        known = are_right_names(names, keys, declared), keys  # which are kept, so that no others have their id
        _judged[id(keys), names] = known
    return known[0]


_judged: dict[tuple[int, tuple[str, ...]], tuple[bool, MappingOf[str, Key]]] = {}
"""What was said of maps with the same declaration and the same keys, of which there are few, however many maps there are."""


def are_right_names(written: Iterable[str], keys: MappingOf[str, Key], declared: MapType) -> bool:
    """Whether the keys of a map are right, of which those in ``keys`` may be there."""
    names = frozenset(written)
    if declared.others is None and not names <= keys.keys():
        return False
    needed = {key.name for key in keys.values() if key.required}
    needed |= {second for first, second in declared.needs if first in names}
    if not needed <= names or not keys.keys() & _NOT_EVERYWHERE <= names:
        return False
    if declared.title == "task" and "error_handling" in names:  # which its config may have too
        return False
    groups = (*declared.one_of, *declared.any_of)
    return all(names.intersection(group) for group in groups) and all(
        len(names.intersection(group)) <= 1 for group in (*declared.one_of, *declared.at_most_one_of)
    )


_NOT_EVERYWHERE = frozenset({"workflow_name"})
"""What some maps need because of their kind."""


def _has_plain_names(node: Mapping, declared: MapType) -> bool:
    return declared.key_names is None or are_plain_names(tuple(node.names()))


@lru_cache(_MOST_KEPT)
def are_plain_names(names: tuple[str, ...]) -> bool:
    """Whether no key that is a name, where keys are names, is taken for something else."""
    return not any(map(_is_read_otherwise, names))
