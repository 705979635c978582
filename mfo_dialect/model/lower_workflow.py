"""From a tree to a workflow."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mfo_dialect.model.access import entries_at, is_true, items_at, mapping_at, mappings_at, text_at, texts_at
from mfo_dialect.model.workflow import (
    Condition,
    FlowNode,
    Level,
    Subflow,
    Task,
    Taskflow,
    Trigger,
    Workflow,
    WorkflowShape,
)
from mfo_dialect.syntax import Mapping, Node, Scalar, Sequence

MAX_DEPTH = 16
"""How deep subflows are read: those nested deeper than that are no nodes."""

TASKS, CONDITIONS, SUBFLOWS = NODE_LISTS = ("tasks", "conditions", "subflows")
NO_NODES = Level((), damaged=False, hides_nodes=False)

_ID_KEY = re.compile(r"\bid[\"']?\s*:")
_WORKFLOW_KEYS = ("workflow_name", "taskflows", "triggers")


def lower_workflow(root: Mapping, document: str) -> Workflow:
    """Read a workflow document of either shape; a mixed one gives all that it holds."""
    flows = tuple(lower_taskflow(mapping, root, _level(mapping, 0)) for mapping in taskflow_maps(root))
    return lower_around(
        root, document, flows, tuple(lower_trigger(mapping) for mapping in mappings_at(root, "triggers"))
    )


def taskflow_maps(root: Mapping) -> list[Mapping]:
    """The maps of a document that are taskflows; of a flow file, the document's own."""
    maps = list(mappings_at(root, "taskflows"))
    if not is_workflow_file(root) or any(key in root for key in NODE_LISTS):
        maps.append(root)
    return maps


def lower_around(
    root: Mapping, document: str, taskflows: tuple[Taskflow, ...], triggers: tuple[Trigger, ...]
) -> Workflow:
    """Read what stands around the taskflows and triggers of a document."""
    shape = WorkflowShape.WORKFLOW if is_workflow_file(root) else WorkflowShape.FLOW
    configs = mapping_at(root, "global_configs")
    secrets = {key.text: key for key, _ in entries_at(configs, "secrets")} if configs is not None else {}
    env = {item.text: item for item in texts_at(configs, "env")} if configs is not None else {}
    return Workflow(document, root, shape, taskflows, triggers, secrets, env, dict(_schemas(root)))


def is_workflow_file(root: Mapping) -> bool:
    """Whether a document has the shape with many taskflows."""
    return any(key in root for key in _WORKFLOW_KEYS)


def _schemas(root: Mapping) -> Iterator[tuple[str, tuple[Scalar, Node]]]:
    for key, node in entries_at(root, "schemas"):
        yield key.text, (key, node)
    for item in mappings_at(root, "schemas"):
        name = text_at(item, "id", "name")
        if name is not None:
            yield name.text, (name, item)


def lower_taskflow(mapping: Mapping, root: Mapping, level: Level) -> Taskflow:
    """Read a taskflow's own keys.

    Args:
        mapping: the taskflow.
        root: the document's map; the same for a flow file.
        level: its nodes.
    """
    names = ("name", "workflow_name") if mapping is root else ("taskflow_id", "id")
    return Taskflow(
        mapping,
        text_at(mapping, *names),
        level,
        mapping_at(mapping, "config"),
        mapping.get("input_schema"),
        mapping_at(mapping, "outputs"),
    )


def _level(mapping: Mapping, depth: int) -> Level:
    nodes = [
        _subflow(item, depth + 1) if key == SUBFLOWS else lower_node(key, item)
        for key in NODE_LISTS
        if depth < MAX_DEPTH or key != SUBFLOWS
        for item in mappings_at(mapping, key)
    ]
    nodes.sort(key=_start)
    return Level(tuple(nodes), *level_marks(mapping))


def _start(node: FlowNode) -> int:
    mapping = node.mapping
    return mapping.origin.base + mapping.start


def level_marks(mapping: Mapping) -> tuple[bool, bool]:
    """Whether a part of the level of a taskflow or subflow could not be read, and whether that may hide whole nodes."""
    kinds = {kind for key in NODE_LISTS for kind in set(map(type, items_at(mapping, key)))}
    lists = [node for key in NODE_LISTS if (node := mapping.get(key)) is not None]
    lost = not kinds <= {Mapping, Scalar} or (Scalar in kinds and _has_empty_item(mapping))
    lost = lost or any(isinstance(node, Mapping) for node in lists)
    return mapping.damaged or lost, lost or _hides_nodes(mapping, lists)


def _has_empty_item(mapping: Mapping) -> bool:
    """Whether there is a dash with nothing behind it: a node that is about to be written, or was until now."""
    return any(isinstance(item, Scalar) and item.is_missing for key in NODE_LISTS for item in items_at(mapping, key))


def _hides_nodes(mapping: Mapping, lists: list[Node]) -> bool:
    """Whether what is unreadable in a level may be more than the inside of nodes that are known by their ids."""
    if not mapping.damaged:
        return False
    if not any(pair.value.damaged for pair in mapping.pairs):
        return True
    return any(_hides_items(node) for node in lists if node.damaged)


def _hides_items(node: Node) -> bool:
    """Whether a damaged list of nodes may hold others than are known."""
    damaged = [item for item in node.items if item.damaged] if isinstance(node, Sequence) else []
    return not damaged or any(_may_hide_another(item) for item in damaged)


def _may_hide_another(item: Node) -> bool:
    """Whether a damaged item may have swallowed others: it has no id, or more than one; a subflow looks after its own."""
    if not isinstance(item, Mapping) or text_at(item, "id") is None:
        return True
    return "tasks" not in item and len(_ID_KEY.findall(item.source)) > 1


def lower_node(key: str, mapping: Mapping, level: Level = NO_NODES) -> FlowNode:
    """Read one node.

    Args:
        key: the list that it stands in, one of ``NODE_LISTS``.
        mapping: the node.
        level: of a subflow, its nodes.
    """
    if key == TASKS:
        return _task(mapping)
    return _condition(mapping) if key == CONDITIONS else _lower_subflow(mapping, level)


def _task(mapping: Mapping) -> Task:
    config = mapping_at(mapping, "config")
    handling = mapping_at(mapping, "error_handling")
    if handling is None and config is not None:
        handling = mapping_at(config, "error_handling")
    return Task(
        mapping,
        text_at(mapping, "id"),
        text_at(mapping, "type"),
        config,
        texts_at(mapping, "dependencies"),
        texts_at(mapping, "successors"),
        handling,
    )


def _condition(mapping: Mapping) -> Condition:
    config = mapping_at(mapping, "config")
    return Condition(
        mapping,
        text_at(mapping, "id"),
        text_at(config, "expression") if config is not None else None,
        mapping_at(config, "vars") if config is not None else None,
        texts_at(mapping, "dependencies"),
        texts_at(mapping, "successors"),
    )


def _subflow(mapping: Mapping, depth: int) -> Subflow:
    return _lower_subflow(mapping, _level(mapping, depth))


def _lower_subflow(mapping: Mapping, level: Level) -> Subflow:
    return Subflow(
        mapping,
        text_at(mapping, "id"),
        texts_at(mapping, "dependencies"),
        texts_at(mapping, "successors"),
        mapping.get("input_schema"),
        mapping_at(mapping, "input_mapping"),
        level,
    )


def lower_trigger(mapping: Mapping) -> Trigger:
    """Read one trigger."""
    return Trigger(
        mapping,
        text_at(mapping, "id"),
        text_at(mapping, "type"),
        mapping_at(mapping, "config"),
        text_at(mapping, "target_taskflow"),
        mapping_at(mapping, "input_mapping"),
        is_true(mapping.get("enabled"), default=True),
    )
