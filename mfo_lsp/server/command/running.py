"""Running a flow, or one task of it, with progress and cancel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from lsprotocol import types

from mfo_dialect.findings import Finding
from mfo_lsp.features.code_lenses import RUN_FLOW, RUN_TASK
from mfo_lsp.server.asking import Questions
from mfo_lsp.server.capabilities import RUN_TEXT
from mfo_lsp.server.command.arguments import (
    RunArguments,
    read_resume_arguments,
    read_run_arguments,
    view_of_workflow,
)
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import View
from mfo_lsp.server.progress import Progress, open_progress
from mfo_lsp.server.protocol import log_failure
from mfo_lsp.server.resuming import go_on, load_resumption
from mfo_lsp.server.run_texts import RunTexts
from mfo_lsp.server.runs import CANCELLED, REFUSED, SUCCEEDED, RunReport, Watch, failed, load, run

RUN_EVENT = "mfo/runEvent"
_CANCEL_PATIENCE = 10.0
"""Seconds that a cancelled run may take to end."""
_MAX_TOLD = 3


async def run_flow(server: Server, arguments: Sequence[object], token: types.ProgressToken | None) -> object:
    """``mfo.runFlow``: run a taskflow to its end, by the texts in the editor.

    Raises:
        RefusedError: the argument is not as it should be, or the document is no workflow.
    """
    return await _start(server, read_run_arguments(RUN_FLOW, arguments), token)


async def run_task(server: Server, arguments: Sequence[object], token: types.ProgressToken | None) -> object:
    """``mfo.runTask``: execute one task by itself, with what a recorded run gave the nodes that it reads.

    Raises:
        RefusedError: the argument is not as it should be, or the document is no workflow.
    """
    return await _start(server, read_run_arguments(RUN_TASK, arguments, needed=("task",)), token)


async def resume_run(server: Server, arguments: Sequence[object], token: types.ProgressToken | None) -> object:
    """``mfo.resumeRun``: go on with a run of the journal, by the definition that it began with.

    Raises:
        RefusedError: the argument is not as it should be, or the document is no workflow.
    """
    said = read_resume_arguments(arguments)
    view = await view_of_workflow(server, said.uri)
    request = said.request(view)
    resumption = await load_resumption(request)
    if isinstance(resumption, RunReport):
        report = resumption
    elif request.is_redefined and resumption.flow.findings:
        report = refusal(server, resumption.flow.findings, view)
    else:
        about = _About(said.uri, request.document, resumption.flow.name, resumption.stored.id)
        work = partial(go_on, resumption, request)
        report = await _run(server, about, work, await open_progress(server, token), keeps_states=True)
    _tell(server, report, "Resume run")
    return report.to_data()


@dataclass(frozen=True, slots=True)
class _About:
    """What a run is of, and its id."""

    uri: str
    document: str
    taskflow: str
    run_id: str


class _Usage:
    """What models used in each execution of a node."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Any]] = {}

    def add(self, node: str, usage: Mapping[str, Any]) -> None:
        """A model used so much for an execution of a node."""
        from mfo_runtime.tasks.conversation import add_usage  # noqa: PLC0415 - the running side is for those who run

        add_usage(self._known.setdefault(node, {}), usage)

    def of(self, event: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the execution that an event tells of has used so far."""
        name = f"{event['path']}[{event['iteration']}]" if event["iteration"] else event["path"]
        return self._known.get(name, {})


async def _start(server: Server, said: RunArguments, token: types.ProgressToken | None) -> object:
    view = await view_of_workflow(server, said.uri)
    request = said.request(view)
    flow = await load(request)
    if isinstance(flow, RunReport):
        report = flow
    elif flow.findings:
        report = refusal(server, flow.findings, view)
    else:
        about = _About(said.uri, request.document, flow.name, uuid4().hex)
        progress, is_one_task = await open_progress(server, token), request.task is not None
        report = await _run(server, about, partial(run, flow, request), progress, keeps_states=is_one_task)
    _tell(server, report, "Run flow" if request.task is None else f"Run {request.task}")
    return report.to_data()


def refusal(server: Server, errors: Sequence[Finding], view: View) -> RunReport:
    """The report of a flow that is not run for its errors."""
    told = [f"{finding.code}: {finding.message}" for finding in errors[:_MAX_TOLD]]
    more = len(errors) - len(told)
    words = "; ".join(told) + (f"; and {more} more" if more else "")
    message = f"the flow has {len(errors)} error{'s' if len(errors) > 1 else ''} and was not run: {words}"
    shown = [
        {
            "code": finding.code,
            "name": finding.name,
            "message": finding.message,
            "uri": view.session.uri(finding.place.document),
            "range": server.protocol.plain(view.range(finding.place.span, finding.place.document)),
        }
        for finding in errors
    ]
    return RunReport(REFUSED, failure={"code": "flow_refused", "message": message, "findings": shown})


async def _run(
    server: Server,
    about: _About,
    work: Callable[[Watch], Coroutine[Any, Any, RunReport]],
    progress: Progress,
    *,
    keeps_states: bool,
) -> RunReport:
    """Run to the end, telling the client what happens; a cancelled request cancels the run."""
    key = about.document, about.taskflow
    states = server.session.states.get(key, {}) if keeps_states else {}
    server.session.states[key] = states
    named = {"run": progress.token, "run_id": about.run_id, "uri": about.uri, "taskflow": about.taskflow}
    texts = RunTexts(lambda node, text: server.protocol.notify(RUN_TEXT, {**named, "node": node, "text": text}))

    used = _Usage()

    def on_event(event: Mapping[str, Any]) -> None:
        texts.flush()
        server.protocol.notify(RUN_EVENT, {**named, "event": {**event, "usage": used.of(event)}})
        if event["path"]:
            states[event["path"]] = event["state"]
            progress.report(f"{event['path']}: {event['state']}")

    reader = texts.take if server.session.client.reads_along else None
    watch = Watch(about.run_id, on_event, used.add, reader, Questions(server, named))
    progress.begin(f"Run {about.taskflow or 'flow'}")
    task = server.runs.start(progress.token, work(watch))
    report = RunReport(CANCELLED)
    try:
        await asyncio.wait({task})
        report = _report_of(task)
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait({task}, timeout=_CANCEL_PATIENCE)
        raise
    finally:
        texts.flush()
        progress.end(_words(report))
    return report


def _report_of(task: asyncio.Task[RunReport]) -> RunReport:
    if task.cancelled():
        return RunReport(CANCELLED, failure={"code": "cancelled", "message": "the run was cancelled"})
    error = task.exception()
    if error is not None:
        log_failure("a run", error)
        return failed("internal", f"the run broke with {type(error).__name__}; this is a defect of the runtime")
    return task.result()


def _tell(server: Server, report: RunReport, what: str) -> None:
    kind = types.MessageType.Info if report.state in {SUCCEEDED, CANCELLED} else types.MessageType.Error
    server.tell(f"{what}: {_words(report)}", kind)


def _words(report: RunReport) -> str:
    return f"{report.state}: {report.message}" if report.message else report.state
