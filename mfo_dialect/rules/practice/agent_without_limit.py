"""An agent may spend or change things without a limit.

## What it finds

Agents whose ``limits`` are written and empty, or endless (``.inf``); and agents that a webhook can reach, directly or
by delegation, that hold a tool of the server which by its name writes, sends or deletes, without an approval
(``require_approval_for``). Tools that the bundle describes itself are taken for answers of the model.

## Why it matters

What an outsider sends decides what such an agent does, and how long.

## Bad

```yaml agents.yml
agents:
  writer:
    guide: Write letters.
    limits: {max_cost: .inf}
    #        ^^^^^^^^ MFO808 no limit
```

## Good

```yaml agents.yml
agents:
  writer:
    guide: Write letters.
    limits: {max_cost: 2.5, max_tool_calls: 10}
```

## Fix

Say how much the agent may spend, and let a person approve what it changes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.scopes import FlowView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.model.access import mapping_at, text_at, texts_at
from mfo_dialect.model.prompts import Agent
from mfo_dialect.model.workflow import Task, Trigger
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.syntax import Mapping, Scalar

_WRITING = re.compile(
    r"(?:create|update|delete|remove|write|send|post|put|set|insert|execute|run|exec|pay|buy|order|publish|deploy|drop|"
    r"transfer|refund|cancel|book|upload|move|rename|grant|revoke|approve|notify|email|tag)(?:[_.-]|$|(?=[A-Z]))"
)
_PREFIX = "agent:"


def _reached(bundle: Bundle, snapshot: Snapshot) -> dict[str, FlowView]:
    """The agents that webhooks can reach, by id, each with the taskflow that the webhook starts."""
    found: dict[str, FlowView] = {}
    for flow in reversed(snapshot.flows):
        waiting = [*snapshot.index(flow, _asked)] if _webhook_of(flow) is not None else []
        while waiting:
            agent = bundle.agents.get(waiting.pop())
            if agent is not None and agent.id.text not in found:
                found[agent.id.text] = flow
                waiting += snapshot.kept(agent, _delegates)
    return found


def _webhook_of(flow: FlowView) -> Trigger | None:
    return next((one for one in flow.triggers if one.enabled and one.type and one.type.text == "webhook"), None)


def _asked(part: NodeView | FlowView, snapshot: Snapshot) -> Iterator[str]:
    """The agents that a task asks, by their ids."""
    config = part.node.config if isinstance(part, NodeView) and isinstance(part.node, Task) else None
    if config is None:
        return
    name, capability = text_at(config, "agent_id"), text_at(config, "capability")
    if name is not None:
        yield name.text
    for agent in snapshot.bundle.agents.values() if capability is not None and name is None else ():
        if capability is not None and any(item.text == capability.text for item in agent.capabilities):
            yield agent.id.text


def _delegates(agent: Agent, _snapshot: Snapshot) -> tuple[str, ...]:
    tools = tuple(tool.text[len(_PREFIX) :] for tool in agent.tools if tool.text.startswith(_PREFIX))
    interaction = mapping_at(agent.mapping, "interaction")
    names = texts_at(interaction, "can_delegate_to") if interaction is not None else ()
    return (*tools, *(name.text for name in names))


def check(agent: Agent, snapshot: Snapshot) -> Iterator[Report]:
    """Report what one agent may do without a limit."""
    if snapshot.bundle.agents.get(agent.id.text) is not agent or agent.mapping.damaged:
        return
    yield from _endless_limits(agent)
    flow = snapshot.kept(snapshot.bundle, _reached).get(agent.id.text)
    webhook = _webhook_of(flow) if flow is not None else None
    if flow is None or webhook is None or webhook.type is None:
        return
    words = f'this webhook starts "{flow.taskflow.name}", which uses the agent'
    related = (Related(Place(flow.document, webhook.type.content_span), words),)
    interaction = mapping_at(agent.mapping, "interaction")
    approved = (
        {name.text for name in texts_at(interaction, "require_approval_for")} if interaction is not None else set[str]()
    )
    for tool in agent.tools:
        if tool.text in approved or tool.text in snapshot.bundle.tools or tool.text.startswith(_PREFIX):
            continue
        if _WRITING.match(tool.text):
            message = f'a webhook can reach "{agent.id.text}", which may call "{tool.text}" without an approval: add it to require_approval_for'
            yield Report(agent.document, tool.content_span, message, related)


def _endless_limits(agent: Agent) -> Iterator[Report]:
    pair = agent.mapping.pair("limits")
    limits = agent.mapping.get("limits")
    if pair is None or (isinstance(limits, Scalar) and limits.is_missing):
        return
    if isinstance(limits, Mapping):
        for inner in limits.effective_pairs():
            value = inner.value.value if isinstance(inner.value, Scalar) else None
            if isinstance(value, float) and math.isinf(value):
                yield Report(
                    agent.document, inner.key.span, f'this is no limit: say how much "{agent.id.text}" may use'
                )
    if (isinstance(limits, Mapping) and not limits.pairs) or (isinstance(limits, Scalar) and limits.value is None):
        yield Report(agent.document, pair.key.span, f'"{agent.id.text}" has no limit: say how much it may use')


RULE = Rule("MFO808", "agent-without-limit", Severity.WARNING, select.agents, check, topics=("reliability",))
