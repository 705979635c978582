"""The graph of a taskflow as plain values, ready to be drawn or written; it knows no document and no picture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mfo_dialect.analysis.graph import NodeKind
from mfo_dialect.findings import Severity


class EdgeKind(Enum):
    """What an edge stands for."""

    DEPENDENCY = "dependency"
    BRANCH = "branch"
    LOOP = "loop"
    CYCLE = "cycle"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place as people read it: a file's name, and line and column from 1, the column in code points."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """``file:line``, which editors and terminals open."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding, and the node that it is about.

    Attributes:
        code, name, severity, message: as the checker gives them.
        location: where it starts.
        node: the key of the innermost node around it; None where it is about no node.
    """

    code: str
    name: str
    severity: Severity
    message: str
    location: Location
    node: str | None


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A task, a condition or a subflow.

    Attributes:
        key: ``n1``, ``n2`` ... in document order, subflows before what is in them; unique, which ids need not be.
        path: its id, behind those of the subflows around it, with ``/`` between them, as runs name it.
        id: its id as written; empty where it has none.
        kind: task, condition or subflow.
        type: of a task its type, of a condition ``expr``, of a subflow ``subflow``; empty where it is missing.
        name: its name for people, or an empty text.
        expression: of a condition, what it decides by.
        location: where its id stands, or where it starts.
        group: the key of the subflow that it stands in; None in the taskflow's own level.
        problems: what was found in it; what was found in the nodes of a subflow is theirs alone, unless it is folded.
        folded: how many nodes a folded subflow hides.
    """

    key: str
    path: str
    id: str
    kind: NodeKind
    type: str
    name: str
    expression: str
    location: Location
    group: str | None
    problems: tuple[Problem, ...] = ()
    folded: int = 0


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """One node waits for another, or a condition leads to it.

    Attributes:
        source, target: keys of nodes of one level.
        kind: a branch that sends a loop round again is a ``LOOP``; a ``CYCLE`` closes a cycle that nothing can leave.
        branches: the numbers of the branches that it is; empty where it is none.
        label: those numbers as people read them, with ``true`` and ``false`` where that is what they stand for.
    """

    source: str
    target: str
    kind: EdgeKind
    branches: tuple[int, ...] = ()
    label: str = ""

    @property
    def leads_back(self) -> bool:
        """Whether it leads to a node that comes before its source."""
        return self.kind in {EdgeKind.LOOP, EdgeKind.CYCLE}


@dataclass(frozen=True, slots=True)
class GraphLoop:
    """A part of a level that conditions can send round again; all are keys of nodes."""

    head: str
    body: tuple[str, ...]
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GraphGroup:
    """A level: the taskflow's own, or the inside of a subflow.

    Attributes:
        node: the key of the subflow; None for the taskflow's own level.
        members: the keys of its nodes in document order.
        edges: the edges between them.
        loops: outer loops before those inside them.
    """

    node: str | None
    members: tuple[str, ...]
    edges: tuple[GraphEdge, ...]
    loops: tuple[GraphLoop, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowGraph:
    """A taskflow as a graph.

    Attributes:
        id: the taskflow's id; empty where it has none.
        name: its name for people, or an empty text.
        location: where the taskflow's id stands, or where it starts.
        nodes: by their keys, in the order of those.
        groups: the taskflow's own level first, outer ones before those inside them.
        problems: what was found in the taskflow and its nodes, and in its document outside of all taskflows.
    """

    id: str
    name: str
    location: Location
    nodes: dict[str, GraphNode]
    groups: tuple[GraphGroup, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def edges(self) -> tuple[GraphEdge, ...]:
        """All edges of all levels."""
        return tuple(edge for group in self.groups for edge in group.edges)
