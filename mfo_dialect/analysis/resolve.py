"""What a reference leads to: known, known to be absent, or unknown (dialect section 6)."""

from __future__ import annotations

from enum import Enum

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.inputs import input_shape, is_only_triggered, taskflow_shape, trigger_shape
from mfo_dialect.analysis.outputs import output_shape
from mfo_dialect.analysis.scopes import FlowView, LevelView, NodeView
from mfo_dialect.model.workflow import Subflow, Trigger
from mfo_dialect.records import record
from mfo_dialect.shapes import TEXT, UNKNOWN, Kind, Shape, closed_map, step

_SYSTEM = closed_map({"JOB_ID": TEXT})


class Outcome(Enum):
    """What is known of a reference's target."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    UNKNOWN_ROOT = "unknown root"
    MISPLACED_ROOT = "root not here"
    ABSENT = "absent"


@record(guarded=False)
class Resolution:
    """What a path leads to.

    Attributes:
        outcome: what is known.
        shape: the target's shape; unknown where it is not known.
        node: the node whose output it is, inner nodes of subflows included; None for other roots.
        depth: how many segments (the root counts) name the node; 0 for other roots.
        failed_at: the index of the segment that is not there; -1 where none is known to fail.
        choices: the names that there are in its place.
        parent: the shape in which it was looked for.
    """

    outcome: Outcome
    shape: Shape = UNKNOWN
    node: NodeView | None = None
    depth: int = 0
    failed_at: int = -1
    choices: tuple[str, ...] = ()
    parent: Shape = UNKNOWN


@record(guarded=False)
class Scope:
    """Where a path is read: the level whose names it sees, or the trigger whose mapping holds it.

    Attributes:
        bundle: the documents.
        level: None in a trigger's mapping.
        trigger: None elsewhere.
    """

    bundle: Bundle
    level: LevelView | None = None
    trigger: Trigger | None = None

    @property
    def flow(self) -> FlowView | None:
        """The taskflow around it."""
        return self.level.flow if self.level is not None else None


def resolve(names: tuple[str, ...], scope: Scope) -> Resolution:
    """Follow a path from its root.

    Args:
        names: the segments' names, the root first; not empty.
        scope: where the path is read.
    """
    root = names[0]
    flow = scope.flow
    if flow is not None and root in flow.by_id:
        return _resolve_node(names, flow.by_id[root], scope)
    shape = _root_shape(root, scope)
    if shape is None:
        unreadable = flow is not None and flow.damaged
        outcome = Outcome.UNKNOWN if unreadable else Outcome.UNKNOWN_ROOT
        return Resolution(outcome, failed_at=0, choices=roots_in_scope(scope))
    if shape is _MISPLACED:
        return Resolution(Outcome.MISPLACED_ROOT, failed_at=0, choices=roots_in_scope(scope))
    return _follow(names, 1, shape, None, 0)


def roots_in_scope(scope: Scope) -> tuple[str, ...]:
    """The names that a path may start with here: nodes first, then the roots."""
    return scope.bundle.kept(scope.level, _roots_of_level) if scope.level is not None else ("TRIGGER",)


def _roots_of_level(level: LevelView, bundle: Bundle) -> tuple[str, ...]:
    scope = Scope(bundle, level)
    return (*level.flow.by_id, *_reserved_of(scope))


def reserved_roots_in_scope(scope: Scope) -> tuple[str, ...]:
    """The names besides those of nodes that a path may start with here."""
    return _reserved_of(scope) if scope.level is not None else ("TRIGGER",)


def _reserved_of(scope: Scope) -> tuple[str, ...]:
    return tuple(root for root in _ROOTS if _root_shape(root, scope) is not _MISPLACED)


_ROOTS = ("INPUT", "TRIGGER", "TASKFLOW", "SYSTEM", "SECRET", "ENV")
_MISPLACED = Shape(description="not here")


def _root_shape(root: str, scope: Scope) -> Shape | None:
    level, bundle = scope.level, scope.bundle
    if level is None:
        if root == "TRIGGER" and scope.trigger is not None:
            return trigger_shape((scope.trigger,), bundle)
        return _MISPLACED if root in _ROOTS else None
    match root:
        case "INPUT":
            return input_shape(level, bundle)
        case "TRIGGER":
            return trigger_shape(level.flow.triggers, bundle) if is_only_triggered(level.flow) else _MISPLACED
        case "TASKFLOW":
            return taskflow_shape(level.flow, bundle)
        case "SYSTEM":
            return _SYSTEM
        case "SECRET":
            return closed_map(dict.fromkeys(level.flow.workflow.secrets, TEXT))
        case "ENV":
            return closed_map(dict.fromkeys(level.flow.workflow.env, TEXT))
        case _:
            return None


def _resolve_node(names: tuple[str, ...], view: NodeView, scope: Scope) -> Resolution:
    depth = 1
    while isinstance(view.node, Subflow) and view.inner is not None and depth < len(names):
        inner = view.inner.by_id.get(names[depth])
        if inner is None:
            break
        view, depth = inner, depth + 1
    return _follow(names, depth, output_shape(view, scope.bundle), view, depth)


def _follow(names: tuple[str, ...], start: int, shape: Shape, node: NodeView | None, depth: int) -> Resolution:
    for index in range(start, len(names)):
        parent = shape
        found = step(parent, names[index])
        if found is None:
            return Resolution(Outcome.ABSENT, UNKNOWN, node, depth, index, tuple(parent.fields), parent)
        shape = found
    outcome = Outcome.UNKNOWN if shape.kind is Kind.ANY and not shape.description else Outcome.KNOWN
    return Resolution(outcome, shape, node, depth)
