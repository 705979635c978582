"""What an agent is to do, and what came of it, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mfo_runtime.agents import Message, ModelChoice, Purse, ToolCall
from mfo_runtime.tasks.agents.description import AgentDescription
from mfo_runtime.tasks.agents.prompting import AgentPrompt
from mfo_runtime.tasks.agents.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class Assignment:
    """What an agent is to do, and with what.

    Attributes:
        agent: who.
        prompt: what its model is told first.
        history: what was said before.
        tools: what it may call.
        models: whom it asks, in order; empty for the server's default.
        purse: the budgets that its calls count in.
        tenant: for whom; empty for nobody in particular.
        metadata: kept with the messages.
        line: the agents that handed the work on, itself last.
    """

    agent: AgentDescription
    prompt: AgentPrompt
    history: tuple[Message, ...]
    tools: Toolbox
    models: tuple[ModelChoice, ...]
    purse: Purse
    tenant: str
    metadata: Mapping[str, Any]
    line: tuple[str, ...]

    @property
    def is_first(self) -> bool:
        """Whether the task itself gave the work, and no other agent."""
        return len(self.line) == 1


@dataclass
class Work:
    """What came of an assignment.

    Attributes:
        message: the model's last words.
        parsed: them as a value, where they are JSON; else the arguments of the last extraction.
        thread_id: the thread at the server.
        steps: what happened, in order, as JSON values.
        results: by tool, the last result.
        calls: all tool calls.
        usage: what models used, other agents' included.
        said: the conversation without the system prompt.
    """

    message: str = ""
    parsed: Any = None
    thread_id: str = ""
    steps: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    results: dict[str, Any] = field(default_factory=dict[str, Any])
    calls: list[ToolCall] = field(default_factory=list[ToolCall])
    usage: dict[str, Any] = field(default_factory=dict[str, Any])
    said: tuple[Message, ...] = ()
