"""Agents can hand work to each other in a circle.

## What it finds

Agents that can reach themselves by ``can_delegate_to`` and by tools of the form ``agent:<id>``.

## Why it matters

Each of them may think that another one should do it: the work goes round until a limit ends it, and every round costs.

## Bad

```yaml agents.yml
agents:
  writer:
    guide: Write letters.
    interaction: {can_delegate_to: [reviewer]}
    #                               ^^^^^^^^ MFO702 writer -> reviewer -> writer
  reviewer:
    guide: Review letters.
    tools: ["agent:writer"]
```

## Good

```yaml agents.yml
agents:
  writer:
    guide: Write letters.
    interaction: {can_delegate_to: [reviewer]}
  reviewer:
    guide: Review letters.
```

## Fix

Let one of them answer instead of handing the work back.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.loops import strong_components
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.model.access import mapping_at, texts_at
from mfo_dialect.model.prompts import Agent
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.syntax import Scalar

_PREFIX = "agent:"
_Cycle = tuple[tuple[Agent, Scalar], ...]


def _cycles(_bundle: Bundle, snapshot: Snapshot) -> Iterator[_Cycle]:
    """One shortest cycle for each group of agents that reach each other: each agent, and where it names the next."""
    agents = list(snapshot.bundle.agents.values())
    number = {agent.id.text: index for index, agent in enumerate(agents)}
    edges = [{number[name]: scalar for name, scalar in _delegates(agent) if name in number} for agent in agents]
    successors = [sorted(targets) for targets in edges]
    for component in strong_components(range(len(agents)), successors):
        start = component[0]
        if len(component) > 1 or start in edges[start]:
            path = _shortest_cycle(start, set(component), successors)
            following = [*path[1:], start]
            yield tuple((agents[one], edges[one][other]) for one, other in zip(path, following, strict=True))


def _delegates(agent: Agent) -> Iterator[tuple[str, Scalar]]:
    for tool in agent.tools:
        if tool.text.startswith(_PREFIX):
            yield tool.text[len(_PREFIX) :], tool
    interaction = mapping_at(agent.mapping, "interaction")
    for name in texts_at(interaction, "can_delegate_to") if interaction is not None else ():
        yield name.text, name


def _shortest_cycle(start: int, inside: set[int], successors: list[list[int]]) -> list[int]:
    """The shortest way from a node back to itself, without the return."""
    before: dict[int, int] = {}
    waiting = [start]
    for node in waiting:
        for target in successors[node]:
            if target == start:
                path = [node]
                while path[-1] != start:
                    path.append(before[path[-1]])
                return path[::-1]
            if target in inside and target not in before:
                before[target] = node
                waiting.append(target)
    return [start]


def check(cycle: _Cycle, _snapshot: Snapshot) -> Iterator[Report]:
    """Report one cycle at its first agent."""
    names = [agent.id.text for agent, _ in cycle]
    agent, scalar = cycle[0]
    related = tuple(
        Related(Place(other.document, place.content_span), f'"{other.id.text}" hands work on here')
        for other, place in cycle[1:]
    )
    if len(cycle) == 1:
        message = f'"{names[0]}" can hand its work to itself'
    else:
        message = f"these agents can hand work round in a circle: {' -> '.join([*names, names[0]])}"
    yield Report(agent.document, scalar.content_span, message, related)


RULE = Rule("MFO702", "delegation-cycle", Severity.WARNING, select.Selector((Bundle,), _cycles), check)
