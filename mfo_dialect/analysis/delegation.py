"""Which agents may hand work to which."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.model.access import mapping_at, texts_at
from mfo_dialect.model.prompts import Agent
from mfo_dialect.syntax import Scalar

AGENT_TOOL = "agent:"
"""What stands before an agent's id where it is a tool."""


def delegates_of(agent: Agent) -> Iterator[tuple[str, Scalar]]:
    """The agents that one may hand work to: each name, and where it is written."""
    for tool in agent.tools:
        if tool.text.startswith(AGENT_TOOL):
            yield tool.text[len(AGENT_TOOL) :], tool
    interaction = mapping_at(agent.mapping, "interaction")
    for name in texts_at(interaction, "can_delegate_to") if interaction is not None else ():
        yield name.text, name


def may_reach(start: str, target: str, bundle: Bundle) -> bool:
    """Whether work of one agent may come to another one, handed on as often as you like; it is with itself already."""
    waiting, known = [start], {start}
    for name in waiting:
        agent = bundle.agents.get(name)
        for one, _ in delegates_of(agent) if agent is not None else ():
            if one not in known:
                known.add(one)
                waiting.append(one)
    return target in known
