"""From a prompt template and its variables to what the model is sent (dialect section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.chats import parse_text
from mfo_dialect.analysis.schemas import schema_data
from mfo_dialect.model.prompts import PromptTemplate, Tool
from mfo_dialect.syntax import Node, Scalar, to_value
from mfo_dialect.templates import TemplateError as RenderingError
from mfo_runtime.errors import MissingVariableError, TemplateError

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


def render_template(template: PromptTemplate, variables: Mapping[str, Any], bundle: Bundle) -> RenderedPrompt:
    """Render a template with the variables of a task over its own defaults.

    Raises:
        MissingVariableError: a variable that the template requires is not given.
        TemplateError: a prompt cannot be read or rendered; the message says where.
    """
    defaults = {name: to_value(node) for name, (_, node) in template.defaults.items()}
    data = {**defaults, **variables}
    for name in template.variables or ():
        if name not in data:
            raise MissingVariableError(f'missing required variable: {name} (prompt template "{template.id.text}")')
    where = f'prompt template "{template.id.text}"'
    system = render_text(template.system_prompt, data, template.engine, where) if template.system_prompt else None
    user = render_text(template.user_prompt, data, template.engine, where) if template.user_prompt else ""
    mapping = template.mapping
    turns = _value(mapping.get("max_turns"))
    return RenderedPrompt(
        system,
        user,
        tuple(_tools(template, bundle)),
        template.tool_choice.text if template.tool_choice is not None else None,
        schema_data(template.output_schema, bundle),
        _text(mapping.get("provider_id")),
        _text(mapping.get("model_id")),
        _value(mapping.get("options")),
        turns if isinstance(turns, int) and turns > 0 else MAX_TURNS,
    )


def render_text(scalar: Scalar, data: Mapping[str, Any], engine: str, where: str) -> str:
    """Render one text of a template.

    Raises:
        TemplateError: it cannot be read or rendered.
    """
    return render_source(scalar.text, data, engine, where)


def render_source(source: str, data: Mapping[str, Any], engine: str, where: str) -> str:
    """Render a text in a template language.

    Raises:
        TemplateError: it cannot be read or rendered.
    """
    try:
        return parse_text(source, engine).render(dict(data))
    except RenderingError as error:
        line = source.count("\n", 0, error.span.start) + 1
        raise TemplateError(f"{where}, line {line} of the text: {error.message}") from None


def render_error_text(template: PromptTemplate, name: str, error: str, variables: Mapping[str, Any]) -> str:
    """Render the error template that a retry adds to the system prompt.

    Raises:
        TemplateError: there is no such error template, or it cannot be rendered.
    """
    found = template.error_templates.get(name)
    if found is None or not isinstance(found[1], Scalar):
        raise TemplateError(f'prompt template "{template.id.text}" has no error template "{name}"')
    where = f'error template "{name}" of "{template.id.text}"'
    return render_text(found[1], {**variables, "error": error}, template.engine, where)


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
        data["parameters"] = _value(tool.parameters)
    return data


def _value(node: Node | None) -> Any:
    return to_value(node) if node is not None else None


def _text(node: Node | None) -> str | None:
    return node.text if isinstance(node, Scalar) and not node.is_missing else None
