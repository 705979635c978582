"""The tools of one agent: those of the server, other agents, what it may remember, and answers in a given form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from mfo_dialect.analysis.bundle import Bundle
from mfo_runtime.agents import ToolDef
from mfo_runtime.client import Tool
from mfo_runtime.tasks.agents.description import PREFIX, AgentDescription
from mfo_runtime.tasks.prompts import plain_data
from mfo_runtime.tasks.safeguards import map_of

REMEMBER = "remember"
"""The tool by which an agent writes its memory keys."""

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")


class ToolKind(Enum):
    """What happens when a tool is called."""

    SERVER = "server"
    AGENT = "agent"
    MEMORY = "memory"
    EXTRACTION = "extraction"


@dataclass(frozen=True, slots=True)
class AgentTool:
    """A tool.

    Attributes:
        name: as the documents call it.
        kind: what happens when it is called.
        definition: as the model is told of it; models accept no colons in names.
    """

    name: str
    kind: ToolKind
    definition: ToolDef

    @property
    def agent_id(self) -> str:
        """The agent that is called; empty for another kind."""
        return self.name.removeprefix(PREFIX) if self.kind is ToolKind.AGENT else ""


@dataclass(frozen=True, slots=True)
class Toolbox:
    """All tools of an agent, by the names that its documents and its model call them."""

    tools: tuple[AgentTool, ...] = ()
    _by_name: Mapping[str, AgentTool] = field(default_factory=dict[str, AgentTool])

    def get(self, name: str) -> AgentTool | None:
        """The tool of a name; None for one that the agent does not have."""
        return self._by_name.get(name)

    @property
    def definitions(self) -> tuple[ToolDef, ...]:
        """The tools as the model is told of them."""
        return tuple(tool.definition for tool in self.tools)


def make_toolbox(
    agent: AgentDescription, bundle: Bundle, server: Mapping[str, Tool], more: tuple[dict[str, Any], ...] = ()
) -> Toolbox:
    """The tools of an agent.

    Args:
        agent: the agent.
        bundle: the documents, with tools that are described there.
        server: the tools of the server by name: these are executed there; others that a document describes are
            extractions, whose arguments are the answer.
        more: further tools of a prompt template, as the server takes them.
    """
    tools = [_tool(name, bundle, server) for name in agent.tools]
    for told in more:
        kind = ToolKind.SERVER if told["name"] in server else ToolKind.EXTRACTION
        parameters = map_of(told.get("parameters"))
        tools.append(AgentTool(told["name"], kind, ToolDef(told["name"], told.get("description", ""), parameters)))
    if agent.memory_keys:
        tools.append(_remembering(agent.memory_keys))
    kept: dict[str, AgentTool] = {}
    for tool in tools:
        kept.setdefault(tool.name, tool)
    by_name = {tool.definition.name: tool for tool in kept.values()} | kept
    return Toolbox(tuple(kept.values()), by_name)


def _tool(name: str, bundle: Bundle, server: Mapping[str, Tool]) -> AgentTool:
    if name.startswith(PREFIX):
        return _delegate(name, bundle)
    declared = bundle.tools.get(name)
    if declared is not None:
        tool = declared[1]
        parameters = map_of(plain_data(tool.parameters))
        words = tool.description.text if tool.description is not None else ""
        kind = ToolKind.SERVER if name in server else ToolKind.EXTRACTION
        return AgentTool(name, kind, ToolDef(name, words, parameters))
    offered = server.get(name)
    if offered is None:
        return AgentTool(name, ToolKind.SERVER, ToolDef(name))  # the server says that it is not there when it is called
    return AgentTool(name, ToolKind.SERVER, ToolDef(name, offered.description, offered.parameters))


def _delegate(name: str, bundle: Bundle) -> AgentTool:
    agent = bundle.agents.get(name.removeprefix(PREFIX))
    about = plain_data(agent.mapping.get("description")) if agent is not None else ""
    words = f"Hand work to another agent and wait for its answer. {about or ''}".strip()
    parameters = {
        "type": "object",
        "properties": {
            "task": {"type": "string", "description": "What it is to do, with all that it has to know."},
            "context": {"type": "object", "description": "Data for it, by name."},
        },
        "required": ["task"],
    }
    return AgentTool(name, ToolKind.AGENT, ToolDef(_NOT_IN_NAMES.sub("_", name), words, parameters))


def _remembering(keys: tuple[str, ...]) -> AgentTool:
    parameters: dict[str, Any] = {
        "type": "object",
        "properties": {"key": {"enum": list(keys)}, "value": {"description": "What is to be known later."}},
        "required": ["key", "value"],
    }
    return AgentTool(REMEMBER, ToolKind.MEMORY, ToolDef(REMEMBER, "Keep something for later.", parameters))
