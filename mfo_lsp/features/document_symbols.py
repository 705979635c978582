"""The outline of a document, whatever of it can be read. It knows no protocol: places are offsets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from mfo_dialect.analysis.bundle import Document
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.model.access import entries_at, text_at
from mfo_dialect.model.prompts import Agent, AgentsDocument, PromptsDocument, PromptTemplate, Tool
from mfo_dialect.model.workflow import Condition, FlowNode, Level, Subflow, Task, Taskflow, Trigger, Workflow
from mfo_dialect.steps import Steps, at_once
from mfo_dialect.syntax import Mapping, Node, Scalar
from mfo_dialect.text import Span


class OutlineKind(Enum):
    """What a symbol stands for, in the dialect's words."""

    TASKFLOW = "taskflow"
    SUBFLOW = "subflow"
    TASK = "task"
    CONDITION = "condition"
    TRIGGER = "trigger"
    SCHEMA = "schema"
    PROMPT_TEMPLATE = "prompt template"
    ERROR_TEMPLATE = "error template"
    TOOL = "tool"
    AGENT = "agent"
    SETTING = "setting"


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """One line of the outline.

    Attributes:
        name: what it is called; never empty.
        kind: what it is.
        detail: a word more: a task's type, a taskflow's name.
        span: all of it.
        name_span: where its name stands, inside ``span``.
        children: what it holds, in document order.
    """

    name: str
    kind: OutlineKind
    detail: str
    span: Span
    name_span: Span
    children: tuple[OutlineEntry, ...] = ()


def document_symbols(snapshot: Snapshot, document: str) -> tuple[OutlineEntry, ...]:
    """The outline of one text, in document order; empty where it is not ours."""
    return at_once(document_symbols_in_steps(snapshot, document))


def document_symbols_in_steps(snapshot: Snapshot, document: str) -> Steps[tuple[OutlineEntry, ...]]:
    """The same, an entry at a time."""
    source = snapshot.bundle.sources.get(document)
    found: list[OutlineEntry] = []
    for part in source.documents if source is not None else ():
        if isinstance(part.model, Workflow):
            for taskflow in part.model.taskflows:
                found.append((yield from _taskflow(taskflow)))
                yield
        for entry in _of_document(part):
            found.append(entry)
            yield
    return _in_order(found)


def _of_document(document: Document) -> Iterator[OutlineEntry]:
    """The entries of a document besides its taskflows."""
    match document.model:
        case Workflow() as workflow:
            yield from (_trigger(trigger) for trigger in workflow.triggers)
            yield from _schemas(workflow.schemas)
        case PromptsDocument() as prompts:
            yield from (_template(template) for template in prompts.templates)
            yield from (_tool(tool, _value_of(prompts.root, "tools", tool.name)) for tool in prompts.tools)
            yield from _schemas(prompts.schemas)
        case AgentsDocument() as agents:
            yield from (_agent(agent) for agent in agents.agents)
        case None:
            if document.kind is not None and isinstance(document.root, Mapping):
                yield from _settings(document.root)


def _taskflow(taskflow: Taskflow) -> Steps[OutlineEntry]:
    detail = text_at(taskflow.mapping, "description") if taskflow.name else None
    children = yield from _level_children(taskflow.level)
    return _entry(taskflow.id, "taskflow", OutlineKind.TASKFLOW, detail, taskflow.mapping, children)


def _level_children(level: Level) -> Steps[tuple[OutlineEntry, ...]]:
    found: list[OutlineEntry] = []
    for node in level.nodes:
        found.append((yield from _node(node)))
        yield
    return _in_order(found)


def _node(node: FlowNode) -> Steps[OutlineEntry]:
    match node:
        case Task():
            return _entry(node.id, "task", OutlineKind.TASK, node.type, node.mapping)
        case Condition():
            return _entry(node.id, "condition", OutlineKind.CONDITION, node.expression, node.mapping)
        case Subflow():
            title = text_at(node.mapping, "name")
            children = yield from _level_children(node.level)
            return _entry(node.id, "subflow", OutlineKind.SUBFLOW, title, node.mapping, children)


def _trigger(trigger: Trigger) -> OutlineEntry:
    return _entry(trigger.id, "trigger", OutlineKind.TRIGGER, trigger.type, trigger.mapping)


def _template(template: PromptTemplate) -> OutlineEntry:
    inner = [
        _entry(name, "error template", OutlineKind.ERROR_TEMPLATE, None, value)
        for name, value in template.error_templates.values()
    ]
    inner += [_tool(tool, None) for tool in template.inline_tools]
    title = text_at(template.mapping, "name")
    return _entry(
        template.id, "prompt template", OutlineKind.PROMPT_TEMPLATE, title, template.mapping, _in_order(inner)
    )


def _tool(tool: Tool, value: Node | None) -> OutlineEntry:
    return _entry(tool.name, "tool", OutlineKind.TOOL, tool.description, value or tool.parameters or tool.name)


def _agent(agent: Agent) -> OutlineEntry:
    return _entry(agent.id, "agent", OutlineKind.AGENT, text_at(agent.mapping, "name"), agent.mapping)


def _schemas(schemas: dict[str, tuple[Scalar, Node]]) -> Iterator[OutlineEntry]:
    return (_entry(name, "schema", OutlineKind.SCHEMA, None, node) for name, node in schemas.values())


def _settings(root: Mapping) -> Iterator[OutlineEntry]:
    for pair in root.pairs:
        if isinstance(pair.key, Scalar):
            yield _entry(pair.key, "setting", OutlineKind.SETTING, None, pair.value)


def _value_of(root: Mapping, section: str, name: Scalar) -> Node | None:
    return next((value for key, value in entries_at(root, section) if key is name), None)


def _entry(
    name: Scalar | None,
    unnamed: str,
    kind: OutlineKind,
    detail: Scalar | None,
    whole: Node,
    children: tuple[OutlineEntry, ...] = (),
) -> OutlineEntry:
    """An entry whose span holds its name and its children, wherever aliases and merge keys bring those from."""
    span = whole.span
    name_span = name.content_span if name is not None else Span(span.start, span.start)
    inside = [span, name_span, *(child.span for child in children)]
    around = Span(min(part.start for part in inside), max(part.end for part in inside))
    words = " ".join((detail.text if detail is not None else "").split())
    shown = " ".join(name.text.split()) if name is not None else ""
    return OutlineEntry(shown or f"({unnamed})", kind, _shortened(words), around, name_span, children)


_MAX_DETAIL = 80


def _shortened(words: str) -> str:
    return words if len(words) <= _MAX_DETAIL else words[: _MAX_DETAIL - 1].rstrip() + "\u2026"


def _in_order(symbols: Iterable[OutlineEntry]) -> tuple[OutlineEntry, ...]:
    return tuple(sorted(symbols, key=lambda symbol: (symbol.span, symbol.name)))
