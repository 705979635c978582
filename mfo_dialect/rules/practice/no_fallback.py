"""When a model fails, nothing takes its place.

## What it finds

Agents without ``fallbacks``, and chat tasks without an agent whose error handling has neither ``fallback`` nor
``continue``. Off unless it is asked for.

## Why it matters

Providers have outages; a second model keeps the flow going.

## Bad

```toml mfo.toml
[rules]
no-fallback = "information"
```

```yaml agents.yml
agents:
  writer:
# ^^^^^^ MFO809 fallbacks
    guide: Write letters.
    model: {model_id: large}
```

## Good

```toml mfo.toml
[rules]
no-fallback = "information"
```

```yaml agents.yml
agents:
  writer:
    guide: Write letters.
    model: {model_id: large}
    fallbacks: [{model_id: small}]
```

## Fix

Name another model: in the agent's ``fallbacks``, or in a handler of the type ``fallback``.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.chats import chat_use
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Severity
from mfo_dialect.model.access import mappings_at, text_at
from mfo_dialect.model.prompts import Agent
from mfo_dialect.model.workflow import Task
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule

_HANDLERS = frozenset({"fallback", "continue"})


def check(item: NodeView | Agent, snapshot: Snapshot) -> Iterator[Report]:
    """Report one agent or chat task that depends on one model."""
    if isinstance(item, Agent):
        if "fallbacks" not in item.mapping and not item.mapping.damaged:
            message = f'nothing takes the place of the model of "{item.id.text}" when it fails: give it fallbacks'
            yield Report(item.document, item.id.content_span, message)
        return
    chat = chat_use(item, snapshot.bundle)
    if chat is None or chat.is_filled_by_agent or item.node.mapping.damaged:
        return
    handling = item.node.error_handling if isinstance(item.node, Task) else None
    kinds = [text_at(handler, "type") for handler in mappings_at(handling, "on_error")] if handling is not None else []
    if not any(kind is not None and kind.text in _HANDLERS for kind in kinds):
        message = (
            f'nothing takes the place of the model of "{item.id}" when it fails: add a handler of the type fallback'
        )
        yield Report(item.document, item.name_span, message)


RULE = Rule(
    "MFO809",
    "no-fallback",
    Severity.INFORMATION,
    (select.nodes, select.agents),
    check,
    enabled=False,
    topics=("reliability",),
)
