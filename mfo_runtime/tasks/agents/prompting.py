"""From an agent and its work to the prompt of its model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mfo_dialect.references import as_text
from mfo_runtime.agents import ContextBuilder, Engine, FlowContext, MockAdapter, ModelChoice, Step
from mfo_runtime.agents.layers import TASK, layer
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.tasks.agents.description import AgentDescription
from mfo_runtime.tasks.chat import Asking, what_is_asked
from mfo_runtime.tasks.context import mapping_of
from mfo_runtime.tasks.conversation import Asked
from mfo_runtime.tasks.prompts import render_template


@dataclass(frozen=True, slots=True)
class AgentPrompt:
    """What an agent's model is told first.

    Attributes:
        system: the first two layers.
        user: the third.
        tools: tools of the prompt template, as the server takes them.
        output_schema: what the answer must be like; None for any text.
        model: the template's own; it counts where the agent names none.
        options: settings of the provider.
        tool_choice: whether tools must be called.
    """

    system: str
    user: str
    tools: tuple[dict[str, Any], ...] = ()
    output_schema: Any = None
    model: ModelChoice | None = None
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    tool_choice: str | None = None


def prompt_of(
    agent: AgentDescription, task: str, data: Mapping[str, Any], memory: Mapping[str, Any], context: Asking
) -> AgentPrompt:
    """The prompt of an agent for a task.

    Templates read ``data`` by name, besides ``task``, ``memory``, and ``agent`` with its id, name, description and
    objectives. Where the agent has layers of its own, data and memory are told as blocks of the context, too.

    Raises:
        MissingVariableError, TemplateError: a template cannot be rendered.
        InvalidInputError: the agent's prompt template is not there.
    """
    who = {
        "id": agent.id,
        "name": agent.name,
        "description": agent.description,
        "objectives": list(agent.objectives),
    }
    known = {**memory, **data, "memory": dict(memory), "task": task, "agent": who}
    if agent.prompt_template_id is not None:
        return _of_template(agent, task, known, context)
    blocks = ContextBuilder()
    for name, value in {**memory, **data}.items():
        blocks.add(name, as_text(value))
    own = agent.context.strip()
    step = Step(
        agent.id,
        role=introduction(agent),
        context="\n\n".join(part for part in (own, blocks.build()) if part),
        guide=agent.guide,
        task=agent.task or "{{ .task }}",
        input="{{ .task }}" if agent.task else "",
    )
    flow = FlowContext(Engine(MockAdapter("")), known)
    return AgentPrompt(step.system_prompt(flow), step.user_prompt(flow), output_schema=agent.output_schema)


def spoken_prompt(
    agent: AgentDescription, config: Mapping[str, Any], memory: Mapping[str, Any], context: Asking
) -> tuple[AgentPrompt, Asked]:
    """The prompt of a chat task that an agent speaks in: its layers before the task's system prompt.

    Returns:
        The prompt, and what the task alone would ask.

    Raises:
        MfoError: a prompt cannot be rendered.
    """
    known = {**config, "prompt_context": {**memory, **mapping_of(config, "prompt_context")}}
    if "prompt_context" not in config and "prompt_template_id" not in config:
        known = dict(config)
    asked = what_is_asked(known, context)
    own = prompt_of(replace(agent, prompt_template_id=None), "", {}, memory, context)
    users = [message.content for message in asked.messages if message.role != "system"]
    prompt = AgentPrompt(
        "\n\n".join(part for part in (own.system, asked.prompt.system or "") if part),
        "\n\n".join(users),
        asked.prompt.tools,
        agent.output_schema if agent.output_schema is not None else asked.prompt.output_schema,
        ModelChoice(asked.model_id, asked.provider_id) if asked.model_id or asked.provider_id else None,
        asked.options,
        asked.prompt.tool_choice,
    )
    return prompt, asked


def models_of(agent: AgentDescription, prompt: AgentPrompt) -> tuple[ModelChoice, ...]:
    """Whom an agent asks: the task's or the template's model first where it names one, then the agent's, then fallbacks."""
    first = (prompt.model,) if prompt.model is not None else ()
    return tuple(dict.fromkeys((*first, *agent.models)))


def introduction(agent: AgentDescription) -> str:
    """Who the agent is, as data: braces in it are no template."""
    lines = [f"You are {agent.name}.", agent.description, *(f"Objective: {one}" for one in agent.objectives)]
    return "\n".join(line for line in lines if line).replace("{{", '{{"{{"}}')


def _of_template(agent: AgentDescription, task: str, known: Mapping[str, Any], context: Asking) -> AgentPrompt:
    template = context.bundle.templates.get(agent.prompt_template_id or "")
    if template is None:
        raise InvalidInputError(f'Agent "{agent.id}" has no prompt template "{agent.prompt_template_id}".')
    rendered = render_template(template, known, context.bundle, context.clock)
    return AgentPrompt(
        rendered.system or introduction(agent),
        "\n\n".join(part for part in (rendered.user, layer(TASK, task)) if part),
        rendered.tools,
        agent.output_schema if agent.output_schema is not None else rendered.output_schema,
        ModelChoice(rendered.model_id, rendered.provider_id) if rendered.model_id or rendered.provider_id else None,
        rendered.options or {},
        rendered.tool_choice,
    )
