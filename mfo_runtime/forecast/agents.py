"""What an agent's model would be told first: rendered where all that it is made of is known, else as it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.references import as_text
from mfo_runtime.forecast.outlook import Outlook, estimated_tokens
from mfo_runtime.forecast.reading import ForecastReading, placeholder
from mfo_runtime.forecast.values import ForecastPrompt
from mfo_runtime.tasks.agents import (
    REMEMBER,
    AgentDescription,
    AgentPrompt,
    agents_for,
    introduction,
    models_of,
    prompt_of,
    spoken_prompt,
)
from mfo_runtime.tasks.context import mapping_of

AGENT_RUN = "mfo_agent_run"
ASKED_BY = ("prompt_template_id", "prompt_context", "prompt", "message", "system_prompt", "request_body")
"""The keys of a chat task's config that its prompt is made of."""

_TOLD_BY = ("task", "context", *ASKED_BY)
_CHOSEN_BY = ("agent_id", "capability")


def forecast_agent(
    view: NodeView, config: Mapping[str, Any], bundle: Bundle, reading: ForecastReading
) -> ForecastPrompt:
    """What the agent of a task would be told in its first turn, without what was said before in its conversation.

    Raises:
        MfoError: there is no such agent, or the prompt cannot be rendered, whatever is still unknown.
    """
    waits_for = reading.placeholders_in({name: config[name] for name in _CHOSEN_BY if name in config})
    if waits_for:
        return ForecastPrompt(None, "", is_rendered=False, waits_for=waits_for)
    agent = agents_for(config, bundle)[0]
    memory = {key: placeholder(f"memory.{key}") for key in agent.memory_keys}
    waits_for = (
        *reading.placeholders_in({name: config[name] for name in _TOLD_BY if name in config}),
        *memory.values(),
    )
    is_chat = view.type_name != AGENT_RUN
    if waits_for:
        prompt = _as_written(agent, as_text(config.get("prompt", "")) if is_chat else as_text(config.get("task", "")))
    elif is_chat:
        prompt, _ = spoken_prompt(agent, config, memory, Outlook(view, bundle))
    else:
        prompt = prompt_of(
            agent, str(config.get("task", "")), mapping_of(config, "context"), memory, Outlook(view, bundle)
        )
    model = next(iter(models_of(agent, prompt)), None)
    more = [str(tool["name"]) for tool in prompt.tools] + ([REMEMBER] if memory else [])
    return ForecastPrompt(
        prompt.system or None,
        prompt.user,
        is_rendered=not waits_for,
        waits_for=waits_for,
        provider_id=model.provider_id if model is not None else None,
        model_id=model.model_id if model is not None else None,
        tools=tuple(dict.fromkeys([*agent.tools, *more])),
        tokens=estimated_tokens(prompt.system, prompt.user),
    )


def _as_written(agent: AgentDescription, task: str) -> AgentPrompt:
    """The layers of an agent with their templates."""
    system = (introduction(agent), agent.context.strip(), *agent.guide)
    user = (agent.task, task)
    return AgentPrompt("\n".join(part for part in system if part), "\n".join(part for part in user if part))
