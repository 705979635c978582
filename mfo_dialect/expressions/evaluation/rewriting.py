"""What the reference does to a tree before it runs it, where that shows in results: constants folded, loops fused.

``true and x`` is ``x``, a remainder by a constant zero is refused before evaluation, ``filter(xs, p)[0]`` stops at the
first item that fits. The nodes made here are known to the evaluation only.
"""

# Values are of any type here; what they are is looked at one by one.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false, reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from mfo_dialect.expressions import nodes
from mfo_dialect.expressions.nodes import Binary, Builtin, ListLiteral, Literal, Member, Node, Unary
from mfo_dialect.expressions.problems import ExpressionError, Problem, ProblemKind
from mfo_dialect.expressions.types import UNKNOWN, Type, TypeKind
from mfo_dialect.expressions.values.arithmetic import add, divide, multiply, negate, power, remainder, subtract
from mfo_dialect.expressions.values.budget import Budget
from mfo_dialect.text import Span


@dataclass(frozen=True, slots=True)
class ConstantList:
    """A list whose items are all written out."""

    span: Span
    value: list[Any]
    place: Span


@dataclass(frozen=True, slots=True)
class ConstantSet:
    """The right side of ``in`` where it is a list of texts, or of integers, written out."""

    span: Span
    values: frozenset[Any]
    is_text: bool
    place: Span


@dataclass(frozen=True, slots=True)
class InRange:
    """``x in 1..5`` without making the range."""

    span: Span
    value: Node
    low: int
    high: int
    place: Span


@dataclass(frozen=True, slots=True)
class FusedLoop:
    """A loop that does the work of what stood around it.

    Attributes:
        name: the function that loops.
        collection: what it passes over.
        predicate: what it evaluates for each item.
        options: what the implementation is told besides.
    """

    span: Span
    name: str
    collection: Node
    predicate: Node
    options: dict[str, Any]
    place: Span


_OWN_FIELDS: dict[type, tuple[str, ...]] = {FusedLoop: ("collection", "predicate"), InRange: ("value",)}


def size(root: Any) -> int:
    """How many nodes a rewritten tree has: the steps that evaluating it once may take."""
    waiting: list[Any] = [root]
    count = 0
    while waiting:
        node = waiting.pop()
        count += 1
        own = _OWN_FIELDS.get(type(node))
        waiting += [getattr(node, name) for name in own] if own else nodes.children(node)
    return count


Types = dict[int, Type]
_INT_KINDS = frozenset({TypeKind.INTEGER, TypeKind.MONTH, TypeKind.WEEKDAY})
_NUMBERS = frozenset({int, float})


def rewrite(node: Any, types: Types) -> Any:
    """The tree to run; ``types`` learns the types of new nodes.

    Raises:
        ExpressionError: a remainder by a constant zero.
    """
    if isinstance(node, Binary):
        return _rewrite_row(node, types)
    rebuilt = _with_children(node, types)
    change = _CHANGES.get(type(rebuilt))
    return _typed(change(rebuilt, types) if change else rebuilt, node, types)


def _typed(new: Any, old: Any, types: Types) -> Any:
    if new is not old and id(new) not in types:
        types[id(new)] = types.get(id(old), UNKNOWN)
    return new


def _rewrite_row(node: Binary, types: Types) -> Any:
    row = [node]
    while isinstance(row[-1].left, Binary):
        row.append(row[-1].left)
    left = rewrite(row[-1].left, types)
    for operation in reversed(row):
        right = _members(operation, types) or rewrite(operation.right, types)
        unchanged = left is operation.left and right is operation.right
        rebuilt = operation if unchanged else replace(operation, left=left, right=right)
        types[id(rebuilt)] = types.get(id(operation), UNKNOWN)
        left = _binary(rebuilt, types)
        if left is not rebuilt and not isinstance(left, (Binary, Builtin)) and id(left) not in types:
            types[id(left)] = types[id(rebuilt)]
    return left


def _with_children(node: Any, types: Types) -> Any:
    fields: dict[str, Any] = {}
    is_elvis = isinstance(node, nodes.Conditional) and node.then is node.condition
    for name in nodes.child_fields(type(node)):
        below = getattr(node, name)
        if is_elvis and name == "then":
            continue
        if isinstance(below, tuple):
            new = tuple(rewrite(one, types) for one in below)
            is_same = all(one is other for one, other in zip(new, below, strict=True))
        else:
            new = None if below is None else rewrite(below, types)
            is_same = new is below
        if not is_same:
            fields[name] = new
    if not fields:
        return node
    if is_elvis:
        fields["then"] = fields.get("condition", node.condition)
    rebuilt = replace(node, **fields)
    types[id(rebuilt)] = types.get(id(node), UNKNOWN)
    return rebuilt


def _constant(node: Node, kinds: frozenset[type]) -> bool:
    return isinstance(node, Literal) and type(node.value) in kinds


_TEXTS, _INTEGERS, _PLAIN = frozenset({str}), frozenset({int}), frozenset({int, float, str, bool})


def _members(node: Binary, types: Types) -> ConstantSet | None:
    right = node.right
    if node.operator != "in" or not isinstance(right, ListLiteral) or not right.items:
        return None
    is_integer = types.get(id(node.left), UNKNOWN).kind in _INT_KINDS
    for kinds, is_text in ((_INTEGERS, False), (_TEXTS, True)):
        if (is_text or is_integer) and all(_constant(item, kinds) for item in right.items):
            values = frozenset(item.value for item in right.items if isinstance(item, Literal))
            return ConstantSet(right.span, values, is_text, right.place)
    return None


def _unary(node: Unary, _: Types) -> Any:
    if not isinstance(node.operand, Literal):
        return node
    value = node.operand.value
    if node.operator in {"not", "!"}:
        return Literal(node.span, not value) if isinstance(value, bool) else node
    if type(value) not in _NUMBERS:
        return node
    return Literal(node.span, negate(value) if node.operator == "-" else value)


def _list(node: ListLiteral, _: Types) -> Any:
    if node.items and all(_constant(item, _PLAIN) for item in node.items):
        return ConstantList(node.span, [item.value for item in node.items if isinstance(item, Literal)], node.place)
    return node


_FOLDS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda left, right: add(left, right, Budget()),
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
    "^": power,
}


def _binary(node: Binary, types: Types) -> Any:
    left = node.left.value if isinstance(node.left, Literal) else None
    right = node.right.value if isinstance(node.right, Literal) else None
    match node.operator:
        case "and" | "&&":
            return _logical(node, left, right, decides=False)
        case "or" | "||":
            return _logical(node, left, right, decides=True)
        case "in":
            return _in_range(node, types)
        case "%" if type(left) is int and type(right) is int:
            if right == 0:
                raise ExpressionError("compile", (Problem("division by zero", node.place, ProblemKind.TYPE),))
            return Literal(node.span, remainder(left, right))
        case "==" if type(left) is type(right) and type(left) in {int, str, bool}:
            return Literal(node.span, left == right)
        case "+" if type(left) is str and type(right) is str:
            return Literal(node.span, left + right)
        case "+" | "-" | "*" | "/" | "**" | "^" if type(left) in _NUMBERS and type(right) in _NUMBERS:
            return Literal(node.span, _FOLDS[node.operator](left, right))
        case ">" | ">=" | "<" | "<=":
            return _counted(node, right)
        case _:
            return node


def _logical(node: Binary, left: Any, right: Any, *, decides: bool) -> Any:
    if left is (not decides):
        return node.right
    if right is (not decides):
        return node.left
    if left is decides or right is decides:
        return Literal(node.span, decides)
    return node


def _in_range(node: Binary, types: Types) -> Any:
    bounds = node.right
    if (
        types.get(id(node.left), UNKNOWN).kind not in _INT_KINDS
        or not isinstance(bounds, Binary)
        or bounds.operator != ".."
    ):
        return node
    low, high = bounds.left, bounds.right
    if isinstance(low, Literal) and isinstance(high, Literal) and type(low.value) is int and type(high.value) is int:
        return InRange(node.span, node.left, low.value, high.value, node.place)
    return node


_COUNTED = 2


def _counted(node: Binary, limit: Any) -> Any:
    count = node.left
    if (
        not isinstance(count, Builtin)
        or count.name != "count"
        or len(count.arguments) != _COUNTED
        or type(limit) is not int
    ):
        return node
    collection, predicate = count.arguments
    enough = limit + (node.operator in {">", "<="})
    if enough == 1 and node.operator in {">", ">="}:
        return FusedLoop(node.span, "any", collection, predicate, {}, node.place)
    if limit < 0 or enough <= 1:
        return node
    fused: Any = FusedLoop(count.span, "count", collection, predicate, {"enough": enough}, count.place)
    return replace(node, left=fused)


def _filtered(node: Any) -> tuple[Node, Node] | None:
    if isinstance(node, Builtin) and node.name == "filter" and len(node.arguments) == _COUNTED:
        return node.arguments[0], node.arguments[1]
    return None


_AFTER_FILTER = {"len": "count", "first": "find", "last": "findLast"}


def _builtin(node: Builtin, _: Types) -> Any:
    if len(node.arguments) != 1:
        return node
    [argument] = node.arguments
    filtered = _filtered(argument)
    if filtered and node.name in _AFTER_FILTER:
        return FusedLoop(node.span, _AFTER_FILTER[node.name], *filtered, {}, node.place)
    if (
        node.name == "sum"
        and isinstance(argument, Builtin)
        and argument.name == "map"
        and len(argument.arguments) == _COUNTED
    ):
        return FusedLoop(node.span, "sum", *argument.arguments, {}, node.place)
    if node.name == "sum" and isinstance(argument, ListLiteral) and len(argument.items) > 1:
        total = argument.items[-1]
        for item in reversed(argument.items[:-1]):
            total = Binary(node.span, "+", item, total, node.place)
        return total
    return node


def _member(node: Member, _: Types) -> Any:
    filtered = _filtered(node.target)
    index = node.key.value if isinstance(node.key, Literal) else None
    if filtered is None or node.optional or type(index) is not int or index not in {0, -1}:
        return node
    return FusedLoop(node.span, "find" if index == 0 else "findLast", *filtered, {"must": True}, node.place)


_CHANGES: dict[type, Callable[[Any, Types], Any]] = {
    Unary: _unary,
    ListLiteral: _list,
    Builtin: _builtin,
    Member: _member,
}
