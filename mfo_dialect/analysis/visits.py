"""Walking a tree beside its declaration: every written value with the type that the catalogue declares for it."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from typing import TypeVar

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


@dataclass(frozen=True, slots=True)
class Visit:
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


def walk(document: str, root: Node, root_type: ValueType) -> Iterator[Visit]:
    """Every value below ``root`` that the declaration speaks of, parents first; nothing below an open value.

    A value that several aliases bring is visited once for each declaration, so that aliases cannot multiply the work.
    """
    return (visit for _, visit in walk_parts(document, root, root_type, None, {}))


def walk_parts(
    document: str, root: Node, root_type: ValueType, part: _Part, borders: MappingOf[int, _Part]
) -> Iterator[tuple[_Part, Visit]]:
    """As ``walk``, each value with the part that it belongs to: the one whose border is the nearest at or around it.

    Args:
        document: the key of the text.
        root: where to start.
        root_type: its declaration.
        part: the part of what stands outside of all borders.
        borders: the parts by the identity of the nodes that they start at.
    """
    seen: set[tuple[int, int]] = set()
    stack = [(Visit(document, root, choose(root_type, root)), 0, part)]
    while stack:
        visit, depth, around = stack.pop()
        identity = (id(visit.node), id(visit.type))
        if identity in seen:
            continue
        seen.add(identity)
        owner = borders.get(identity[0], around)
        yield owner, visit
        if depth < _MAX_DEPTH:
            stack.extend((child, depth + 1, owner) for child in reversed(list(_children(visit))))


def effective_keys(mapping: Mapping, map_type: MapType) -> tuple[Key, ...]:
    """The keys that a map may have, its discriminator read."""
    said = text_at(mapping, map_type.discriminator) if map_type.discriminator else None
    return map_type.keys_for(said.text if said is not None else None)


def _children(visit: Visit) -> Iterator[Visit]:
    node = visit.node
    match visit.type:
        case MapType() as map_type if isinstance(node, Mapping):
            keys = {key.name: key for key in effective_keys(node, map_type)}
            for pair in node.effective_pairs():
                value = follow(pair.value)
                key = keys.get(node.meant(pair) or "")
                child_type = key.type if key is not None else map_type.others
                if child_type is not None:
                    yield Visit(visit.document, value, choose(child_type, value), key, pair, node)
        case ListType(item=item) if isinstance(node, Sequence):
            for value in node:
                yield Visit(visit.document, value, choose(item, value), None, None, node)
        case _:
            return


def choose(value_type: ValueType, node: Node) -> ValueType:
    """Of several options, the one that fits the kind of a node; the type itself where there is one or none fits."""
    if not isinstance(value_type, EitherType):
        return value_type
    return next((option for option in value_type.options if fits_kind(option, node)), value_type)


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
        case MapType(others=others, keys=keys):
            inner = [others] if others is not None else [key.type for key in keys]
            return (
                References.ALL if any(references_of(one) is not References.NONE for one in inner) else References.NONE
            )
        case ListType(item=item):
            return references_of(item)
        case (
            TextType(references=references)
            | IntegerType(references=references)
            | NumberType(references=references)
            | BooleanType(references=references)
            | AnyType(references=references)
        ):
            return references
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
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = follow(stack.pop())
        if id(node) in seen:
            continue
        seen.add(id(node))
        match node:
            case Scalar():
                if not node.is_missing:
                    yield node
            case Mapping():
                stack.extend(pair.value for pair in reversed(node.pairs))
            case Sequence():
                stack.extend(reversed(node.items))
            case _:
                pass
