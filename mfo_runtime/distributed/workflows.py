"""What runs are to DBOS, asked from outside: a workflow for each part of a run, on a queue, and the results of its steps."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, cast
from uuid import uuid4

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, EnqueueOptions, Serializer

from mfo_runtime.distributed.database import Database
from mfo_runtime.journal import PROTOCOL, Event

APPLICATION = "mfo"
WORKFLOW = "mfo.run"
VERSION = f"mfo-replay-{PROTOCOL}"
"""DBOS gives a workflow only to processes of the version that it was begun under: here, the protocol of replaying runs."""

PENDING = "PENDING"
ENQUEUED = "ENQUEUED"
_ERROR = "$error"
_OWN_QUEUE = re.compile("here-[0-9a-f]{32}")


class JsonSerializer(Serializer):
    """Arguments and results as JSON; DBOS would pickle them, which only this Python could read, and not safely."""

    def serialize(self, data: Any) -> str:
        """JSON; an error as its words."""
        return json.dumps(data, default=_in_words, separators=(",", ":"))

    def deserialize(self, serialized_data: str) -> Any:  # type: ignore[override] - DBOS calls it cls
        """The value; an error that a workflow broke off with as an error again."""
        value: Any = json.loads(serialized_data)
        return RuntimeError(_error_in(value)) if _error_in(value) is not None else value

    def name(self) -> str:
        """What DBOS notes beside each value."""
        return "mfo_json"


def own_queue() -> str:
    """A name for the queue of a command that executes one run itself."""
    return f"here-{uuid4().hex}"


def workflow_id(run_id: str, part: int) -> str:
    """The workflow of one part of a run."""
    return run_id if part == 1 else f"{run_id}.{part}"


def run_of(workflow: str) -> str:
    """The run that a workflow is a part of; ids of runs hold no dot but those given by ``workflow_id``."""
    return workflow.partition(".")[0]


class Workflows:
    """The workflows of one database, for any thread."""

    def __init__(self, database: Database) -> None:
        """Ask through the connections of ``database``."""
        self._client = DBOSClient(
            system_database_engine=database.engine,
            serializer=JsonSerializer(),
            application_name=APPLICATION,
            lazy=True,
            retry_connection_errors=False,
        )

    def enqueue(self, connection: sa.Connection, run_id: str, part: int, queue: str, priority: int | None) -> None:
        """Put a part of a run on a queue, in the caller's transaction.

        Args:
            connection: the transaction.
            run_id: the run.
            part: which part.
            queue: the queue.
            priority: 1 comes first; None comes before all that have one.
        """
        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "queue_name": queue,
            "workflow_id": workflow_id(run_id, part),
            "app_version": VERSION,
        }
        if priority is not None:
            options["priority"] = priority
        self._client.enqueue_in_transaction(connection, options, run_id)

    def endings(self, run_id: str, part: int) -> Iterator[Event]:
        """How the tasks of one part ended, as their steps have it."""
        for step in self._client.list_workflow_steps(workflow_id(run_id, part)):
            output = step["output"]
            if isinstance(output, dict) and "kind" in output:
                yield event_of(cast("dict[str, Any]", output))

    def outcome(self, run_id: str, part: int) -> dict[str, Any] | None:
        """What the workflow of a part gave; None where it has not ended."""
        found = self._client.list_workflows(workflow_ids=[workflow_id(run_id, part)], load_input=False)
        given: Any = found[0].output if found else None
        return cast("dict[str, Any]", given) if isinstance(given, dict) else None

    def take_off_queue(self, run_id: str, part: int) -> None:
        """Keep workers from beginning a part."""
        self._client.cancel_workflows([workflow_id(run_id, part)])

    def forget(self, parts: Iterable[tuple[str, int]]) -> None:
        """Drop runs with all their parts; of each the last part is given."""
        names = [workflow_id(run_id, part) for run_id, last in parts for part in range(1, last + 1)]
        if names:
            self._client.delete_workflows(names)

    def executed(self) -> list[tuple[str, str | None]]:
        """The workflows that are being executed, each with the worker that does."""
        held = self._client.list_workflows(status=PENDING, name=WORKFLOW, load_input=False, load_output=False)
        return [(found.workflow_id, found.executor_id) for found in held]

    def give_to_queue(self, workflow: str, queue: str) -> None:
        """Let a worker of the queue go on with a workflow; whoever executes it now can keep nothing more of it."""
        self._client.resume_workflow(workflow, queue_name=queue)

    def waiting_on(self, queue: str) -> list[str]:
        """The workflows that wait on a queue."""
        found = self._client.list_queued_workflows(
            queue_name=queue, status=ENQUEUED, name=WORKFLOW, load_input=False, load_output=False
        )
        return [one.workflow_id for one in found]

    def queues_of_single_runs(self) -> list[str]:
        """The queues that commands have made for the one run that each of them executes."""
        return [queue.name for queue in self._client.list_queues() if _OWN_QUEUE.fullmatch(queue.name)]

    def drop_queue(self, queue: str) -> None:
        """Drop a queue on which nothing waits; nothing happens where there is none."""
        self._client.delete_queue(queue)

    def waiting_for_others(self) -> dict[str, int]:
        """How many workflows wait for workers of another version, by version."""
        found: dict[str, int] = {}
        for one in self._client.list_queued_workflows(load_input=False, load_output=False):
            if one.name == WORKFLOW and one.app_version not in {None, VERSION}:
                found[str(one.app_version)] = found.get(str(one.app_version), 0) + 1
        return found


def make_workflow_tables(database: Database) -> None:
    """Make the tables of DBOS that are not there yet, or bring them up to date."""
    DBOS.migrate(database.url)


def event_data(event: Event) -> dict[str, Any]:
    """An ending as the result of its step."""
    return {
        "time": event.time,
        "kind": event.kind,
        "node": event.node,
        "attempt": event.attempt,
        "duration": event.duration,
        "value": event.value_json,
        "facts": event.facts,
    }


def event_of(data: dict[str, Any]) -> Event:
    """The ending that a step's result is."""
    return Event(
        data["time"], data["kind"], data["node"], data["attempt"], data["duration"], data["value"], data["facts"]
    )


def _error_in(value: Any) -> str | None:
    return str(cast("dict[str, Any]", value)[_ERROR]) if isinstance(value, dict) and _ERROR in value else None


def _in_words(value: object) -> Any:
    return {_ERROR: f"{type(value).__name__}: {value}"}
