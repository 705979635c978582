"""The tree of a template: what each action, pipeline and operand is, and where it stands.

Spans are relative to the template's source. A tree of broken text is whole too: what is missing is empty, never absent.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.records import record
from mfo_dialect.text import Span


@record
class Name:
    """A name in the source; empty where one is still to be typed."""

    span: Span
    text: str


@record
class Dot:
    """The cursor, ``.``."""

    span: Span


@record
class Nil:
    """The constant ``nil``."""

    span: Span


@record
class Constant:
    """A boolean, number or string; ``value`` is what it means, or None where Go's ``int`` cannot hold it."""

    span: Span
    value: bool | float | complex | str | None
    source: str


@record
class Field:
    """``.a.b``: fields of the cursor."""

    span: Span
    names: tuple[Name, ...]


@record
class Variable:
    """``$x`` and the fields that are read from it; ``$`` is the variable with that name."""

    span: Span
    name: Name
    names: tuple[Name, ...]


@record
class Function:
    """The name of a function, called with what follows it in its command."""

    span: Span
    name: str


@record
class Group:
    """A pipeline in parentheses, which ``span`` includes."""

    span: Span
    pipeline: Pipeline


@record
class Chain:
    """Fields of the value of an operand: ``(index .a 0).b``."""

    span: Span
    operand: Function | Group
    names: tuple[Name, ...]


Operand = Dot | Nil | Constant | Field | Variable | Function | Group | Chain


@record
class Command:
    """Operands in a row: a value, or a function and its arguments. Never empty."""

    span: Span
    operands: tuple[Operand, ...]


@record
class Pipeline:
    """Commands, each fed with the one before, and the variables that get the result.

    Attributes:
        span: From the first declaration or command to the end of the last.
        declarations: The variables, in order.
        assigns: Whether the variables exist already (``=``) rather than begin here (``:=``).
        commands: Empty only in broken text.
    """

    span: Span
    declarations: tuple[Name, ...]
    assigns: bool
    commands: tuple[Command, ...]


@record
class Text:
    """Text that is written as it stands, without what trim marks took away."""

    span: Span
    text: str


@record
class Comment:
    """A comment with its delimiters."""

    span: Span


@record
class Output:
    """An action that writes the value of its pipeline, or sets variables with it."""

    span: Span
    pipeline: Pipeline


@record
class Branch:
    """One ``if`` or ``else if``: ``span`` is that of its action."""

    span: Span
    pipeline: Pipeline
    body: Body


@record
class If:
    """A conditional, from its ``if`` to its ``end``."""

    span: Span
    branches: tuple[Branch, ...]
    otherwise: Body | None


@record
class With:
    """A block with another cursor; ``head`` is the span of its first action."""

    span: Span
    head: Span
    pipeline: Pipeline
    body: Body
    otherwise: Body | None


@record
class Range:
    """A loop; ``head`` is the span of its first action."""

    span: Span
    head: Span
    pipeline: Pipeline
    body: Body
    otherwise: Body | None


@record
class Break:
    """Leave the innermost loop."""

    span: Span


@record
class Continue:
    """Go on with the innermost loop's next element."""

    span: Span


@record
class Call:
    """``{{template "name" pipeline}}``; without a pipeline the template gets no data."""

    span: Span
    name: Name
    pipeline: Pipeline | None


@record
class Define:
    """``{{define "name"}}``: it writes nothing where it stands."""

    span: Span
    head: Span
    name: Name
    body: Body


@record
class Block:
    """``{{block "name" pipeline}}``: a definition that is called where it stands."""

    span: Span
    head: Span
    name: Name
    pipeline: Pipeline
    body: Body


Statement = Text | Comment | Output | If | With | Range | Break | Continue | Call | Define | Block


@record
class Body:
    """Statements in a row."""

    span: Span
    statements: tuple[Statement, ...]


Node = Statement | Body | Branch | Pipeline | Command | Operand | Name


def children(node: Node) -> tuple[Node, ...]:
    """What a node consists of, in the order of the source."""
    match node:
        case Body():
            return node.statements
        case Branch():
            return (node.pipeline, node.body)
        case If():
            return (*node.branches, *_optional(node.otherwise))
        case With() | Range():
            return (node.pipeline, node.body, *_optional(node.otherwise))
        case Call():
            return (node.name, *_optional(node.pipeline))
        case Define():
            return (node.name, node.body)
        case Block():
            return (node.name, node.pipeline, node.body)
        case _:
            return _parts(node)


def _parts(node: Node) -> tuple[Node, ...]:
    match node:
        case Output() | Group():
            return (node.pipeline,)
        case Pipeline():
            return (*node.declarations, *node.commands)
        case Command():
            return node.operands
        case Chain():
            return (node.operand, *node.names)
        case Variable():
            return (node.name, *node.names)
        case Field():
            return node.names
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything in it, outer before inner, in the order of the source."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(children(current)))


def path_at(root: Node, offset: int) -> tuple[Node, ...]:
    """The nodes whose spans an offset touches, from ``root`` inwards; of two that meet there, the left one."""
    path: list[Node] = []
    current: Node | None = root
    while current is not None:
        path.append(current)
        current = next((child for child in children(current) if child.span.contains(offset)), None)
    return tuple(path)


def _optional(node: Node | None) -> tuple[Node, ...]:
    return () if node is None else (node,)
