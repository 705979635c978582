"""An agent of an agents document, as values that can be worked with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.schemas import schema_data
from mfo_dialect.durations import parse_duration
from mfo_dialect.model.prompts import Agent
from mfo_dialect.suggestions import did_you_mean
from mfo_runtime.agents import ModelChoice
from mfo_runtime.errors import AgentNotAllowedError, InvalidInputError
from mfo_runtime.json_numbers import is_whole_number
from mfo_runtime.tasks.prompts import plain_data
from mfo_runtime.tasks.safeguards import items_of, limit_of_money, map_of

PREFIX = "agent:"
"""What stands before an agent's id where it is a tool."""

_MAX_TURNS = 8
_HISTORY = 10
_SESSION_TTL = 30 * 60.0
_CACHE_TTL = 3600.0
_MOST_TURNS = 1000
_MOST_TOOL_CALLS = 1000


@dataclass(frozen=True, slots=True)
class AgentLimits:
    """What an agent may use; None for no limit of its own.

    Attributes:
        max_turns: how often its model is asked.
        max_tool_calls: how often it may call tools, other agents included.
        max_tokens, max_cost: its budget.
        timeout: seconds for all of its work.
        requests_per_minute: how often its model may be asked in a minute, over all runs.
    """

    max_turns: int = _MAX_TURNS
    max_tool_calls: int = _MOST_TOOL_CALLS
    max_tokens: int | None = None
    max_cost: float | None = None
    timeout: float | None = None
    requests_per_minute: int | None = None

    def tightened(self, written: Mapping[str, Any]) -> AgentLimits:
        """These limits and a task's: of each the smaller one; tokens, money and time of a task count for themselves."""
        return replace(
            self,
            max_turns=min(self.max_turns, _whole(written.get("max_turns"), self.max_turns)),
            max_tool_calls=min(self.max_tool_calls, _whole(written.get("max_tool_calls"), self.max_tool_calls, 0)),
            timeout=_smaller(self.timeout, _seconds(written.get("timeout"))),
            requests_per_minute=_smaller(self.requests_per_minute, _whole_or_none(written.get("requests_per_minute"))),
        )


@dataclass(frozen=True, slots=True)
class AgentDescription:
    """An agent.

    Attributes:
        id, name, description, objectives: who it is.
        prompt_template_id: its prompt template; None where it has layers of its own.
        context, guide, task: its layers.
        tools: the names of its tools, other agents as ``agent:<id>``.
        models: whom it asks, the fallbacks behind the first; empty for the server's default.
        approvals: the tools that a person must approve.
        limits: what it may use.
        session_ttl: seconds after which a conversation is forgotten.
        memory_keys: the keys of the server's memory that it reads and writes.
        history_limit: how many messages of a conversation it is told.
        max_context_tokens: how much it is told in all; None for any amount.
        output_schema: what its answer must be like; None for any text.
        cache_ttl: seconds for which answers are kept; None for never.
        allowed_triggers: the triggers whose runs may start it; None for all.
    """

    id: str
    name: str
    description: str
    objectives: tuple[str, ...]
    prompt_template_id: str | None
    context: str
    guide: tuple[str, ...]
    task: str
    tools: tuple[str, ...]
    models: tuple[ModelChoice, ...]
    approvals: frozenset[str]
    limits: AgentLimits
    session_ttl: float
    memory_keys: tuple[str, ...]
    history_limit: int
    max_context_tokens: int | None
    output_schema: Any
    cache_ttl: float | None
    allowed_triggers: frozenset[str] | None

    def allow(self, trigger: str | None) -> None:
        """Do nothing where a run that this trigger started may start the agent; a run that a person started may.

        Raises:
            AgentNotAllowedError: it may not.
        """
        if trigger is None or self.allowed_triggers is None or trigger in self.allowed_triggers:
            return
        raise AgentNotAllowedError(f'The trigger "{trigger}" may not start agent "{self.id}".')


def agent_named(name: str, bundle: Bundle) -> AgentDescription:
    """The agent of an id.

    Raises:
        InvalidInputError: there is none, which only a reference can have brought.
    """
    agent = bundle.agents.get(name)
    if agent is None:
        raise InvalidInputError(f'No agent is called "{name}"{did_you_mean(name, bundle.agents)}.')
    return describe(agent, bundle)


def agents_for(config: Mapping[str, Any], bundle: Bundle) -> tuple[AgentDescription, ...]:
    """The agents that a task may be given to, by ``agent_id`` or by ``capability``; raises ``InvalidInputError``."""
    if config.get("agent_id") is not None:
        return (agent_named(str(config["agent_id"]), bundle),)
    return agents_able_to(str(config.get("capability")), bundle)


def agents_able_to(capability: str, bundle: Bundle) -> tuple[AgentDescription, ...]:
    """The agents that declare a capability, in document order.

    Raises:
        InvalidInputError: none does.
    """
    able = [one for one in bundle.agents.values() if any(item.text == capability for item in one.capabilities)]
    if not able:
        known = [item.text for one in bundle.agents.values() for item in one.capabilities]
        raise InvalidInputError(f'No agent declares the capability "{capability}"{did_you_mean(capability, known)}.')
    return tuple(describe(one, bundle) for one in able)


def describe(agent: Agent, bundle: Bundle) -> AgentDescription:
    """What a document says of an agent."""
    data = _Map(plain_data(agent.mapping))
    interaction, limits, memory = data.map("interaction"), data.map("limits"), data.map("memory")
    delegates = [f"{PREFIX}{name}" for name in interaction.texts("can_delegate_to")]
    cache = data.map("cache").values if "cache" in data.values else None
    models = [data.map("model").values, *map(map_of, items_of(data.values.get("fallbacks")))]
    triggers = data.values.get("allowed_triggers")
    return AgentDescription(
        id=agent.id.text,
        name=data.text("name") or agent.id.text,
        description=data.text("description"),
        objectives=data.texts("objectives"),
        prompt_template_id=data.text("prompt_template_id") or None,
        context=data.text("context"),
        guide=data.texts("guide"),
        task=data.text("task"),
        tools=tuple(dict.fromkeys([*data.texts("tools"), *delegates])),
        models=tuple(_model(one) for one in models if one),
        approvals=frozenset(interaction.texts("require_approval_for")),
        limits=AgentLimits(
            max_turns=min(_whole(interaction.values.get("max_turns"), _MAX_TURNS), _MOST_TURNS),
            max_tool_calls=_whole(limits.values.get("max_tool_calls"), _MOST_TOOL_CALLS, 0),
            max_tokens=_whole_or_none(limits.values.get("max_tokens")),
            max_cost=limit_of_money(limits.values.get("max_cost")),
            timeout=_seconds(limits.values.get("timeout")),
            requests_per_minute=_whole_or_none(limits.values.get("requests_per_minute")),
        ),
        session_ttl=_seconds(interaction.map("session").values.get("ttl")) or _SESSION_TTL,
        memory_keys=memory.texts("keys"),
        history_limit=_whole(memory.values.get("history_limit"), _HISTORY, 0),
        max_context_tokens=_whole_or_none(memory.values.get("max_context_tokens")),
        output_schema=schema_data(agent.mapping.get("output_schema"), bundle),
        cache_ttl=(_seconds(cache.get("ttl")) or _CACHE_TTL) if cache is not None else None,
        allowed_triggers=frozenset(data.texts("allowed_triggers")) if triggers is not None else None,
    )


class _Map:
    """A map of a document, read leniently: what is of another kind is not there; the checker has said so."""

    def __init__(self, value: Any) -> None:
        self.values = map_of(value)

    def map(self, key: str) -> _Map:
        return _Map(self.values.get(key))

    def text(self, key: str) -> str:
        value = self.values.get(key)
        return value if isinstance(value, str) else ""

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key)
        if isinstance(value, str):
            return (value,)
        return tuple(item for item in items_of(value) if isinstance(item, str))


def _model(written: Mapping[str, Any]) -> ModelChoice:
    model, provider = written.get("model_id"), written.get("provider_id")
    return ModelChoice(model if isinstance(model, str) else None, provider if isinstance(provider, str) else None)


def _whole(value: Any, default: int, least: int = 1) -> int:
    return value if is_whole_number(value) and value >= least else default


def _whole_or_none(value: Any) -> int | None:
    return _whole(value, 0) or None


def _seconds(value: Any) -> float | None:
    seconds = parse_duration(value) if isinstance(value, str) else None
    return seconds if seconds is not None and seconds > 0 else None


def _smaller(one: Any, other: Any) -> Any:
    known = [value for value in (one, other) if value is not None]
    return min(known) if known else None
