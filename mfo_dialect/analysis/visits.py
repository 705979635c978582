"""Walking a tree beside its declaration: every written value with the type that the catalogue declares for it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from collections.abc import Mapping as MappingOf
from functools import partial
from typing import Generic, NamedTuple, TypeVar

from mfo_dialect.catalogue.values import (
    AnyType,
    BooleanType,
    EitherType,
    IntegerType,
    Key,
    ListType,
    MapType,
    NumberType,
    References,
    SchemaType,
    TextType,
    ValueType,
)
from mfo_dialect.model.access import text_at
from mfo_dialect.syntax import Mapping, Node, Pair, Scalar, Sequence, follow

_MAX_DEPTH = 64
_Part = TypeVar("_Part")


class Visit(NamedTuple):
    """A written value and its declaration.

    Attributes:
        document: the key of the text.
        node: the value, aliases followed.
        type: what it may be; of several options, the one that fits the node's kind.
        key: the declaration of the key under which it stands; None for list items and free keys.
        pair: the pair that holds it; None for list items and the root.
        container: the map or list that holds it; None for the root.
    """

    document: str
    node: Node
    type: ValueType
    key: Key | None = None
    pair: Pair | None = None
    container: Node | None = None


_visit: Callable[[tuple[object, ...]], Visit] = partial(tuple.__new__, Visit)  # pyright: ignore[reportUnknownMemberType]
"""Makes one of a tuple in half the time."""


def walk(document: str, root: Node, root_type: ValueType) -> Iterator[Visit]:
    """Every value below ``root`` that the declaration speaks of, parents first; nothing below an open value.

    A value that several aliases bring is visited once for each declaration, so that aliases cannot multiply the work.
    """
    first = Visit(document, root, choose(root_type, root))
    found = [first]
    _add_below(first, 0, found, {(id(root), id(first.type))})
    return iter(found)


def _add_below(visit: Visit, depth: int, found: list[Visit], seen: set[tuple[int, int]]) -> None:
    if depth >= _MAX_DEPTH:
        return
    for child in _children(visit):
        declared = child[2]
        identity = (id(child[1]), id(declared))
        if identity not in seen:
            seen.add(identity)
            found.append(child)
            if type(declared) is MapType or type(declared) is ListType:
                _add_below(child, depth + 1, found, seen)


class PartedWalk(Generic[_Part]):
    """As ``walk``, with each value put to the part that it belongs to: the one whose border is the nearest at or around it.

    Attributes:
        found: all values, parents first.
        by_part: those of each part, in the same order.
    """

    __slots__ = ("_borders", "_is_shallow", "_seen", "by_part", "found")

    def __init__(self, first: Visit, part: _Part, borders: MappingOf[int, _Part], *, is_shallow: bool = False) -> None:
        """Walk.

        Args:
            first: the value to start with.
            part: the part of what stands outside of all borders.
            borders: the parts by the identity of the nodes that they start at.
            is_shallow: whether parts inside the one that is started with are left out.
        """
        self._is_shallow = is_shallow
        own = [first]
        self.found = [first]
        self.by_part: dict[_Part, list[Visit]] = {borders.get(id(first.node), part): own}
        self._borders = borders
        self._seen = {(id(first.node), id(first.type))}
        self._add_below(first, 0, own)

    def _add_below(self, visit: Visit, depth: int, own: list[Visit]) -> None:
        if depth >= _MAX_DEPTH:
            return
        seen, borders, found = self._seen, self._borders, self.found
        for child in _children(visit, borders if self._is_shallow else ()):
            declared, node = child[2], id(child[1])
            identity = (node, id(declared))
            if identity in seen:
                continue
            seen.add(identity)
            part = borders.get(node) if type(declared) is MapType else None
            if part is not None and self._is_shallow:
                continue
            found.append(child)
            if type(declared) is MapType:
                inner = own if part is None else self.by_part.setdefault(part, [])
                inner.append(child)
                self._add_below(child, depth + 1, inner)
            else:
                own.append(child)
                if type(declared) is ListType:
                    self._add_below(child, depth + 1, own)


def effective_keys(mapping: Mapping, map_type: MapType) -> tuple[Key, ...]:
    """The keys that a map may have, its discriminator read."""
    said = text_at(mapping, map_type.discriminator) if map_type.discriminator else None
    return map_type.keys_for(said.text if said is not None else None)


def known_keys(mapping: Mapping, map_type: MapType) -> MappingOf[str, Key]:
    """``effective_keys`` by name."""
    said = text_at(mapping, map_type.discriminator) if map_type.discriminator else None
    return map_type.known_keys(said.text if said is not None else None)


def _children(visit: Visit, left_out: Container[int] = ()) -> list[Visit]:
    """The values right below one, but for items of lists whose identities are left out."""
    document, node, declared = visit[:3]
    if type(declared) is MapType and isinstance(node, Mapping):
        return _in_map(document, node, declared)
    if type(declared) is ListType and isinstance(node, Sequence):
        item = declared.item
        values = node if not left_out else [follow(one) for one in node.items if id(one) not in left_out]
        return [Visit(document, value, choose(item, value), None, None, node) for value in values]
    return []


def _in_map(document: str, node: Mapping, declared: MapType) -> list[Visit]:
    keys, others = known_keys(node, declared), declared.others
    found: list[Visit] = []
    for name, pair in node.named_pairs():
        key = keys.get(name or "")
        child_type = key.type if key is not None else others
        if child_type is not None:
            value = pair.value
            if type(value) is not Scalar:
                value = follow(value)
            if type(child_type) is EitherType:
                child_type = choose(child_type, value)
            found.append(_visit((document, value, child_type, key, pair, node)))
    return found


def choose(value_type: ValueType, node: Node) -> ValueType:
    """Of several options, the one that fits the kind of a node; the type itself where there is one or none fits."""
    if not isinstance(value_type, EitherType):
        return value_type
    for option in value_type.options:
        if fits_kind(option, node):
            return option
    return value_type


def fits_kind(value_type: ValueType, node: Node) -> bool:
    """Whether a node has the YAML kind that a type asks for; what a scalar says is not looked at, but for numbers."""
    match value_type:
        case MapType():
            return isinstance(node, Mapping)
        case ListType():
            return isinstance(node, Sequence)
        case IntegerType() | NumberType() | BooleanType() | TextType():
            return isinstance(node, Scalar)
        case SchemaType(names=names):
            return isinstance(node, Mapping) or (names is not None and isinstance(node, Scalar))
        case AnyType():
            return True
        case EitherType(options=options):
            return any(fits_kind(option, node) for option in options)


def references_of(value_type: ValueType) -> References:
    """Which references a scalar is read for at a place; a whole map or list of values may be a reference too."""
    match value_type:
        case TextType() | AnyType() | IntegerType() | NumberType() | BooleanType():
            return value_type.references
        case MapType(others=others, keys=keys):
            inner = [others] if others is not None else [key.type for key in keys]
            return (
                References.ALL if any(references_of(one) is not References.NONE for one in inner) else References.NONE
            )
        case ListType(item=item):
            return references_of(item)
        case EitherType(options=options):
            found = {references_of(option) for option in options}
            return next(iter(found)) if len(found) == 1 else References.NONE
        case _:
            return References.NONE


def scalars_at(visit: Visit) -> Iterator[Scalar]:
    """The scalars that a visit itself answers for: all below an open value, else the value if it is a scalar."""
    if isinstance(visit.type, MapType | ListType | EitherType):
        return iter((visit.node,) if isinstance(visit.node, Scalar) and not visit.node.is_missing else ())
    return scalars_below(visit.node)


def scalars_below(root: Node) -> Iterator[Scalar]:
    """All scalar values at or below a node in document order, keys left out, aliases followed, each node once."""
    root = follow(root)
    if isinstance(root, Scalar):
        return iter(() if root.is_missing else (root,))
    return _scalars_below(root)


def _scalars_below(root: Node) -> Iterator[Scalar]:
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = follow(stack.pop())
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Scalar):
            if not node.is_missing:
                yield node
        elif isinstance(node, Mapping):
            stack.extend([pair.value for pair in reversed(node.pairs)])
        elif isinstance(node, Sequence):
            stack.extend(reversed(node.items))
