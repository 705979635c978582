"""Where data from outside goes in a bundle: from triggers and requests through tasks, inputs and memory keys.

What is kept of it are plain values: what is reached, and from where. Places and words are made for who reports.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import TypeAlias

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.index import OfItself
from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.scopes import FlowView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot, TriggerView
from mfo_dialect.analysis.uses import Use
from mfo_dialect.findings import Place, Related
from mfo_dialect.records import record
from mfo_dialect.rules.practice.data_ways import (
    InputPart,
    MemoryKey,
    Origin,
    Outside,
    Triggered,
    given_by,
    mapped_by,
    open_triggers,
    origin_of,
    producers_of,
    ways_of,
)


@record
class Sent:
    """What a trigger brings in.

    Attributes:
        flow: the taskflow that it starts.
        trigger: the trigger.
        use: the number of the reference by which its mapping makes an input of it; None where it is read itself.
    """

    flow: FlowView
    trigger: TriggerView
    use: int | None = None


Reached: TypeAlias = NodeView | MemoryKey
"""What untrusted data can come to on its way."""

Cause: TypeAlias = Reached | Sent | Outside
"""Where untrusted data comes from, one step back."""


def has_sources(snapshot: Snapshot) -> bool:
    """Whether anything comes from outside at all."""
    return True in snapshot.index(snapshot.bundle, SOURCES)


def _is_source(part: Part) -> tuple[bool, ...]:
    is_request = isinstance(part, NodeView) and part.type_name == "http_request"
    return (True,) if is_request or isinstance(part, TriggerView) else ()


SOURCES = OfItself(_is_source)
"""Whether a part brings something in from outside."""


def cause_of(use: Use, snapshot: Snapshot) -> Cause | None:
    """Where untrusted data comes from that a reference reads; None where what it reads is trusted."""
    origin = origin_of(use, snapshot)
    if origin is None:
        return None
    return _cause(origin, snapshot, lambda one: snapshot.kept(one, _cause_at) is not None)


def path_of(cause: Cause, snapshot: Snapshot) -> tuple[Related, ...]:
    """The way of untrusted data from its start to where it comes from at last."""
    steps: list[Related] = []
    while isinstance(cause, NodeView | MemoryKey):
        found = snapshot.kept(cause, _cause_at)
        if found is None:
            break
        view, before = found
        steps.append(Related(Place(view.document, view.name_span), _words(cause, view, before)))
        cause = before
    if isinstance(cause, Sent):
        steps += _steps_of(cause, snapshot)
    return tuple(reversed(steps))


def _words(reached: Reached, view: NodeView, before: Cause) -> str:
    if isinstance(reached, MemoryKey):
        return f'"{view.id}" keeps it in memory'
    return f'"{view.id}" brings in {before.value}' if isinstance(before, Outside) else f'"{view.id}" passes it on'


def _steps_of(sent: Sent, snapshot: Snapshot) -> Iterator[Related]:
    trigger = sent.trigger.trigger
    if sent.use is not None:
        use = snapshot.uses_of(sent.trigger)[sent.use]
        yield Related(Place(use.document, use.span), "it becomes an input here")
    name = trigger.id.text if trigger.id is not None else "the trigger"
    if trigger.type is not None:
        place = Place(sent.flow.document, trigger.type.content_span)
        yield Related(place, f'"{name}" brings in what somebody outside sends')


def _cause_at(reached: Reached, snapshot: Snapshot) -> tuple[NodeView, Cause] | None:
    """The node that something was reached by, and where the data comes from there; None where it is not reached."""
    return snapshot.kept(snapshot.bundle, _all_reached).get(reached)


def _all_reached(_bundle: Bundle, snapshot: Snapshot) -> dict[Reached, tuple[NodeView, Cause]]:
    return UntrustedFlow(snapshot).reached


class UntrustedFlow:
    """All untrusted data of a snapshot, worked out once.

    A node is looked at once, and again only when one that it reads has become untrusted: the effort grows with the nodes
    and what they read, in whatever order they are written.

    Attributes:
        reached: the nodes and memory keys that it comes to, each with the node that brings it there, and from where.
        looks: how often a node was looked at.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        """Follow the data from its sources until nothing new is reached."""
        self._snapshot = snapshot
        self.reached: dict[Reached, tuple[NodeView, Cause]] = {}
        self.looks = 0
        self._follow()

    def _follow(self) -> None:
        readers = self._readers()
        waiting = deque(self._snapshot.nodes)
        queued = set(waiting)
        while waiting:
            view = waiting.popleft()
            queued.discard(view)
            for reached in self._look(view):
                for reader in readers.get(reached, ()):
                    if reader not in self.reached and reader not in queued:
                        queued.add(reader)
                        waiting.append(reader)

    def _readers(self) -> dict[Reached, dict[NodeView, None]]:
        """Who reads a node, or a memory key; what a subflow is given is read by all inside."""
        found: dict[Reached, dict[NodeView, None]] = {}
        for reader in self._snapshot.nodes:
            for producer in producers_of(reader, self._snapshot):
                found.setdefault(producer, {}).update(dict.fromkeys(_with_inside(reader)))
            for origin in ways_of(reader, self._snapshot).taken:
                if isinstance(origin, MemoryKey):
                    found.setdefault(origin, {})[reader] = None
        return found

    def _look(self, view: NodeView) -> Iterator[Reached]:
        """Look at one node; gives the node, and the memory key, that are now known to be untrusted."""
        self.looks += 1
        ways = ways_of(view, self._snapshot)
        if self._take(view, view, ways.taken):
            yield view
        if ways.key is not None and self._take(ways.key, view, ways.stored):
            yield ways.key

    def _take(self, reached: Reached, view: NodeView, origins: tuple[Origin, ...]) -> bool:
        """Note that something is reached, if it is; says whether that is new."""
        if reached in self.reached:
            return False
        causes = (_cause(origin, self._snapshot, self.reached.__contains__) for origin in origins)
        cause = next((one for one in causes if one is not None), None)
        if cause is not None:
            self.reached[reached] = view, cause
        return cause is not None


def _cause(origin: Origin, snapshot: Snapshot, is_reached: Callable[[Reached], bool]) -> Cause | None:
    """Where untrusted data comes from that is read of an origin; None where that is trusted."""
    match origin:
        case InputPart():
            return _cause_of_input(origin, snapshot, is_reached)
        case Triggered(flow=flow):
            return next((Sent(flow, trigger) for trigger in open_triggers(flow, snapshot)), None)
        case Outside():
            return origin
        case _:
            return origin if is_reached(origin) else None


def _cause_of_input(part: InputPart, snapshot: Snapshot, is_reached: Callable[[Reached], bool]) -> Cause | None:
    level, names = part.level, part.names
    while level.owner is not None:
        given = given_by(level.owner, snapshot)
        if names and names[0] in given.names:
            origins = (origin for holding, origin in given.origins if names[0] in holding)
            causes = (_cause(origin, snapshot, is_reached) for origin in origins)
            return next((cause for cause in causes if cause is not None), None)
        level = level.owner.level
    return _cause_of_taskflow_input(level.flow, names, snapshot)


def _cause_of_taskflow_input(flow: FlowView, names: tuple[str, ...], snapshot: Snapshot) -> Cause | None:
    for trigger in open_triggers(flow, snapshot):
        mapped = mapped_by(trigger, snapshot)
        if mapped is None:
            return Sent(flow, trigger)
        for number, holding in mapped:
            if not names or names[0] in holding:
                return Sent(flow, trigger, number)
    return None


def _with_inside(view: NodeView) -> Iterator[NodeView]:
    """A node, and of a subflow all nodes inside it."""
    waiting = [view]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += one.inner.nodes if one.inner is not None else ()
