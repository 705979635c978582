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
from mfo_dialect.analysis.delegation import delegates_of
from mfo_dialect.analysis.loops import strong_components
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.model.prompts import Agent
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule

_Cycle = tuple[str, ...]


def _cycles(bundle: Bundle, snapshot: Snapshot) -> tuple[_Cycle, ...]:
    return snapshot.kept(bundle, _found_cycles)


def _found_cycles(bundle: Bundle, snapshot: Snapshot) -> tuple[_Cycle, ...]:
    """One shortest cycle for each group of agents that reach each other: the ids of its agents in order."""
    names = list(bundle.agents)
    number = {name: index for index, name in enumerate(names)}
    delegates = (snapshot.kept(agent, _delegate_names) for agent in bundle.agents.values())
    successors = [sorted({number[name] for name in found if name in number}) for found in delegates]
    cycles: list[_Cycle] = []
    for component in strong_components(range(len(names)), successors):
        start = component[0]
        if len(component) > 1 or start in successors[start]:
            path = _shortest_cycle(start, set(component), successors)
            cycles.append(tuple(names[one] for one in path))
    return tuple(cycles)


def _delegate_names(agent: Agent, _snapshot: Snapshot) -> tuple[str, ...]:
    return tuple(name for name, _ in delegates_of(agent))


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


def check(names: _Cycle, snapshot: Snapshot) -> Iterator[Report]:
    """Report one cycle at its first agent."""
    agents = [snapshot.bundle.agents[name] for name in names]
    places = [dict(delegates_of(agent))[name] for agent, name in zip(agents, (*names[1:], names[0]), strict=True)]
    related = tuple(
        Related(Place(agent.document, place.content_span), f'"{agent.id.text}" hands work on here')
        for agent, place in list(zip(agents, places, strict=True))[1:]
    )
    if len(names) == 1:
        message = f'"{names[0]}" can hand its work to itself'
    else:
        message = f"these agents can hand work round in a circle: {' -> '.join([*names, names[0]])}"
    yield Report(agents[0].document, places[0].content_span, message, related)


RULE = Rule("MFO702", "delegation-cycle", Severity.WARNING, select.Selector((Bundle,), _cycles), check)
