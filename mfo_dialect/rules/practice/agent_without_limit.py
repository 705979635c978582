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
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.model.access import mapping_at, text_at, texts_at
from mfo_dialect.model.prompts import Agent
from mfo_dialect.model.workflow import Task
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.syntax import Mapping, Scalar

_WRITING = re.compile(
    r"(?:create|update|delete|remove|write|send|post|put|set|insert|execute|run|exec|pay|buy|order|publish|deploy|drop|"
    r"transfer|refund|cancel|book|upload|move|rename|grant|revoke|approve|notify|email|tag)(?:[_.-]|$|(?=[A-Z]))"
)
_PREFIX = "agent:"


def _reached(bundle: Bundle, snapshot: Snapshot) -> dict[str, Related]:
    """The agents that webhooks can reach, by id, each with the webhook."""
    found: dict[str, Related] = {}
    waiting: list[tuple[str, Related]] = []
    for flow in snapshot.flows:
        hook = next((t for t in flow.triggers if t.enabled and t.type is not None and t.type.text == "webhook"), None)
        if hook is None or hook.type is None:
            continue
        related = Related(
            Place(flow.document, hook.type.content_span),
            f'this webhook starts "{flow.taskflow.name}", which uses the agent',
        )
        for view in flow.nodes:
            if isinstance(view.node, Task) and view.node.config is not None:
                waiting += [(name, related) for name in _asked(view.node.config, bundle)]
    while waiting:
        name, related = waiting.pop()
        agent = bundle.agents.get(name)
        if agent is not None and name not in found:
            found[name] = related
            waiting += [(other, related) for other in _delegates(agent)]
    return found


def _asked(config: Mapping, bundle: Bundle) -> Iterator[str]:
    name, capability = text_at(config, "agent_id"), text_at(config, "capability")
    if name is not None:
        yield name.text
    for agent in bundle.agents.values() if capability is not None and name is None else ():
        if capability is not None and any(item.text == capability.text for item in agent.capabilities):
            yield agent.id.text


def _delegates(agent: Agent) -> Iterator[str]:
    yield from (tool.text[len(_PREFIX) :] for tool in agent.tools if tool.text.startswith(_PREFIX))
    interaction = mapping_at(agent.mapping, "interaction")
    if interaction is not None:
        yield from (name.text for name in texts_at(interaction, "can_delegate_to"))


def check(agent: Agent, snapshot: Snapshot) -> Iterator[Report]:
    """Report what one agent may do without a limit."""
    if snapshot.bundle.agents.get(agent.id.text) is not agent or agent.mapping.damaged:
        return
    yield from _endless_limits(agent)
    webhook = snapshot.kept(snapshot.bundle, _reached).get(agent.id.text)
    if webhook is None:
        return
    interaction = mapping_at(agent.mapping, "interaction")
    approved = (
        {name.text for name in texts_at(interaction, "require_approval_for")} if interaction is not None else set[str]()
    )
    for tool in agent.tools:
        if tool.text in approved or tool.text in snapshot.bundle.tools or tool.text.startswith(_PREFIX):
            continue
        if _WRITING.match(tool.text):
            message = f'a webhook can reach "{agent.id.text}", which may call "{tool.text}" without an approval: add it to require_approval_for'
            yield Report(agent.document, tool.content_span, message, (webhook,))


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
