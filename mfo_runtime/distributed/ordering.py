"""What happened to a run, in one order: what was written down, and how its steps ended, which DBOS keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge

from mfo_runtime.journal import Event

_BEGINS = "running"


def in_order(written: Iterable[tuple[int, Event]], stepped: Iterable[tuple[int, Event]]) -> Iterator[Event]:
    """All events of a run.

    A worker that goes on with a part comes to its steps again, and writes that they begin; those that had ended are not
    executed, so that this is left out: in one part, what has ended does not begin again.

    Args:
        written: events in the order in which they were written, each with the number of its part.
        stepped: how the steps of each part ended, in any order.
    """
    endings = sorted(((part, event.time, event) for part, event in stepped), key=_moment)
    ended: set[tuple[int, str]] = set()
    steps = {(part, event.node) for part, _, event in endings}
    for part, _, event in merge(_never_back(written), endings, key=_moment):
        here = (part, event.node)
        if here not in steps:
            yield event
        elif event.kind != _BEGINS:
            ended.add(here)
            yield event
        elif here not in ended:
            yield event


def _never_back(written: Iterable[tuple[int, Event]]) -> Iterator[tuple[int, float, Event]]:
    """Events in the order in which they were written, with times that agree with it where a clock was set back."""
    part, latest = 0, 0.0
    for at, event in written:
        latest = event.time if at > part else max(latest, event.time)
        part = at
        yield part, latest, event


def _moment(item: tuple[int, float, Event]) -> tuple[int, float]:
    return item[:2]
