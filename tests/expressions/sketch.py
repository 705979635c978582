"""A tree in one line of brackets, so that a table can say what a text is read as."""

from __future__ import annotations

from mfo_dialect.expressions import nodes
from mfo_dialect.expressions.nodes import Node


def sketch(node: Node) -> str:  # noqa: PLR0912 - one case for each kind of node
    match node:
        case nodes.NilLiteral():
            return "nil"
        case nodes.Literal():
            return repr(node.value)
        case nodes.Name():
            return node.name
        case nodes.Pointer():
            return f"#{node.name}"
        case nodes.Missing():
            return "_"
        case nodes.Unary():
            return f"({node.operator} {sketch(node.operand)})"
        case nodes.Binary():
            return f"({node.operator} {sketch(node.left)} {sketch(node.right)})"
        case nodes.Comparison():
            return f"({' '.join(node.operators)} {' '.join(map(sketch, node.operands))})"
        case nodes.Member():
            return f"({'?.' if node.optional else '.'} {sketch(node.target)} {sketch(node.key)})"
        case nodes.Chain():
            return f"(chain {sketch(node.body)})"
        case nodes.Slice():
            ends = [sketch(end) if end is not None else "" for end in (node.start, node.stop)]
            return f"(slice {sketch(node.target)} {':'.join(ends)})"
        case nodes.Call():
            return f"(call {' '.join(map(sketch, (node.callee, *node.arguments)))})"
        case nodes.Builtin():
            return f"({' '.join([node.name + '!', *map(sketch, node.arguments)])})"
        case nodes.Predicate():
            return f"{{{sketch(node.body)}}}"
        case nodes.Let():
            return f"(let {node.name} {sketch(node.value)} {sketch(node.body)})"
        case nodes.Sequence():
            return f"(; {' '.join(map(sketch, node.nodes))})"
        case nodes.Conditional():
            return f"(? {sketch(node.condition)} {sketch(node.then)} {sketch(node.otherwise)})"
        case nodes.ListLiteral():
            return f"[{' '.join(map(sketch, node.items))}]"
        case nodes.Pair():
            return f"{sketch(node.key)}:{sketch(node.value)}"
        case nodes.MapLiteral():
            return f"{{{' '.join(map(sketch, node.pairs))}}}"
        case nodes.Broken():
            return f"(broken {' '.join(map(sketch, node.parts))})"
