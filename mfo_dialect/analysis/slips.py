"""Reading misspelt and misplaced keys as what they were meant to be.

A slip is reported once, where it is made. Everything else reads the map as if the key were right, so that nothing that
follows from the slip is reported too. Values of maps are changed here once, right after they were read from a text.
"""

from __future__ import annotations

import re
from collections.abc import Container
from collections.abc import Mapping as MappingOf
from typing import NamedTuple

from mfo_dialect.analysis.visits import choose, effective_keys, fits_kind, known_keys
from mfo_dialect.catalogue.slips import key_meant
from mfo_dialect.catalogue.values import EitherType, Key, ListType, MapType, ValueType
from mfo_dialect.syntax import Mapping, Node, Pair, Scalar, Sequence, follow, walk

_MAX_DEPTH = 64
_MOVED = ("dependencies", "successors")


_WITH_KEYS = frozenset({MapType, ListType, EitherType})


class _Parent(NamedTuple):
    """The declared map around a value, lists left out, with the keys that it may have."""

    mapping: Mapping
    keys: MappingOf[str, Key]


INVISIBLE = frozenset(
    "\u200b\u2060\ufeff\u180e\u00ad\u200c\u200d\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_NAME = re.compile(r"[A-Za-z0-9_.$<>{}\[\]-]+")


def read_names_plainly(root: Node) -> None:
    """Read keys, and values of one word, without the invisible characters in them; these are reported where they stand."""
    is_changed = False
    for node in walk(root):
        if isinstance(node, Scalar) and not node.text.isascii() and not INVISIBLE.isdisjoint(node.text):
            plain = "".join(character for character in node.text if character not in INVISIBLE)
            if _NAME.fullmatch(plain):
                node.leave_out(INVISIBLE)
                is_changed = True
    for node in walk(root) if is_changed else ():
        if isinstance(node, Mapping):
            node.forget_names()


def forget_slips(root: Node, borders: Container[int] = ()) -> None:
    """Let all keys at and below ``root`` count as written again.

    Args:
        root: where to start.
        borders: identities of nodes below it that are left out, with all that is in them.
    """
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            node.forget_meant()
            waiting += [pair.value for pair in node.pairs if id(pair.value) not in borders]
        elif isinstance(node, Sequence):
            waiting += [item for item in node.items if id(item) not in borders]


def read_slips(root: Node, root_type: ValueType, borders: Container[int] = ()) -> None:
    """Let the unknown keys at and below ``root`` count for the missing keys that they were meant to be.

    Args:
        root: where to start.
        root_type: its declaration.
        borders: identities of nodes below it that are left out, with all that is in them.
    """
    _Look(borders).below(root, root_type, None, 0)


class _Look:
    """One look at the keys of a tree."""

    __slots__ = ("borders", "seen")

    def __init__(self, borders: Container[int]) -> None:
        """Leave out ``borders``, the identities of nodes, and look at no node twice."""
        self.borders = borders
        self.seen: set[int] = set()

    def below(self, node: Node, declared: ValueType, parent: _Parent | None, depth: int) -> None:
        if id(node) in self.seen or depth > _MAX_DEPTH:
            return
        self.seen.add(id(node))
        if type(declared) is EitherType:
            declared = choose(declared, node)
        if type(declared) is MapType:
            if isinstance(node, Mapping):
                self._into(node, declared, parent, depth)
        elif type(declared) is ListType and isinstance(node, Sequence):
            item = declared.item
            if type(item) in _WITH_KEYS:
                for one in node.items:
                    if type(one) is not Scalar and id(one) not in self.borders:
                        self.below(follow(one), item, parent, depth + 1)

    def _into(self, node: Mapping, map_type: MapType, parent: _Parent | None, depth: int) -> None:
        known, others = known_keys(node, map_type), map_type.others
        if others is None and not node.names() <= known.keys():
            keys = effective_keys(node, map_type)
            for pair in node.effective_pairs():
                if pair.name is not None and pair.name not in known:
                    _read(pair, pair.name, node, keys, parent)
            if map_type.discriminator and map_type.discriminator not in node:
                known = known_keys(node, map_type)
        inside: _Parent | None = None
        for name, pair in node.named_pairs():
            if type(pair.value) is Scalar:
                continue
            key = known.get(name or "")
            child_type = key.type if key is not None else others
            if type(child_type) in _WITH_KEYS and child_type is not None:
                inside = inside or _Parent(node, known)
                self.below(follow(pair.value), child_type, inside, depth + 1)


def _read(pair: Pair, name: str, node: Mapping, keys: tuple[Key, ...], parent: _Parent | None) -> None:
    if name in _MOVED and parent is not None and name in parent.keys:
        parent.mapping.read_as(name, pair)
        return
    meant = key_meant(name, keys, node)
    key = next((key for key in keys if key.name == meant), None)
    if key is not None and fits_kind(key.type, follow(pair.value)):
        node.read_as(key.name, pair)
