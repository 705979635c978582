"""Running a flow from the editor: the one seam to the running side, which is imported when it is first used."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from mfo_dialect.analysis.bundle import Bundle
from mfo_lsp.server.keeping import kept

if TYPE_CHECKING:
    from mfo_runtime.client import ClientSettings, MfoClient
    from mfo_runtime.engine.observing import RunEvent
    from mfo_runtime.errors import MfoError
    from mfo_runtime.flow import Flow, RunControl, RunOptions, RunOutcome
    from mfo_runtime.flow.only import Recorded
    from mfo_runtime.tasks import Question

SUCCEEDED = "succeeded"
CANCELLED = "cancelled"
REFUSED = "refused"
FAILED = "failed"
_STOP_PATIENCE = 8.0
"""Seconds that a run may take to end when it is stopped; the engine bounds them as well."""


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What to run.

    Attributes:
        document: the key of the workflow's text.
        bundle: the documents, open texts included.
        taskflow: the id of the taskflow; None for the only one.
        inputs: the run's inputs.
        server: the URL of the MFO server; None for the one that is configured, else a local one.
        script: the path of the scripted answers for the local server; None for the one beside the flow.
        task: the id of the one task to execute; None for the whole flow.
        recorded: the id of the run that gives what that task reads; None for the last one of the flow.
    """

    document: str
    bundle: Bundle
    taskflow: str | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    server: str | None = None
    script: str | None = None
    task: str | None = None
    recorded: str | None = None


@dataclass(frozen=True, slots=True)
class RunReport:
    """How a run ended.

    Attributes:
        state: ``succeeded``, ``failed``, ``cancelled`` or ``refused``.
        outputs: what it returned, as JSON values.
        failure: why it did not succeed, as JSON values with a ``code`` and a ``message``.
        details: the run's id, the states of its nodes, its duration and usage; empty where nothing ran.
    """

    state: str
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    failure: Mapping[str, Any] | None = None
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def message(self) -> str:
        """Why it did not succeed, in words; empty where it did."""
        return str(self.failure.get("message", "")) if self.failure is not None else ""

    def to_data(self) -> dict[str, Any]:
        """The report as the command's result."""
        return {**self.details, "state": self.state, "outputs": self.outputs, "failure": self.failure}


@dataclass(frozen=True, slots=True)
class Watch:
    """Who follows a run from the editor.

    Attributes:
        run_id: the run's id in the journal.
        on_event: told of everything that happens, as JSON values without outputs.
        on_usage: told what models used, with each of their answers.
        on_text: told what models write while they write it; None where nobody reads along.
        ask: puts questions to the person at the editor.
    """

    run_id: str
    on_event: Callable[[Mapping[str, Any]], None]
    on_usage: Callable[[str, Mapping[str, Any]], None]
    on_text: Callable[[str, str], None] | None
    ask: Callable[[Question], Awaitable[Any]]

    def options(self, control: RunControl) -> RunOptions:
        """What a run is told of them, and of what stops it."""
        from mfo_runtime.flow import RunOptions  # noqa: PLC0415 - the running side is for those who run

        return RunOptions(
            control=control,
            run_id=self.run_id,
            observers=(lambda event: self.on_event(event_data(event)),),
            on_usage=self.on_usage,
            on_text=self.on_text,
            ask=self.ask,
        )


def failed(code: str, message: str) -> RunReport:
    """The report of a run that did not come to anything."""
    return RunReport(FAILED, failure={"code": code, "message": message})


def failed_with(error: MfoError) -> RunReport:
    """The report of a run that an error kept from coming to anything."""
    return RunReport(FAILED, failure=error.to_data())


async def load(request: RunRequest) -> Flow | RunReport:
    """The flow, with the errors that keep it from running; a report where there is no such flow."""
    from mfo_runtime.errors import MfoError  # noqa: PLC0415 - the running side is for those who run
    from mfo_runtime.flow.loading import flow_of_bundle  # noqa: PLC0415 - as above

    try:
        return await asyncio.to_thread(flow_of_bundle, request.bundle, request.document, request.taskflow)
    except MfoError as error:
        return failed_with(error)


async def stoppable(work: Callable[[RunControl], Coroutine[Any, Any, RunReport]]) -> RunReport:
    """Run to the end; cancelling the task that awaits this stops the run, which then ends as cancelled, in the journal too."""
    from mfo_runtime.flow import RunControl  # noqa: PLC0415 - as above

    control = RunControl()
    running = asyncio.ensure_future(work(control))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        control.cancel(at_once=True)
        done, _ = await asyncio.wait({running}, timeout=_STOP_PATIENCE)
        if running in done and not running.cancelled():
            return running.result()
        running.cancel()
        raise


async def run(flow: Flow, request: RunRequest, watch: Watch) -> RunReport:
    """Run a flow to its end; cancelling the task that awaits this cancels the run.

    Args:
        flow: the flow, as it was loaded.
        request: what it was loaded for.
        watch: who follows it.
    """
    return await stoppable(lambda control: _run(flow, request, watch.options(control)))


async def _run(flow: Flow, request: RunRequest, options: RunOptions) -> RunReport:
    from mfo_runtime.client import MfoClient  # noqa: PLC0415 - as above
    from mfo_runtime.errors import MfoError  # noqa: PLC0415 - as above

    where = {"server": request.server, "script": request.script}
    try:
        async with connected(flow, where) as settings, MfoClient(settings) as client:
            if request.task is not None:
                outcome = await _run_task(flow, request.task, request, client, options)
            else:
                async with kept(flow, where) as keeping:
                    outcome = await flow.run(request.inputs, client, replace(options, keeping=keeping))
    except MfoError as error:
        return failed_with(error)
    return report_of(outcome)


def report_of(outcome: RunOutcome) -> RunReport:
    """The report of a run that came to its end."""
    details = outcome.to_data()
    return RunReport(details.pop("state"), details.pop("outputs"), details.pop("error"), details)


async def _run_task(flow: Flow, task: str, request: RunRequest, client: MfoClient, options: RunOptions) -> RunOutcome:
    from mfo_runtime.flow.only import run_only  # noqa: PLC0415 - as above

    recorded = await asyncio.to_thread(_recorded, flow, request)
    return await run_only(flow, task, request.inputs, recorded, client, options)


def _recorded(flow: Flow, request: RunRequest) -> Recorded | None:
    """What the nodes gave in the run that is named, else in the flow's last one; None where none was recorded."""
    from mfo_runtime.cli.data_folders import data_path  # noqa: PLC0415 - as above
    from mfo_runtime.errors import InvalidInputError  # noqa: PLC0415 - as above
    from mfo_runtime.flow.only import recorded_of  # noqa: PLC0415 - as above
    from mfo_runtime.journal import Journal  # noqa: PLC0415 - as above

    document = flow.view.document
    journal = Journal(data_path(flow.bundle.project, PurePosixPath(document).parent.as_posix()))
    if request.recorded is None:
        stored = next((run for run in journal.runs(flow.name) if run.document == document), None)
        return recorded_of(journal, stored) if stored is not None else None
    stored = journal.find(request.recorded)
    if stored.taskflow != flow.name:
        raise InvalidInputError(f"Run {stored.id} is one of {stored.taskflow}, not of {flow.name}.", hint="")
    return recorded_of(journal, stored)


def plan(flow: Flow, request: RunRequest) -> Mapping[str, Any] | RunReport:
    """What a run would do, as JSON values; a report where the inputs are refused. Nothing is called."""
    from mfo_runtime.errors import MfoError  # noqa: PLC0415 - as above
    from mfo_runtime.forecast import forecast  # noqa: PLC0415 - as above

    try:
        return forecast(flow, request.inputs, None).to_data()
    except MfoError as error:
        return failed_with(error)


def connected(flow: Flow, where: Mapping[str, Any]) -> AbstractAsyncContextManager[ClientSettings]:
    """The settings for a server; a local one runs as long as the block does, which raises ``MfoError`` where there is none.

    Args:
        flow: the flow.
        where: ``server``, ``script`` and ``profile``, where something is said of them.
    """
    from mfo_runtime.cli.connecting import Where  # noqa: PLC0415 - as above
    from mfo_runtime.flow.beside_loop import beside_the_loop  # noqa: PLC0415 - as above

    return beside_the_loop(Where().or_else(where).settings(flow.bundle, flow.view.document))


def event_data(event: RunEvent) -> dict[str, Any]:
    """An event of a run as JSON values; outputs are no part of it."""
    return {
        "sequence": event.sequence,
        "time": event.time,
        "path": event.path,
        "iteration": event.iteration,
        "state": event.state.value,
        "attempt": event.attempt,
        "duration": event.duration,
        "branch": event.branch,
        "error": event.error.to_data() if event.error is not None else None,
    }
