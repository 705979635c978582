"""The names of agents documents, and where tasks write what an agent's layers read."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.chats import is_plain_name, parse_text
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.model.access import mapping_at, text_at, texts_at
from mfo_dialect.model.prompts import Agent
from mfo_dialect.model.workflow import Task
from mfo_dialect.syntax import Mapping, Scalar, follow
from mfo_lsp.features.symbols.flows import declared, used
from mfo_lsp.features.symbols.prompts import read_below, read_here
from mfo_lsp.features.symbols.values import Occurrence, Symbol, SymbolKind
from mfo_lsp.features.written import parts_naming

LAYERS = ("context", "guide", "task")
OF_EVERY_AGENT = frozenset({"task", "agent", "memory"})
"""What the layers of every agent can read, whatever it is given."""


def in_agent(agent: Agent) -> Iterator[Occurrence]:
    """What an agent declares, and what its layers read."""
    yield declared(Symbol(SymbolKind.AGENT, agent.id.text), agent.document, agent.id, agent.mapping)
    for item in agent.capabilities:
        yield declared(Symbol(SymbolKind.CAPABILITY, item.text), agent.document, item)
    keys = memory_keys(agent)
    for key in keys:
        yield declared(agent_variable(agent.id.text, key.text), agent.document, key)
    for scalar in layers_of(agent):
        for read in parse_text(scalar.text, "go").reads:
            if read.name not in OF_EVERY_AGENT:
                yield from read_here(agent_variable(agent.id.text, read.name), agent.document, scalar, read)
            elif read.name == "memory" and any(read.path == (key.text,) for key in keys):
                yield from read_below(agent_variable(agent.id.text, read.path[0]), agent.document, scalar, read)


def memory_keys(agent: Agent) -> tuple[Scalar, ...]:
    """The keys of the server's memory that an agent reads and writes."""
    memory = mapping_at(agent.mapping, "memory")
    return tuple(texts_at(memory, "keys")) if memory is not None else ()


def layers_of(agent: Agent) -> Iterator[Scalar]:
    """The texts of an agent's layers."""
    for name in LAYERS:
        yield from texts_at(agent.mapping, name)
        text = text_at(agent.mapping, name)
        if text is not None:
            yield text


def contexts_for(agent: Agent, snapshot: Snapshot) -> Iterator[tuple[NodeView, Mapping]]:
    """The tasks that name an agent, each with the ``context`` that it gives to it."""
    for key in snapshot.bundle.sources:
        for view in parts_naming(snapshot, key, agent.id.text):
            config = view.node.config if isinstance(view, NodeView) and isinstance(view.node, Task) else None
            named = text_at(config, "agent_id") if config is not None else None
            context = mapping_at(config, "context") if config is not None else None
            if isinstance(view, NodeView) and named is not None and named.text == agent.id.text and context is not None:
                yield view, context


def agent_variable(agent: str, name: str) -> Symbol:
    """The symbol of what an agent's layers read by a name."""
    return Symbol(SymbolKind.AGENT_VARIABLE, name, (agent,))


def allowed_triggers(agent: Agent, bundle: Bundle) -> Iterator[Occurrence]:
    """The triggers that an agent lets start it: all that have the name, in whichever document."""
    for scalar in texts_at(agent.mapping, "allowed_triggers"):
        for workflow in bundle.workflows:
            if any(trigger.id is not None and trigger.id.text == scalar.text for trigger in workflow.triggers):
                yield used(Symbol(SymbolKind.TRIGGER, scalar.text, (workflow.document,)), agent.document, scalar)


def in_agent_task(view: NodeView) -> Iterator[Occurrence]:
    """What a task gives to the agent that it names, by name."""
    config = view.node.config if isinstance(view.node, Task) and view.type_name == "mfo_agent_run" else None
    agent = text_at(config, "agent_id") if config is not None else None
    context = mapping_at(config, "context") if config is not None else None
    if agent is None or context is None or not is_plain_name(agent):
        return
    for pair in context.effective_pairs():
        key = follow(pair.key)
        if isinstance(key, Scalar):
            yield used(agent_variable(agent.text, key.text), view.document, key)
