"""Running a flow, or one task of it, with progress and cancel."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from mfo_dialect.findings import Finding
from mfo_lsp.features.code_lenses import RUN_FLOW, RUN_TASK
from mfo_lsp.server.command.arguments import RunArguments, read_run_arguments, view_of_workflow
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import View
from mfo_lsp.server.progress import Progress, open_progress
from mfo_lsp.server.protocol import log_failure
from mfo_lsp.server.runs import CANCELLED, REFUSED, SUCCEEDED, RunReport, RunRequest, failed, load, run

if TYPE_CHECKING:
    from mfo_runtime.flow import Flow

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


async def _start(server: Server, said: RunArguments, token: types.ProgressToken | None) -> object:
    view = await view_of_workflow(server, said.uri)
    request = said.request(view)
    flow = await load(request)
    if isinstance(flow, RunReport):
        report = flow
    elif flow.findings:
        report = refusal(server, flow.findings, view)
    else:
        report = await _run(server, flow, request, said.uri, await open_progress(server, token))
    _tell(server, report, request)
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


async def _run(server: Server, flow: Flow, request: RunRequest, uri: str, progress: Progress) -> RunReport:
    """Run to the end, telling the client what happens; a cancelled request cancels the run."""
    states: dict[str, str] = (
        {} if request.task is None else server.session.states.get((request.document, flow.name), {})
    )
    server.session.states[request.document, flow.name] = states

    def on_event(event: Mapping[str, Any]) -> None:
        told = {"run": progress.token, "uri": uri, "taskflow": flow.name, "event": event}
        server.protocol.notify(RUN_EVENT, told)
        if event["path"]:
            states[event["path"]] = event["state"]
            progress.report(f"{event['path']}: {event['state']}")

    progress.begin(f"Run {request.task or flow.name or 'flow'}")
    task = server.runs.start(progress.token, run(flow, request, on_event))
    report = RunReport(CANCELLED)
    try:
        await asyncio.wait({task})
        report = _report_of(task)
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait({task}, timeout=_CANCEL_PATIENCE)
        raise
    finally:
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


def _tell(server: Server, report: RunReport, request: RunRequest) -> None:
    kind = types.MessageType.Info if report.state in {SUCCEEDED, CANCELLED} else types.MessageType.Error
    what = "Run flow" if request.task is None else f"Run {request.task}"
    server.tell(f"{what}: {_words(report)}", kind)


def _words(report: RunReport) -> str:
    return f"{report.state}: {report.message}" if report.message else report.state
