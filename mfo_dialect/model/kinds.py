"""Which kind of MFO document a text is, or why it is none (dialect section 1)."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from enum import Enum
from functools import lru_cache

from mfo_dialect.catalogue.agents_keys import AGENT, AGENTS_FILE
from mfo_dialect.catalogue.prompts_keys import PROMPTS_FILE
from mfo_dialect.catalogue.workflow_keys import TASK
from mfo_dialect.file_names import is_markdown
from mfo_dialect.records import record
from mfo_dialect.suggestions import nearest
from mfo_dialect.syntax import Mapping, Node, Scalar, Sequence, follow


class DocumentKind(Enum):
    """What a document is for."""

    WORKFLOW = "workflow"
    PROMPTS = "prompts"
    AGENTS = "agents"
    CONFIG = "client config"


@record
class Classification:
    """What a document was taken for, and why; ``kind`` is None for a file that is not ours."""

    kind: DocumentKind | None
    reason: str


_PROMPT = Classification(DocumentKind.PROMPTS, "a prompt template: a Markdown file with front matter")
_NO_PROMPT = Classification(
    None, "not an MFO document: a Markdown file without front matter, which two lines of --- enclose"
)
_NAMES = (
    (re.compile(r"(.*prompts.*)\.ya?ml", re.IGNORECASE), DocumentKind.PROMPTS),
    (re.compile(r"agents(_definition)?\.ya?ml", re.IGNORECASE), DocumentKind.AGENTS),
    (re.compile(r"mfo_client\.ya?ml", re.IGNORECASE), DocumentKind.CONFIG),
    (re.compile(r"(.*workflow.*|.*\.mfo)\.ya?ml", re.IGNORECASE), DocumentKind.WORKFLOW),
)
_TEST_NAME = re.compile(r".+\.test\.ya?ml", re.IGNORECASE)
_LEADING_KEYS = frozenset({"tasks", "taskflows", "triggers", "templates", "agents", "conditions", "subflows"})
_NEUTRAL_KEYS = _LEADING_KEYS | {"name", "description", "version", "config", "input_schema"}
_KEYS_BY_NAME = {
    DocumentKind.PROMPTS: _NEUTRAL_KEYS | {key.name for key in PROMPTS_FILE.keys},
    DocumentKind.AGENTS: _NEUTRAL_KEYS | {key.name for key in AGENTS_FILE.keys},
}
"""What is nothing strange in a file whose name says what it is."""
_AGENT_KEYS = ("objectives", "prompt_template_id", "guide", "interaction")
_TASK_KEYS = ("id", "type")
_COMMON_KEYS = {"name", "description"}
_ITEM_KEYS = {
    "tasks": {*_TASK_KEYS, *(key.name for key in TASK.keys), "config"} - _COMMON_KEYS,
    "agents": {key.name for key in AGENT.keys} - _COMMON_KEYS,
}


def classify(root: Node | None, file_name: str, previous: DocumentKind | None = None) -> Classification:
    """Take a document for a kind by its content, else by what it was, else by its name.

    Args:
        root: the document's root node, None where nothing could be read.
        file_name: the last part of its path.
        previous: the kind that it had before the last edit.
    """
    if is_flow_test(file_name):
        return Classification(None, "not an MFO document: its name says that it is a test of a flow, for mfo test")
    if is_markdown(file_name):
        return _PROMPT if root is not None else _NO_PROMPT
    named = _kind_by_name(file_name)
    if isinstance(root, Mapping):
        found = _by_content(root)
        if found is not None:
            return found
        known = _KEYS_BY_NAME.get(named, _NEUTRAL_KEYS) if named is not None else _NEUTRAL_KEYS
        strange = "" if named is DocumentKind.CONFIG else _strange_key(root, known)
        if strange and named is not None and nearest(strange, _LEADING_KEYS):
            strange = ""
        if strange and not (root.damaged and (previous is not None or any(key in root for key in _LEADING_KEYS))):
            return Classification(
                None,
                f'not an MFO document: nothing at the top level is MFO\'s own, and "{strange}" belongs to another tool',
            )
        foreign = next((key for key in _ITEM_KEYS if _are_of_another_tool(root, key)), None)
        if foreign is not None and previous is None and not root.damaged:
            return Classification(None, f'not an MFO document: its "{foreign}" are those of another tool')
    elif isinstance(root, Sequence):
        return Classification(None, "not an MFO document: the top level is a list")
    if previous is not None:
        return Classification(previous, f"keeps its kind, {previous.value}, while it is being typed")
    if named is not None:
        return Classification(named, f"taken for {_a(named)} document by its name")
    return Classification(None, "not an MFO document: neither its content nor its name says so")


def _strange_key(root: Mapping, known: AbstractSet[str]) -> str:
    """A top-level key with a value that is not among those that are known; empty where there is none."""
    names = (pair.name or "" for pair in root.pairs if not _half_typed(pair.value))
    return next((name for name in names if name not in known), "")


def _are_of_another_tool(root: Mapping, key: str) -> bool:
    """Whether items are written under a key, and none of them has a key by which MFO would know it."""
    value = root.get(key)
    items = [] if key == "tasks" and isinstance(value, Mapping) else _items(value)
    items = [item for item in items if isinstance(item, Mapping)]
    names = {pair.name or "" for item in items for pair in item.pairs if not _half_typed(pair.value)} - _COMMON_KEYS
    return bool(names) and not names & _ITEM_KEYS[key]


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


@lru_cache(maxsize=256)
def _kind_by_name(file_name: str) -> DocumentKind | None:
    return next((kind for pattern, kind in _NAMES if pattern.fullmatch(file_name)), None)


_FRONT_MATTER = ("---", "\ufeff---")
_OWN_KEY = re.compile(
    r"(?:^|\r)[\"']?(?:tasks|taskflows?|workflow_name|triggers|templates|agents|client)[\"']?[ \t]*:", re.MULTILINE
)
_NEXT_DOCUMENT = re.compile(r"(?:^|\r)(?:---|\? )", re.MULTILINE)
_FIRST_CONTENT = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r))*(.?)")


def is_flow_test(file_name: str) -> bool:
    """Whether a file holds tests of flows, by its name: ``*.test.yml``."""
    return _TEST_NAME.fullmatch(file_name) is not None


def has_our_name(file_name: str) -> bool:
    """Whether a file's name alone says that it is an MFO document."""
    return not is_flow_test(file_name) and _kind_by_name(file_name) is not None


def quick_look() -> tuple[str, tuple[str, ...]]:
    """What a program that cannot ask ``may_be_ours`` looks for, as patterns that Python and JavaScript read alike.

    Returns:
        A pattern to be searched in the text, ``^`` standing for the beginning of a line, and patterns of whole file names, in
        which case does not count. A text with neither is not ours.
    """
    return _OWN_KEY.pattern, tuple(pattern.pattern for pattern, _ in _NAMES)


def may_be_ours(text: str, file_name: str) -> bool:
    """A quick look, before anything is parsed: False only for a text that ``classify`` would not take for ours.

    Only texts whose top-level keys surely stand in the first column are looked through for them.
    """
    if is_flow_test(file_name):
        return False
    if is_markdown(file_name):
        return text.startswith(_FRONT_MATTER)
    if has_our_name(file_name) or _OWN_KEY.search(text) is not None:
        return True
    first = _FIRST_CONTENT.match(text)
    character = first.group(1) if first is not None else ""
    is_plain = not character or character.isalnum() or character in "_\"'"
    return not is_plain or _NEXT_DOCUMENT.search(text) is not None
