"""Which names, and which paths below them, an expression reads. It knows no types and no values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mfo_dialect.expressions.functions import FUNCTIONS
from mfo_dialect.expressions.nodes import (
    Binary,
    Builtin,
    Call,
    Chain,
    Let,
    Literal,
    Member,
    Missing,
    Name,
    Node,
    children,
)
from mfo_dialect.expressions.parser import Parsed
from mfo_dialect.text import Span

_ENVIRONMENT = "$env"
_GET_ARGUMENTS = 2


@dataclass(frozen=True, slots=True)
class Segment:
    """One step of a path: a key or a number, where it is written, and whether ``?.`` stands before it."""

    key: str | int
    span: Span
    optional: bool


@dataclass(frozen=True, slots=True)
class Read:
    """One reading of a name, with the path below it as far as it is written out.

    Attributes:
        root: the name.
        root_span: where the name is written; in ``$env["name"]``, the string.
        path: the keys and numbers below it.
        guarded: whether the reader can do with nil: ``?.`` in the path, ``??`` after it, or ``get``.
        span: all of it.
        tail: what may be read below the path is not written out (``a[i]``), so more than the path is read.
    """

    root: str
    root_span: Span
    path: tuple[Segment, ...]
    guarded: bool
    span: Span
    tail: bool = False


def reads(parsed: Parsed) -> tuple[Read, ...]:
    """Every reading of a name from outside the expression, in the order of the source."""
    return tuple(sorted(_reads(parsed.tree), key=lambda read: (read.span.start, read.span.end)))


def _reads(root: Node) -> Iterator[Read]:
    waiting: list[tuple[Node, frozenset[str], bool]] = [(root, frozenset(), False)]
    while waiting:
        node, variables, is_guarded = waiting.pop()
        if isinstance(node, (Name, Member)):
            read, others = _path(node, variables, is_guarded=is_guarded)
            if read is not None:
                yield read
            waiting += [(other, variables, False) for other in others]
            continue
        waiting += _below(node, variables, is_guarded=is_guarded)


def _below(node: Node, variables: frozenset[str], *, is_guarded: bool) -> list[tuple[Node, frozenset[str], bool]]:
    match node:
        case Let():
            return [(node.value, variables, False), (node.body, variables | {node.name}, is_guarded)]
        case Chain():
            return [(node.body, variables, is_guarded)]
        case Binary(operator="??"):
            return [(node.left, variables, True), (node.right, variables, is_guarded)]
        case Call(callee=Name()):
            return [(argument, variables, False) for argument in node.arguments]
        case Builtin(name="get", arguments=arguments) if len(arguments) == _GET_ARGUMENTS:
            return [(arguments[0], variables, True), (arguments[1], variables, False)]
        case _:
            return [(child, variables, False) for child in children(node)]


def _path(node: Name | Member, variables: frozenset[str], *, is_guarded: bool) -> tuple[Read | None, list[Node]]:
    """The reading that ends at ``node``, and the nodes in it that must be looked at on their own."""
    segments: list[Segment] = []
    others: list[Node] = []
    is_open = False
    current: Node = node
    while isinstance(current, (Member, Chain)):
        if isinstance(current, Chain):
            current = current.body
            continue
        key = _key(current.key)
        is_guarded = is_guarded or current.optional
        if key is None:
            segments.clear()
            is_open = not isinstance(current.key, Missing)
            others.append(current.key)
        else:
            segments.append(Segment(key, current.key.span, current.optional))
        current = current.target
    if not isinstance(current, Name):
        return None, [*others, current]
    return _read(current, node, segments[::-1], variables, is_guarded=is_guarded, is_open=is_open), others


def _read(
    name: Name, whole: Node, path: list[Segment], variables: frozenset[str], *, is_guarded: bool, is_open: bool
) -> Read | None:
    if name.name in variables:
        return None
    if name.name != _ENVIRONMENT:
        is_function = name.name in FUNCTIONS and not path and whole is name
        return None if is_function else Read(name.name, name.span, tuple(path), is_guarded, whole.span, is_open)
    if not path or not isinstance(path[0].key, str):
        return None
    return Read(path[0].key, path[0].span, tuple(path[1:]), is_guarded, whole.span, is_open)


def _key(node: Node) -> str | int | None:
    if isinstance(node, Literal) and type(node.value) in {str, int}:
        assert isinstance(node.value, (str, int))
        return node.value
    return None
