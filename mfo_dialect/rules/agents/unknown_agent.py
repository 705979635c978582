"""An agent is named that no agents document has.

## What it finds

Ids of agents that are not there: in ``agent_id``, in ``can_delegate_to`` and in tools of the form ``agent:<id>``; and a
``capability`` that no agent declares.

## Why it matters

The task fails when it is to start, or the agent is told that it can hand work to somebody who does not exist.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: answer
    type: mfo_agent_run
    config: {agent_id: writter, task: Answer the letter}
    #                  ^^^^^^^ MFO701 did you mean "writer"?
  - id: file
    type: mfo_agent_run
    config: {capability: filing, task: File the letter}
    #                    ^^^^^^ MFO701 no agent declares
```

```yaml agents.yml
agents:
  writer:
    guide: Write letters.
    capabilities: [writing]
    tools: ["agent:reader"]
    #              ^^^^^^ MFO701 "reader"
```

## Good

```yaml workflow.yml
name: letters
tasks:
  - id: answer
    type: mfo_agent_run
    config: {agent_id: writer, task: Answer the letter}
```

```yaml agents.yml
agents:
  writer:
    guide: Write letters.
    capabilities: [writing]
    tools: ["agent:reader"]
  reader:
    guide: Read letters.
```

## Fix

Write the id of an agent that there is, or describe the agent in the agents document.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.chats import is_plain_name
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.values import Key, Names, TextType
from mfo_dialect.findings import Severity
from mfo_dialect.model.access import text_at
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import rename_to_nearest, replace_text
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import Scalar
from mfo_dialect.text import Span

_PREFIX = "agent:"
_DELEGATE = "unknown-delegate"


def check(visit: Visit, snapshot: Snapshot) -> Iterator[Report]:
    """Report one name of an agent, or of a capability, that is not there."""
    node, kind = visit.node, visit.type.names if isinstance(visit.type, TextType) else None
    if kind is None or not isinstance(node, Scalar) or node.is_missing or not is_plain_name(node):
        return
    bundle, name = snapshot.bundle, node.text.strip()
    if not name or not bundle.is_complete:
        return
    if kind is Names.AGENT and not _is_own_id(visit.key):
        told = "" if visit.key is not None else _DELEGATE  # those in lists: can_delegate_to
        yield from _report(visit.document, node.content_span, name, bundle, told)
    elif kind is Names.TOOL and name.startswith(_PREFIX):
        start = node.text.index(_PREFIX) + len(_PREFIX)
        span = node.span_of(Span(start, start + len(name) - len(_PREFIX)))
        yield from _report(visit.document, span, name[len(_PREFIX) :], bundle, _DELEGATE)
    elif kind is Names.CAPABILITY and visit.key is not None:
        yield from _report_capability(visit.document, node, name, bundle)


def _is_own_id(key: Key | None) -> bool:
    return key is not None and key.name == "id"


def _report(document: str, span: Span, name: str, bundle: Bundle, told: str) -> Iterator[Report]:
    if name in bundle.agents:
        return
    names = tuple(bundle.agents)
    fixes = rename_to_nearest(document, span, name, names)
    meant = _called_by_its_key(name, bundle)
    if not bundle.agents_documents:
        advice = "; this bundle has no agents document"
    elif meant is not None:
        advice = f'; the id is written in "{meant}", but in a map an agent is called by its key'
        fixes = (replace_text(document, span, meant, f'Change to "{meant}"'),)
    else:
        advice = did_you_mean(name, names) or (f"; there are {', '.join(names[:8])}" if names else "")
    yield Report(document, span, f'no agent is called "{name}"{advice}', fixes=fixes, name=told)


def _called_by_its_key(name: str, bundle: Bundle) -> str | None:
    """The key of an agent in a map that says in vain that its ``id`` is ``name``."""
    written = ((key, text_at(agent.mapping, "id")) for key, agent in bundle.agents.items())
    return next((key for key, said in written if said is not None and said.text == name), None)


def _report_capability(document: str, node: Scalar, name: str, bundle: Bundle) -> Iterator[Report]:
    declared = tuple(dict.fromkeys(item.text for agent in bundle.agents.values() for item in agent.capabilities))
    if name in declared:
        return
    advice = did_you_mean(name, declared) or (f"; there are {', '.join(declared[:8])}" if declared else "")
    fixes = rename_to_nearest(document, node.content_span, name, declared)
    yield Report(document, node.content_span, f'no agent declares the capability "{name}"{advice}', fixes=fixes)


_ITEMS = select.visits_naming(Names.AGENT, Names.TOOL, Names.CAPABILITY)
RULE = Rule("MFO701", "unknown-agent", Severity.ERROR, _ITEMS, check, more_names=(_DELEGATE,), fix="unsafe")
