"""Chat tasks and the prompts that they use: which template, which variables are given, which are missing."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect import templates
from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.model.access import mappings_at, text_at
from mfo_dialect.model.prompts import PromptTemplate, parse_text
from mfo_dialect.model.workflow import Task
from mfo_dialect.records import record
from mfo_dialect.references import Reference, scan
from mfo_dialect.syntax import Mapping, Scalar

__all__ = [
    "CHAT",
    "ChatUse",
    "MissingVariable",
    "chat_use",
    "error_template_names",
    "is_plain_name",
    "missing_variables",
    "parse_text",
    "template_reads",
    "users_of",
]

CHAT = "mfo_api_chat_send"


@record(eq=False, guarded=False)
class ChatUse:
    """One chat task and its prompt.

    Attributes:
        view: the task.
        config: its config.
        template_id: the scalar that names the template; None for an inline prompt.
        template: the template of that name; None where there is none.
        context: the ``prompt_context`` as written; None where there is none.
    """

    view: NodeView
    config: Mapping
    template_id: Scalar | None
    template: PromptTemplate | None
    context: Mapping | None

    @property
    def is_filled_by_agent(self) -> bool:
        """Whether an agent gives the variables when the task runs."""
        return "agent_id" in self.config


def chat_use(view: NodeView, bundle: Bundle) -> ChatUse | None:
    """The chat of a node; None where it is no chat task or has no config."""
    config = chat_config(view)
    if config is None:
        return None
    name = text_at(config, "prompt_template_id")
    template = bundle.templates.get(name.text) if name is not None else None
    return ChatUse(view, config, name, template, given_variables(config))


def chat_config(view: NodeView) -> Mapping | None:
    """The config of a chat task; None of other nodes, and where there is none."""
    task = view.node
    return task.config if isinstance(task, Task) and view.type_name == CHAT else None


def given_variables(config: Mapping) -> Mapping | None:
    """The ``prompt_context`` of a chat task's config; None where there is none."""
    context = config.get("prompt_context")
    return context if isinstance(context, Mapping) else None


def users_of(template: str, snapshot: Snapshot) -> tuple[ChatUse, ...]:
    """The chats of the tasks that name a template, in the order of the tasks."""
    views = snapshot.index(snapshot.bundle, _template_named).get(template)
    found = (chat_use(view, snapshot.bundle) for view in views if isinstance(view, NodeView))
    return tuple(chat for chat in found if chat is not None)


def _template_named(part: Part, _snapshot: Snapshot) -> tuple[str, ...]:
    config = chat_config(part) if isinstance(part, NodeView) else None
    name = text_at(config, "prompt_template_id") if config is not None else None
    return (name.text,) if name is not None else ()


def is_plain_name(scalar: Scalar) -> bool:
    """Whether a name is written out, and not put together from references."""
    text = scalar.text
    return "$" not in text or not any(isinstance(piece, Reference) for piece in scan(text))


@record
class MissingVariable:
    """A variable that a template needs and nobody gives; ``required`` where the template lists it."""

    name: str
    required: bool


def missing_variables(chat: ChatUse) -> tuple[MissingVariable, ...]:
    """The variables that neither ``prompt_context`` nor ``default_variables`` give (dialect section 8)."""
    template = chat.template
    if template is None or chat.is_filled_by_agent or template.mapping.damaged or chat.config.damaged:
        return ()
    written = chat.config.get("prompt_context")
    if (
        written is not None
        and not isinstance(written, Mapping)
        and not (isinstance(written, Scalar) and written.is_missing)
    ):
        return ()
    given = {
        *template.defaults,
        *([pair.name for pair in chat.context.effective_pairs()] if chat.context is not None else ()),
    }
    if template.variables is not None:
        return tuple([MissingVariable(name, required=True) for name in template.variables if name not in given])
    unguarded = dict.fromkeys([read.name for _, read in template_reads(template) if not read.guarded])
    return tuple([MissingVariable(name, required=False) for name in unguarded if name not in given])


def template_reads(template: PromptTemplate) -> Iterator[tuple[Scalar, templates.VariableRead]]:
    """Every place where a template's prompts read a variable."""
    for scalar in template.texts:
        for read in template.read(scalar).reads:
            yield scalar, read


def error_template_names(view: NodeView) -> Iterator[Scalar]:
    """The error templates that a task's ``retry_with_prompt`` handlers name."""
    task = view.node
    if not isinstance(task, Task) or task.error_handling is None:
        return
    for handler in mappings_at(task.error_handling, "on_error"):
        kind, name = text_at(handler, "type"), text_at(handler, "append_to_system_prompt")
        if kind is not None and kind.text == "retry_with_prompt" and name is not None:
            yield name
