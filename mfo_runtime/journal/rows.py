"""What stands in the journal, as plain values; texts that end in ``_json`` are JSON as ``encoding`` writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Event(NamedTuple):
    """One thing that happened to a run; a tuple, as two are made for each task.

    Attributes:
        time: seconds since the epoch.
        kind: the new state of the node or run, ``noted``, or ``resumed``.
        node: the execution's path and iteration; empty for the run itself.
        attempt: for a task, which try.
        duration: for what has ended, seconds.
        value_json: what the node gave, or what was noted; None where there is nothing.
        facts: whatever else is known: ``error``, ``branch``, ``usage``, ``name``.
    """

    time: float
    kind: str
    node: str = ""
    attempt: int | None = None
    duration: float | None = None
    value_json: str | None = None
    facts: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class NewRun:
    """What is known of a run when it begins.

    Attributes:
        id: the run's id.
        taskflow: the taskflow's id.
        document: the path of the document.
        definition: the texts that the run is defined by.
        begun_with_json: inputs, trigger and whatever else the run was given.
        started_at: seconds since the epoch.
        trigger: the id of the trigger that began it; None for none.
        keeper: the service that goes on with it by itself when its process dies; None for none.
    """

    id: str
    taskflow: str
    document: str
    definition: Definition
    begun_with_json: str
    started_at: float
    trigger: str | None = None
    keeper: str | None = None


@dataclass(frozen=True, slots=True)
class Firing:
    """What makes a run begin, so that the same thing makes it begin once.

    Attributes:
        source: what fires: a trigger.
        keys: names of this firing, each of which is good for one run; none where every firing counts.
        digest: what is the same in all firings of one key; those that differ are mistakes of whoever fires.
        time: seconds since the epoch.
    """

    source: str
    keys: tuple[str, ...]
    digest: str
    time: float


@dataclass(frozen=True, slots=True)
class Fired:
    """A firing had begun a run before.

    Attributes:
        run_id: the run.
        is_same: whether it was fired with the same digest.
    """

    run_id: str
    is_same: bool


@dataclass(frozen=True, slots=True)
class Definition:
    """The texts of the documents that a run sees, by key; ``project`` and ``table`` say which is the project file."""

    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    project: str = ""
    table: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run as the journal knows it.

    Attributes:
        number: its number in this journal.
        id, taskflow, document, begun_with_json, started_at, trigger, keeper: as when it began.
        protocol: the protocol by which its events are replayed.
        definition: the hash of its definition.
        state: running, succeeded, failed or cancelled; what runs in no process any more is ``interrupted``.
        ended_at: when it last ended; None where it has not.
        duration: the seconds for which it was executed in all; None where that is not known.
        error: why it failed.
        usage: what models used.
        holder: who executes it, in words; None for nobody.
    """

    number: int
    id: str
    protocol: int
    taskflow: str
    document: str
    definition: str
    begun_with_json: str
    started_at: float
    state: str
    ended_at: float | None
    duration: float | None
    error: Mapping[str, Any] | None
    usage: Mapping[str, Any]
    holder: str | None
    trigger: str | None = None
    keeper: str | None = None


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How a run ended."""

    state: str
    ended_at: float
    duration: float
    error: Mapping[str, Any] | None
    usage: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Retention:
    """Which runs are kept: those no older than ``days``, and of these the ``runs`` newest; None for no such limit."""

    days: float | None = 30.0
    runs: int | None = 1000
