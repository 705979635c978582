"""What a picture says of a node, and how much room that takes; fonts are estimated, since nothing here can measure them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from mfo_dialect.analysis.graph import NodeKind
from mfo_dialect.findings import Severity
from mfo_lsp.features.flow_graph.values import EdgeKind, FlowGraph, GraphEdge, GraphNode, Problem

_REPLACEMENT = "\ufffd"
_ELLIPSIS = "\u2026"
_MONOSPACE = 0.61
_WIDE = 1.05
_MAX_EXPRESSION = 300


def clean(text: str) -> str:
    """One line that is safe in every format: white space becomes a space, what cannot be seen becomes U+FFFD."""
    if text.isascii() and text.isprintable():
        return text.strip()
    spaced = " ".join(text.split())
    return "".join(_REPLACEMENT if unicodedata.category(character)[0] == "C" else character for character in spaced)


def shorten(text: str, length: int) -> str:
    """At most ``length`` characters, the last an ellipsis where some are left out."""
    return text if len(text) <= length else text[: length - 1].rstrip() + _ELLIPSIS


def text_width(text: str, size: float) -> float:
    """About how wide a text is in a monospace font of ``size``, in the unit of ``size``."""
    if text.isascii():
        return len(text) * _MONOSPACE * size
    wide = sum(unicodedata.east_asian_width(character) in "WFA" for character in text)
    return ((len(text) - wide) * _MONOSPACE + wide * _WIDE) * size


def node_id(node: GraphNode) -> str:
    """The id as it is shown; the kind in brackets where there is none."""
    return clean(node.id) or f"({node.kind.value})"


def node_title(node: GraphNode) -> str:
    """Everything that there is to say of a node, one line each: for screen readers and pointers."""
    lines = [f"{node.kind.value} {node_id(node)}"]
    if node.kind is NodeKind.TASK and node.type:
        lines.append(f"type {clean(node.type)}")
    if node.name:
        lines.append(clean(node.name))
    if node.expression:
        lines.append(shorten(clean(node.expression), _MAX_EXPRESSION))
    lines.append(clean(str(node.location)))
    lines += [problem_line(problem) for problem in node.problems]
    return "\n".join(lines)


def edge_title(edge: GraphEdge, source: GraphNode, target: GraphNode) -> str:
    """What an edge says."""
    ends = f"{node_id(source)} to {node_id(target)}"
    match edge.kind:
        case EdgeKind.DEPENDENCY:
            return ends
        case EdgeKind.BRANCH:
            return f"{ends}: branch {edge.label}"
        case EdgeKind.LOOP:
            return f"{ends}: loop, branch {edge.label}"
        case EdgeKind.CYCLE:
            return f"{ends}: closes a cycle that no condition can leave"


def flow_title(graph: FlowGraph) -> str:
    """The taskflow as it is shown."""
    return clean(graph.id) or clean(graph.name) or "(taskflow)"


def summary(graph: FlowGraph) -> str:
    """How many nodes of each kind there are, and how many problems."""
    kinds = [node.kind for node in graph.nodes.values()]
    counts = [counted(kinds.count(kind), kind.value) for kind in NodeKind if kind in kinds]
    problems = shown(graph.problems)
    return ", ".join([*(counts or ["no nodes"]), *([counted(len(problems), "problem")] if problems else [])])


def counted(count: int, word: str) -> str:
    """``1 task``, ``2 tasks``."""
    return f"{count} {word}{'' if count == 1 else 's'}"


def problem_line(problem: Problem) -> str:
    """A problem in one line."""
    return f"{problem.severity.word} {clean(problem.code)}: {clean(problem.message)}"


def shown(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems that a badge counts: all but hints."""
    return tuple(problem for problem in problems if problem.severity is not Severity.HINT)


def worst(problems: Iterable[Problem]) -> Severity | None:
    """The weightiest severity that a badge shows; None where there is nothing to show."""
    return min((problem.severity for problem in shown(problems)), default=None)
