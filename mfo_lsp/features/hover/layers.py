"""Hover over what the layers of an agent read: what every agent has, its memory, and what tasks give it."""

from __future__ import annotations

from collections.abc import Iterable

from mfo_dialect.analysis.chats import parse_text
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.model.access import text_at, texts_at
from mfo_dialect.model.prompts import Agent
from mfo_dialect.syntax import Scalar
from mfo_dialect.text import Span
from mfo_lsp.features.documentation import code, paragraphs
from mfo_lsp.features.symbols.agents import OF_EVERY_AGENT, contexts_for, layers_of, memory_keys
from mfo_lsp.features.targets import parts_near


def hover_agent_data(snapshot: Snapshot, document: str, offset: int) -> tuple[Span, str] | None:
    """The task, the agent itself or its memory, where a layer under the cursor reads it."""
    for agent in parts_near(snapshot, document, offset):
        if not isinstance(agent, Agent):
            continue
        for scalar in layers_of(agent):
            if not scalar.span.contains(offset):
                continue
            index = scalar.index_at(offset)
            for read in parse_text(scalar.text, "go").reads:
                if read.name in OF_EVERY_AGENT and read.span.contains(index):
                    words = _words(agent, read.name, read.path[0] if read.path else "")
                    return (scalar.span_of(read.span), words) if words else None
    return None


def words_of_agent_variable(name: str, agent: Agent, snapshot: Snapshot) -> str:
    """A variable of an agent: a key of its memory, or what tasks give it; nothing more where it is neither."""
    remembered = (
        "A key of the server's memory, which the agent may change." if name in _texts(memory_keys(agent)) else ""
    )
    given = [code(view.id) for view, context in contexts_for(agent, snapshot) if name in context]
    return paragraphs(
        f"**{name}** \u2014 variable of an agent",
        remembered,
        f"Given by the `context` of {', '.join(dict.fromkeys(given))}." if given else "",
    )


def _words(agent: Agent, name: str, below: str) -> str:
    if name == "task":
        return "**task** \u2014 string\n\nWhat the agent is to do: the `task` of whoever asks it."
    if name == "memory":
        keys = _texts(memory_keys(agent))
        if below:
            return f"**memory.{below}** \u2014 key of the server's memory" if below in keys else ""
        held = f"Its keys: {', '.join(map(code, keys))}." if keys else "It has no keys."
        return paragraphs("**memory** \u2014 map\n\nWhat the agent's `memory.keys` hold, by key.", held)
    return _of_itself(agent, below)


def _of_itself(agent: Agent, below: str) -> str:
    if not below:
        return "**agent** \u2014 map\n\nThe agent itself: `id`, `name`, `description` and `objectives`."
    if below == "objectives":
        said = map(code, _texts(texts_at(agent.mapping, below)))
        return paragraphs("**agent.objectives** \u2014 list of string", ", ".join(said))
    if below not in {"id", "name", "description"}:
        return ""
    written = agent.id if below == "id" else text_at(agent.mapping, below)
    if written is None and below == "name":
        written = agent.id
    return paragraphs(f"**agent.{below}** \u2014 string", code(written.text) if written is not None else "")


def _texts(scalars: Iterable[Scalar]) -> list[str]:
    return [scalar.text for scalar in scalars]
