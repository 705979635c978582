"""Walking a tree beside its declaration: every written value with the type that the catalogue declares for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as MappingOf
from typing import Generic, TypeVar

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

MAX_DEPTH = 64
"""How deep maps and lists are looked into."""

_Part = TypeVar("_Part")


class Visit:
    """A written value and its declaration; nobody changes one.

    Attributes:
        document: the key of the text.
        node: the value, aliases followed.
        type: what it may be; of several options, the one that fits the node's kind.
        key: the declaration of the key under which it stands; None for list items and free keys.
        pair: the pair that holds it; None for list items and the root.
        container: the map or list that holds it; None for the root.
    """

    __slots__ = (
        "container",
        "document",
        "key",
        "node",
        "pair",
        "type",
    )  # no record: there are many, and all look at each

    def __init__(
        self,
        document: str,
        node: Node,
        type: ValueType,  # noqa: A002 - the field's name
        key: Key | None = None,
        pair: Pair | None = None,
        container: Node | None = None,
    ) -> None:
        """Put a value beside its declaration."""
        self.document = document
        self.node = node
        self.type = type
        self.key = key
        self.pair = pair
        self.container = container


def walk(document: str, root: Node, root_type: ValueType) -> Iterator[Visit]:
    """Every value below ``root`` that the declaration speaks of, parents first; nothing below an open value.

    A value that several aliases bring is visited once for each declaration, so that aliases cannot multiply the work.
    """
    first = Visit(document, root, choose(root_type, root))
    found = [first]
    _add_below(first, 0, found, {(id(root), id(first.type))})
    return iter(found)


def _add_below(visit: Visit, depth: int, found: list[Visit], seen: set[tuple[int, int]]) -> None:
    if depth >= MAX_DEPTH:
        return
    for child in _children(visit):
        declared = child.type
        identity = (id(child.node), id(declared))
        if identity not in seen:
            seen.add(identity)
            found.append(child)
            if type(declared) is MapType or type(declared) is ListType:
                _add_below(child, depth + 1, found, seen)


def _items(listed: Sequence) -> Iterable[Node]:
    return listed.items


class PartedWalk(Generic[_Part]):
    """As ``walk``, with each value put to the part that it belongs to: the one whose border is the nearest at or around it.

    Attributes:
        by_part: the values of each part, parents first.
    """

    __slots__ = ("_borders", "_document", "_is_shallow", "_own_items", "_seen", "by_part")

    def __init__(
        self,
        first: Visit,
        part: _Part,
        borders: MappingOf[int, _Part],
        *,
        is_shallow: bool = False,
        own_items: Callable[[Sequence], Iterable[Node]] = _items,
        may_have_aliases: bool = True,
    ) -> None:
        """Walk.

        Args:
            first: the value to start with.
            part: the part of what stands outside of all borders.
            borders: the parts by the identity of the nodes that they start at.
            is_shallow: whether parts inside the one that is started with are left out.
            own_items: for that, the items of a list that may be no part.
            may_have_aliases: false where no value can be come by twice.
        """
        self._is_shallow = is_shallow
        self._own_items = own_items
        self._document = first.document
        own = [first]
        self.by_part: dict[_Part, list[Visit]] = {borders.get(id(first.node), part): own}
        self._borders = borders
        self._seen = {(id(first.node), id(first.type))} if may_have_aliases else None
        self._add_below(first.node, first.type, 0, own)

    def _add_below(self, node: Node, declared: ValueType, depth: int, own: list[Visit]) -> None:
        """Add what stands right below a value, and below that; written out, as it is the way to every value."""
        if depth >= MAX_DEPTH:
            return
        if type(declared) is MapType:
            if isinstance(node, Mapping):
                self._add_in_map(node, declared, depth, own)
        elif type(declared) is ListType and isinstance(node, Sequence):
            document, item = self._document, declared.item
            values: Iterable[Node] = node
            if self._is_shallow:
                values = [follow(one) for one in self._own_items(node) if id(one) not in self._borders]
            for value in values:
                chosen = choose(item, value) if type(item) is EitherType else item
                self._add(Visit(document, value, chosen, None, None, node), value, chosen, depth, own)

    def _add_in_map(self, node: Mapping, declared: MapType, depth: int, own: list[Visit]) -> None:
        document, keys, others, add = self._document, known_keys(node, declared), declared.others, self._add
        is_followed_once = self._seen is None
        for name, pair in node.named_pairs():
            key = keys.get(name or "")
            child_type = key.type if key is not None else others
            if child_type is None:
                continue
            value = pair.value
            if type(value) is not Scalar:
                value = follow(value)
            kind = type(child_type)
            if kind is EitherType:
                child_type = choose(child_type, value)
                kind = type(child_type)
            visit = Visit(document, value, child_type, key, pair, node)
            if is_followed_once and (type(value) is Scalar or (kind is not MapType and kind is not ListType)):
                own.append(visit)
            else:
                add(visit, value, child_type, depth, own)

    def _add(self, visit: Visit, node: Node, declared: ValueType, depth: int, own: list[Visit]) -> None:
        """Add one value, unless it is known, and what stands below it."""
        if self._seen is not None:
            identity = (id(node), id(declared))
            if identity in self._seen:
                return
            self._seen.add(identity)
        if type(declared) is MapType:
            part = self._borders.get(id(node))
            if part is not None:
                if self._is_shallow:
                    return
                own = self.by_part.setdefault(part, [])
        own.append(visit)
        if type(declared) is MapType or type(declared) is ListType:
            self._add_below(node, declared, depth + 1, own)


def effective_keys(mapping: Mapping, map_type: MapType) -> tuple[Key, ...]:
    """The keys that a map may have, its discriminator read."""
    said = text_at(mapping, map_type.discriminator) if map_type.discriminator else None
    return map_type.keys_for(said.text if said is not None else None)


def known_keys(mapping: Mapping, map_type: MapType) -> MappingOf[str, Key]:
    """``effective_keys`` by name."""
    if not map_type.discriminator:
        return map_type.known_keys(None)
    said = text_at(mapping, map_type.discriminator)
    return map_type.known_keys(said.text if said is not None else None)


def _children(visit: Visit) -> list[Visit]:
    """The values right below one."""
    document, node, declared = visit.document, visit.node, visit.type
    if type(declared) is MapType and isinstance(node, Mapping):
        return _in_map(document, node, declared)
    if type(declared) is ListType and isinstance(node, Sequence):
        item = declared.item
        return [Visit(document, value, choose(item, value), None, None, node) for value in node]
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
            found.append(Visit(document, value, child_type, key, pair, node))
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


_HOLDERS = (MapType, ListType, EitherType)


def scalars_at(visit: Visit) -> Iterator[Scalar]:
    """The scalars that a visit itself answers for: all below an open value, else the value if it is a scalar."""
    if isinstance(visit.type, _HOLDERS):
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
