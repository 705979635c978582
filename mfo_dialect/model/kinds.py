"""Which kind of MFO document a text is, or why it is none (dialect section 1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from mfo_dialect.syntax import Mapping, Node, Scalar, Sequence, follow


class DocumentKind(Enum):
    """What a document is for."""

    WORKFLOW = "workflow"
    PROMPTS = "prompts"
    AGENTS = "agents"
    CONFIG = "client config"


@dataclass(frozen=True, slots=True)
class Classification:
    """What a document was taken for, and why; ``kind`` is None for a file that is not ours."""

    kind: DocumentKind | None
    reason: str


_NAMES = (
    (re.compile(r"(.*prompts.*)\.ya?ml", re.IGNORECASE), DocumentKind.PROMPTS),
    (re.compile(r"agents(_definition)?\.ya?ml", re.IGNORECASE), DocumentKind.AGENTS),
    (re.compile(r"mfo_client\.ya?ml", re.IGNORECASE), DocumentKind.CONFIG),
    (re.compile(r"(.*workflow.*|.*\.mfo)\.ya?ml", re.IGNORECASE), DocumentKind.WORKFLOW),
)
_NEUTRAL_KEYS = frozenset(
    {
        "name",
        "description",
        "version",
        "config",
        "input_schema",
        "tasks",
        "taskflows",
        "triggers",
        "templates",
        "agents",
        "conditions",
        "subflows",
    }
)
_AGENT_KEYS = ("objectives", "prompt_template_id", "guide", "interaction")
_TASK_KEYS = ("id", "type")


def classify(root: Node | None, file_name: str, previous: DocumentKind | None = None) -> Classification:
    """Take a document for a kind by its content, else by what it was, else by its name.

    Args:
        root: the document's root node, None where nothing could be read.
        file_name: the last part of its path.
        previous: the kind that it had before the last edit.
    """
    if isinstance(root, Mapping):
        found = _by_content(root)
        if found is not None:
            return found
        strange = next(
            (pair.name for pair in root.pairs if pair.name not in _NEUTRAL_KEYS and not _half_typed(pair.value)), None
        )
        if strange is not None and not root.damaged:
            return Classification(
                None,
                f'not an MFO document: nothing at the top level is MFO\'s own, and "{strange}" belongs to another tool',
            )
    elif isinstance(root, Sequence):
        return Classification(None, "not an MFO document: the top level is a list")
    if previous is not None:
        return Classification(previous, f"keeps its kind, {previous.value}, while it is being typed")
    for pattern, kind in _NAMES:
        if pattern.fullmatch(file_name):
            return Classification(kind, f"taken for {_a(kind)} document by its name")
    return Classification(None, "not an MFO document: neither its content nor its name says so")


def _a(kind: DocumentKind) -> str:
    return f"an {kind.value}" if kind is DocumentKind.AGENTS else f"a {kind.value}"


def _half_typed(value: Node) -> bool:
    return isinstance(value, Scalar) and value.is_missing


def _by_content(root: Mapping) -> Classification | None:
    for key in ("taskflows", "workflow_name"):
        if key in root:
            return Classification(DocumentKind.WORKFLOW, f'a workflow document: it has a top-level "{key}"')
    if any(_has_one_of(item, _TASK_KEYS) for item in _items(root.get("tasks"))):
        return Classification(DocumentKind.WORKFLOW, 'a workflow document: its "tasks" have an id or a type')
    if any(_has_one_of(item, ("target_taskflow",)) for item in _items(root.get("triggers"))):
        return Classification(DocumentKind.WORKFLOW, 'a workflow document: its "triggers" have a target_taskflow')
    templates = root.get("templates")
    if isinstance(templates, Mapping) and _are_templates(templates):
        return Classification(DocumentKind.PROMPTS, 'a prompts document: it has a top-level "templates" map')
    if any(_has_one_of(item, _AGENT_KEYS) for item in _items(root.get("agents"))):
        return Classification(DocumentKind.AGENTS, 'an agents document: its "agents" are described as MFO agents')
    return _config_by_content(root)


def _config_by_content(root: Mapping) -> Classification | None:
    client = root.get("client")
    if isinstance(client, Mapping) and "base_url" in client:
        return Classification(DocumentKind.CONFIG, 'a client config: its "client" has a base_url')
    taskflow = root.get("taskflow")
    if isinstance(taskflow, Mapping) and ("concurrency" in taskflow or "timeout" in taskflow):
        return Classification(DocumentKind.CONFIG, 'a client config: its "taskflow" sets concurrency or timeout')
    return None


def _are_templates(templates: Mapping) -> bool:
    values = [follow(pair.value) for pair in templates.pairs]
    return not values or any(isinstance(value, Mapping) or _half_typed(value) for value in values)


def _items(node: Node | None) -> list[Node]:
    if isinstance(node, Sequence):
        return list(node)
    if isinstance(node, Mapping):
        return [follow(pair.value) for pair in node.pairs]
    return []


def _has_one_of(node: Node, keys: tuple[str, ...]) -> bool:
    return isinstance(node, Mapping) and any(key in node for key in keys)


_OWN_KEY = re.compile(
    r"^[\"']?(tasks|taskflows?|workflow_name|triggers|templates|agents|client)[\"']?\s*:|^---|^\{", re.MULTILINE
)


def may_be_ours(text: str, file_name: str) -> bool:
    """A quick look, before anything is parsed: False only for a text that ``classify`` would not take for ours."""
    return any(pattern.fullmatch(file_name) for pattern, _ in _NAMES) or _OWN_KEY.search(text) is not None
