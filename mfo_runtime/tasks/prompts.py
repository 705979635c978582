"""From a prompt template and its variables to what the model is sent (dialect section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.chats import parse_text
from mfo_dialect.analysis.schemas import schema_data
from mfo_dialect.model.prompts import PromptTemplate, Tool
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import Node, Scalar, TooManyNodesError, to_value
from mfo_dialect.templates import TemplateError as RenderingError
from mfo_dialect.templates.execution import Clock
from mfo_runtime.errors import InvalidInputError, MissingVariableError, Place, TemplateError

MAX_TURNS = 8


@dataclass(frozen=True, slots=True)
class RenderedPrompt:
    """What a model is asked, and what its answer must be like.

    Attributes:
        system: the system prompt; None for none.
        user: the user prompt.
        tools: the tools that it may call, as the server takes them.
        tool_choice: ``auto``, ``none``, ``required``, a tool's name, or None.
        output_schema: what the answer must be like, or None.
        provider_id, model_id, options: the template's own; None for none.
        max_turns: how often the model is asked while it calls tools.
    """

    system: str | None
    user: str
    tools: tuple[dict[str, Any], ...] = ()
    tool_choice: str | None = None
    output_schema: Any = None
    provider_id: str | None = None
    model_id: str | None = None
    options: Mapping[str, Any] | None = None
    max_turns: int = MAX_TURNS


def render_template(
    template: PromptTemplate, variables: Mapping[str, Any], bundle: Bundle, clock: Clock | None = None
) -> RenderedPrompt:
    """Render a template with the variables of a task over its own defaults.

    Raises:
        MissingVariableError: a variable that the template requires is not given.
        TemplateError: a prompt cannot be read or rendered; the message says where.
    """
    data = {**_defaults(template), **variables}
    for name in template.variables or ():
        if name not in data:
            raise MissingVariableError(f'missing required variable: {name} (of prompt template "{template.id.text}")')
    where = f'prompt template "{template.id.text}"'
    writer = _Writer(template, bundle, data, clock)
    system = writer.render(template.system_prompt, where) if template.system_prompt else None
    user = writer.render(template.user_prompt, where) if template.user_prompt else ""
    mapping = template.mapping
    turns = plain_data(mapping.get("max_turns"))
    return RenderedPrompt(
        system,
        user,
        tuple(_tools(template, bundle)),
        template.tool_choice.text if template.tool_choice is not None else None,
        schema_data(template.output_schema, bundle),
        _text(mapping.get("provider_id")),
        _text(mapping.get("model_id")),
        plain_data(mapping.get("options")),
        turns if isinstance(turns, int) and turns > 0 else MAX_TURNS,
    )


def used_template(config: Mapping[str, Any], bundle: Bundle) -> PromptTemplate | None:
    """The template that a chat's config names; None for an inline prompt.

    Raises:
        InvalidInputError: no template has that name, which only a reference can have brought.
    """
    name = config.get("prompt_template_id")
    if name is None:
        return None
    template = bundle.templates.get(str(name))
    if template is None:
        raise InvalidInputError(f'No prompt template is called "{name}"{did_you_mean(str(name), bundle.templates)}.')
    return template


def render_source(source: str, data: Mapping[str, Any], engine: str, where: str, clock: Clock | None = None) -> str:
    """Render a text of a task in a template language.

    Raises:
        TemplateError: it cannot be read or rendered; the message says in which line of the text.
    """
    try:
        return parse_text(source, engine).render(dict(data), clock=clock)
    except RenderingError as error:
        line = source.count("\n", 0, error.span.start) + 1
        raise TemplateError(f"{where}, line {line} of the text: {error.message}") from None


def render_error_text(
    template: PromptTemplate,
    name: str,
    error: str,
    variables: Mapping[str, Any],
    bundle: Bundle,
    clock: Clock | None = None,
) -> str:
    """Render the error template that a retry adds to the system prompt.

    Raises:
        TemplateError: there is no such error template, or it cannot be rendered.
    """
    found = template.error_templates.get(name)
    if found is None or not isinstance(found[1], Scalar):
        raise TemplateError(f'Prompt template "{template.id.text}" has no error template "{name}".')
    where = f'error template "{name}" of prompt template "{template.id.text}"'
    return _Writer(template, bundle, {**_defaults(template), **variables, "error": error}, clock).render(
        found[1], where
    )


class _Writer:
    """Renders the texts of one template over one set of variables."""

    def __init__(self, template: PromptTemplate, bundle: Bundle, data: Mapping[str, Any], clock: Clock | None) -> None:
        self._template = template
        self._bundle = bundle
        self._data = data
        self._clock = clock

    def render(self, scalar: Scalar, where: str) -> str:
        try:
            return parse_text(scalar.text, self._template.engine).render(dict(self._data), clock=self._clock)
        except RenderingError as error:
            raise TemplateError(f"{where}: {error.message}", place=self._place(scalar, error)) from None

    def _place(self, scalar: Scalar, error: RenderingError) -> Place:
        lines = self._bundle.sources[self._template.document].tree.lines
        position = lines.position(scalar.span_of(error.span).start)
        return Place(self._template.document, position.line + 1, position.column + 1)


def _defaults(template: PromptTemplate) -> dict[str, Any]:
    return {name: plain_data(node) for name, (_, node) in template.defaults.items()}


def _tools(template: PromptTemplate, bundle: Bundle) -> list[dict[str, Any]]:
    tools = [_tool_data(tool) for tool in template.inline_tools]
    for scalar in template.tool_names:
        declared = bundle.tools.get(scalar.text)
        tools.append(_tool_data(declared[1]) if declared is not None else {"name": scalar.text})
    return tools


def _tool_data(tool: Tool) -> dict[str, Any]:
    data: dict[str, Any] = {"name": tool.name.text}
    if tool.description is not None:
        data["description"] = tool.description.text
    if tool.parameters is not None:
        data["parameters"] = plain_data(tool.parameters)
    return data


def plain_data(node: Node | None) -> Any:
    """A node of a prompts document as plain data; None where there is none.

    Raises:
        InvalidInputError: aliases multiply it without bound.
    """
    try:
        return to_value(node)
    except TooManyNodesError as error:
        raise InvalidInputError(f"{error}.") from None


def _text(node: Node | None) -> str | None:
    return node.text if isinstance(node, Scalar) and not node.is_missing else None
