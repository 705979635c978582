"""Workflow documents: taskflows, their nodes, and triggers (dialect sections 2, 3 and 10)."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TypeAlias

from mfo_dialect.records import record
from mfo_dialect.syntax import Mapping, Node, Scalar


@record(eq=False)
class Task:
    """One task.

    Attributes:
        mapping: the task as written.
        id, type: None where they are missing or no text.
        config: None where there is none.
        dependencies, successors: the ids as written.
        error_handling: the map that counts: the task's own, else the one in its config.
    """

    mapping: Mapping
    id: Scalar | None
    type: Scalar | None
    config: Mapping | None
    dependencies: tuple[Scalar, ...]
    successors: tuple[Scalar, ...]
    error_handling: Mapping | None

    @property
    def type_name(self) -> str:
        """The type as written, or an empty text."""
        return self.type.text if self.type is not None else ""


@record(eq=False)
class Condition:
    """One condition; its ``successors`` are its branches, in order."""

    mapping: Mapping
    id: Scalar | None
    expression: Scalar | None
    vars: Mapping | None
    dependencies: tuple[Scalar, ...]
    successors: tuple[Scalar, ...]


@record(eq=False)
class Subflow:
    """A group of nodes that counts as one node."""

    mapping: Mapping
    id: Scalar | None
    dependencies: tuple[Scalar, ...]
    successors: tuple[Scalar, ...]
    input_schema: Node | None
    input_mapping: Mapping | None
    level: Level


FlowNode: TypeAlias = Task | Condition | Subflow


@record(eq=False)
class Level:
    """The nodes of one taskflow or one subflow, in document order.

    Attributes:
        nodes: those that are maps; their ids may be missing.
        damaged: part of the text could not be read, so there may be more nodes and edges than these.
        hides_nodes: the part that could not be read may hold whole nodes; damage inside a node with an id does not.
    """

    nodes: tuple[FlowNode, ...]
    damaged: bool
    hides_nodes: bool

    @property
    def count(self) -> int:
        """The number of its nodes."""
        return len(self.nodes)


@record(eq=False)
class Taskflow:
    """One taskflow; of a flow file, the whole document."""

    mapping: Mapping
    id: Scalar | None
    level: Level
    config: Mapping | None
    input_schema: Node | None
    outputs: Mapping | None

    @property
    def name(self) -> str:
        """The id, or an empty text."""
        return self.id.text if self.id is not None else ""


@record(eq=False)
class Trigger:
    """What starts a taskflow."""

    mapping: Mapping
    id: Scalar | None
    type: Scalar | None
    config: Mapping | None
    target: Scalar | None
    input_mapping: Mapping | None
    enabled: bool


class WorkflowShape(Enum):
    """The two shapes of workflow documents."""

    FLOW = "flow file"
    WORKFLOW = "workflow file"


@record(eq=False)
class Workflow:
    """A workflow document of either shape.

    Attributes:
        document: the key by which the bundle knows the text.
        root: the document's map.
        secrets, env: what ``global_configs`` declares: name to the node that declares it.
        schemas: the JSON Schemas of ``schemas`` by name.
    """

    document: str
    root: Mapping
    shape: WorkflowShape
    taskflows: tuple[Taskflow, ...]
    triggers: tuple[Trigger, ...]
    secrets: dict[str, Scalar] = field(default_factory=dict[str, Scalar])
    env: dict[str, Scalar] = field(default_factory=dict[str, Scalar])
    schemas: dict[str, tuple[Scalar, Node]] = field(default_factory=dict[str, tuple[Scalar, Node]])
