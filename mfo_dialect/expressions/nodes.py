"""The tree of an expression: frozen nodes that know where they stand. It knows no types and no values of names.

``span`` is all that a node covers. ``place`` is the word or sign that a problem with the node points at: the operator
of an operation, the name of a call, the key of an access.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mfo_dialect.text import Span


@dataclass(frozen=True, slots=True)
class NilLiteral:
    """``nil``."""

    span: Span

    @property
    def place(self) -> Span:
        """Where problems point: the whole node."""
        return self.span


@dataclass(frozen=True, slots=True)
class Literal:
    """A boolean, number, string or bytes, written out."""

    span: Span
    value: bool | int | float | str | bytes

    @property
    def place(self) -> Span:
        """Where problems point: the whole node."""
        return self.span


@dataclass(frozen=True, slots=True)
class Name:
    """A name: a variable, an input, a node of the flow, ``$env``."""

    span: Span
    name: str

    @property
    def place(self) -> Span:
        """Where problems point: the whole node."""
        return self.span


@dataclass(frozen=True, slots=True)
class Pointer:
    """``#``, ``#index`` or ``#acc`` in a predicate; the ``#`` left out before ``.field`` has an empty span."""

    span: Span
    name: str
    place: Span


@dataclass(frozen=True, slots=True)
class Unary:
    """``-x``, ``+x``, ``!x``, ``not x``; also the ``not`` of ``x not in xs``."""

    span: Span
    operator: str
    operand: Node
    place: Span


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and the operator between them."""

    span: Span
    operator: str
    left: Node
    right: Node
    place: Span


@dataclass(frozen=True, slots=True)
class Comparison:
    """A chain such as ``1 < x <= 5``: each neighbouring pair must hold, each operand is evaluated once."""

    span: Span
    operands: tuple[Node, ...]
    operators: tuple[str, ...]
    places: tuple[Span, ...]

    @property
    def place(self) -> Span:
        """Where problems point: the last operator."""
        return self.places[-1]


@dataclass(frozen=True, slots=True)
class Member:
    """``target.key``, ``target?.key``, ``target[key]``, ``target?.[key]``."""

    span: Span
    target: Node
    key: Node
    optional: bool
    place: Span


@dataclass(frozen=True, slots=True)
class Chain:
    """An access with ``?.`` somewhere in it: nil as a whole where a target before ``?.`` is nil."""

    span: Span
    body: Node
    place: Span


@dataclass(frozen=True, slots=True)
class Slice:
    """``target[start:stop]``; either end may be left out."""

    span: Span
    target: Node
    start: Node | None
    stop: Node | None
    place: Span


@dataclass(frozen=True, slots=True)
class Call:
    """A call of something that is no builtin function: a method, or an unknown name."""

    span: Span
    callee: Node
    arguments: tuple[Node, ...]
    place: Span


@dataclass(frozen=True, slots=True)
class Builtin:
    """A call of a builtin function, piped or not; ``qualified`` when written ``::name(...)``."""

    span: Span
    name: str
    arguments: tuple[Node, ...]
    place: Span
    qualified: bool = False
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Predicate:
    """What is done with each item, with or without braces."""

    span: Span
    body: Node
    place: Span


@dataclass(frozen=True, slots=True)
class Let:
    """``let name = value; body``."""

    span: Span
    name: str
    value: Node
    body: Node
    place: Span


@dataclass(frozen=True, slots=True)
class Sequence:
    """``a; b; c``: the value of the last."""

    span: Span
    nodes: tuple[Node, ...]

    @property
    def place(self) -> Span:
        """Where problems point: the first node's place."""
        return self.nodes[0].place


@dataclass(frozen=True, slots=True)
class Conditional:
    """``c ? a : b``, ``if c { a } else { b }``; of ``c ?: b`` condition and ``then`` are one node."""

    span: Span
    condition: Node
    then: Node
    otherwise: Node

    @property
    def place(self) -> Span:
        """Where problems point: the whole node."""
        return self.span


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """``[a, b]``."""

    span: Span
    items: tuple[Node, ...]
    place: Span


@dataclass(frozen=True, slots=True)
class Pair:
    """``key: value`` in a map."""

    span: Span
    key: Node
    value: Node
    place: Span


@dataclass(frozen=True, slots=True)
class MapLiteral:
    """``{a: 1, "b": 2, (c): 3}``."""

    span: Span
    pairs: tuple[Pair, ...]
    place: Span


@dataclass(frozen=True, slots=True)
class Missing:
    """Where an operand or a name should stand and does not; its span is empty."""

    span: Span

    @property
    def place(self) -> Span:
        """Where problems point: the empty place."""
        return self.span


@dataclass(frozen=True, slots=True)
class Broken:
    """Pieces that do not belong together: what was read before and after an unexpected token."""

    span: Span
    parts: tuple[Node, ...]

    @property
    def place(self) -> Span:
        """Where problems point: the whole node."""
        return self.span


Node = (
    NilLiteral
    | Literal
    | Name
    | Pointer
    | Unary
    | Binary
    | Comparison
    | Member
    | Chain
    | Slice
    | Call
    | Builtin
    | Predicate
    | Let
    | Sequence
    | Conditional
    | ListLiteral
    | Pair
    | MapLiteral
    | Missing
    | Broken
)


_CHILD_FIELDS: dict[type, tuple[str, ...]] = {
    Unary: ("operand",),
    Binary: ("left", "right"),
    Comparison: ("operands",),
    Member: ("target", "key"),
    Chain: ("body",),
    Slice: ("target", "start", "stop"),
    Call: ("callee", "arguments"),
    Builtin: ("arguments",),
    Predicate: ("body",),
    Let: ("value", "body"),
    Sequence: ("nodes",),
    Conditional: ("condition", "then", "otherwise"),
    ListLiteral: ("items",),
    Pair: ("key", "value"),
    MapLiteral: ("pairs",),
    Broken: ("parts",),
}


def child_fields(kind: type) -> tuple[str, ...]:
    """The fields of a kind of node that hold nodes below, in the order of the source."""
    return _CHILD_FIELDS.get(kind, ())


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below, in the order of the source; a node that plays two parts is given once."""
    found: list[Node] = []
    for field in _CHILD_FIELDS.get(type(node), ()):
        below: Node | tuple[Node, ...] | None = getattr(node, field)
        if isinstance(below, tuple):
            found += below
        elif below is not None and not (found and below is found[-1]):
            found.append(below)
    return tuple(found)


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, each before its children, without recursion."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting += reversed(children(current))


def path_to(root: Node, offset: int) -> tuple[Node, ...]:
    """The nodes that a cursor at ``offset`` touches, the root first, the innermost last; empty outside the root."""
    path: list[Node] = []
    current: Node | None = root if root.span.contains(offset) else None
    while current is not None:
        path.append(current)
        touching = [child for child in children(current) if child.span.contains(offset)]
        current = touching[-1] if touching else None
    return tuple(path)
