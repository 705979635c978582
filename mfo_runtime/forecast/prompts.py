"""What a chat would ask: rendered where all that it is made of is known, else the template as it is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.references import as_text
from mfo_runtime.forecast.agents import ASKED_BY, forecast_agent
from mfo_runtime.forecast.outlook import Outlook, estimated_tokens
from mfo_runtime.forecast.reading import ForecastReading
from mfo_runtime.forecast.values import ForecastPrompt
from mfo_runtime.tasks.chat import what_is_asked
from mfo_runtime.tasks.prompts import used_template


def forecast_prompt(
    view: NodeView, config: Mapping[str, Any], bundle: Bundle, reading: ForecastReading
) -> ForecastPrompt:
    """What a chat task would ask with this config.

    Raises:
        MfoError: the prompt cannot be rendered, whatever is still unknown.
    """
    if config.get("agent_id") is not None:
        return forecast_agent(view, config, bundle, reading)
    spoken = {name: config[name] for name in ASKED_BY if name in config}
    waits_for = reading.placeholders_in(spoken)
    if not waits_for:
        asked = what_is_asked(config, Outlook(view, bundle))
        system = "\n\n".join(message.content for message in asked.messages if message.role == "system")
        user = "\n\n".join(message.content for message in asked.messages if message.role != "system")
        tools = asked.prompt.tools
        return ForecastPrompt(
            system or None,
            user,
            is_rendered=True,
            provider_id=_text(asked.provider_id),
            model_id=_text(asked.model_id),
            tools=tuple(str(tool["name"]) for tool in tools),
            tokens=estimated_tokens(system, user, json.dumps(tools, default=str) if tools else ""),
        )
    if reading.placeholders_in(config.get("prompt_template_id")):
        return ForecastPrompt(None, "", is_rendered=False, waits_for=waits_for)
    template = used_template(config, bundle)
    if template is not None:
        system = template.system_prompt.text if template.system_prompt is not None else ""
        user = template.user_prompt.text if template.user_prompt is not None else ""
    else:
        system, user = "", as_text(config.get("prompt", config.get("message")))
    if config.get("system_prompt") is not None:
        system = as_text(config["system_prompt"])
    return ForecastPrompt(
        system or None,
        user,
        is_rendered=False,
        waits_for=waits_for,
        provider_id=_text(config.get("provider_id")),
        model_id=_text(config.get("model_id")),
        tokens=estimated_tokens(system, user),
    )


def _text(value: Any) -> str | None:
    return None if value is None else as_text(value)
