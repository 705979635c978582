"""A prompt as a model would get it, rendered with given values, with those of a task, or with stand-ins.

It knows no protocol and reads no clock: places are offsets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from mfo_dialect.analysis.chats import ChatUse, chat_use, template_reads, users_of
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place
from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.references import Reference, scan
from mfo_dialect.syntax import Mapping as MappingNode
from mfo_dialect.syntax import Node, Scalar, Sequence, TooManyNodesError, follow, to_value
from mfo_dialect.templates import TemplateError
from mfo_dialect.templates.execution import Clock
from mfo_lsp.features.call_hierarchy import node_at
from mfo_lsp.features.prompt_context import GivenValue, in_brackets

_MAX_CHATS = 10


class Origin(Enum):
    """Where a variable's value comes from, the first that there is counts."""

    GIVEN = "given"
    RUN = "run"
    TASK = "task"
    DEFAULT = "default"
    EXAMPLE = "example"
    STAND_IN = "stand-in"


@dataclass(frozen=True, slots=True)
class PromptVariable:
    """One variable and the value that it was rendered with; a stand-in is its name in angle brackets."""

    name: str
    value: Any
    origin: Origin
    is_required: bool


@dataclass(frozen=True, slots=True)
class PromptProblem:
    """Why a text could not be rendered, and where."""

    message: str
    place: Place


@dataclass(frozen=True, slots=True)
class RenderedPrompt:
    """A prompt.

    Attributes:
        template: the template's id.
        engine: the language that it is written in.
        system, user: the texts; None for one that the template has not, or that could not be rendered.
        variables: what they were rendered with, required ones first.
        problems: why texts could not be rendered.
    """

    template: str
    engine: str
    system: str | None
    user: str | None
    variables: tuple[PromptVariable, ...]
    problems: tuple[PromptProblem, ...]


def template_for(snapshot: Snapshot, document: str, name: str | None, offset: int | None) -> PromptTemplate | None:
    """The template of a name, else the one that a place is in, or that the task at that place names."""
    if name is not None:
        return snapshot.bundle.templates.get(name)
    if offset is None:
        return None
    inside = (one for one in snapshot.templates if one.document == document and _holds(one, offset))
    chat = chat_at(snapshot, document, offset)
    return next(inside, None) or (chat.template if chat is not None else None)


def _holds(template: PromptTemplate, offset: int) -> bool:
    return template.id.span.start <= offset <= max(template.id.span.end, template.mapping.span.end)


def chat_at(snapshot: Snapshot, document: str, offset: int | None) -> ChatUse | None:
    """The chat task at a place."""
    view = node_at(snapshot, document, offset) if offset is not None else None
    return chat_use(view, snapshot.bundle) if view is not None else None


def chats_for(template: PromptTemplate, snapshot: Snapshot, document: str, offset: int | None) -> tuple[ChatUse, ...]:
    """The chat tasks that may give a template its variables: the one at a place, else those that name the template."""
    chat = chat_at(snapshot, document, offset)
    if chat is not None and chat.template is template:
        return (chat,)
    return users_of(template.id.text, snapshot)[:_MAX_CHATS]


def rendered_prompt(
    template: PromptTemplate, given: Mapping[str, Any], of_task: Mapping[str, GivenValue], clock: Clock
) -> RenderedPrompt:
    """Render a template.

    Args:
        template: what to render.
        given: values of variables; they count most.
        of_task: what a task that uses it gives; that counts next.
        clock: what ``now`` reads.
    """
    variables = tuple(_variables(template, given, of_task))
    data = {variable.name: variable.value for variable in variables}
    data |= {name: value for name, value in given.items() if name not in data}
    problems: list[PromptProblem] = []

    def render(text: Scalar | None) -> str | None:
        if text is None:
            return None
        try:
            return template.read(text).render(data, clock=clock)
        except TemplateError as error:
            problems.append(PromptProblem(error.message, Place(template.document, text.span_of(error.span))))
            return None

    system, user = render(template.system_prompt), render(template.user_prompt)
    return RenderedPrompt(template.id.text, template.engine, system, user, variables, tuple(problems))


def _with_paths(node: Node) -> Any:
    """A value as plain data; each reference in a text as its path in angle brackets."""
    if isinstance(node, Scalar):
        value = node.value
        if not isinstance(value, str):
            return value
        return "".join(in_brackets(piece) if isinstance(piece, Reference) else piece for piece in scan(value))
    try:
        return to_value(node)
    except TooManyNodesError:
        return None


def _variables(
    template: PromptTemplate, given: Mapping[str, Any], of_task: Mapping[str, GivenValue]
) -> Iterator[PromptVariable]:
    required = dict.fromkeys(template.variables or ())
    read = dict.fromkeys(one.name for _, one in template_reads(template))
    for name in {**required, **read, **dict.fromkeys(template.defaults), **dict.fromkeys(of_task)}:
        value, origin = _value(name, template, given, of_task)
        yield PromptVariable(name, value, origin, name in required and name not in template.defaults)


def _value(
    name: str, template: PromptTemplate, given: Mapping[str, Any], of_task: Mapping[str, GivenValue]
) -> tuple[Any, Origin]:
    if name in given:
        return given[name], Origin.GIVEN
    if name in of_task:
        return of_task[name].value, Origin.RUN if of_task[name].is_recorded else Origin.TASK
    if name in template.defaults:
        return _with_paths(template.defaults[name][1]), Origin.DEFAULT
    schema = (template.variables or {}).get(name, (None, None))[1]
    found = _of_schema(schema) if isinstance(schema, MappingNode) else None
    return found or (in_brackets(name), Origin.STAND_IN)


def _of_schema(schema: MappingNode) -> tuple[Any, Origin] | None:
    default, examples = schema.get("default"), schema.get("examples")
    if default is not None:
        return _with_paths(default), Origin.DEFAULT
    if isinstance(examples, Sequence) and examples.items:
        return _with_paths(follow(examples.items[0])), Origin.EXAMPLE
    return None
