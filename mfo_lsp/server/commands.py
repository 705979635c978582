"""``workspace/executeCommand``: the commands by name, and running a flow with progress and cancel."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types

from mfo_dialect.findings import Finding
from mfo_dialect.model.kinds import DocumentKind
from mfo_lsp.features.code_lenses import RUN_FLOW
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import View, look_up
from mfo_lsp.server.progress import Progress, open_progress
from mfo_lsp.server.protocol import RefusedError, log_failure
from mfo_lsp.server.runs import CANCELLED, REFUSED, SUCCEEDED, RunReport, RunRequest, failed, load, run

if TYPE_CHECKING:
    from mfo_runtime.flow import Flow

RUN_EVENT = "mfo/runEvent"
_CANCEL_PATIENCE = 10.0
"""Seconds that a cancelled run may take to end."""
_MAX_TOLD = 3
_INVALID = types.ErrorCodes.InvalidParams


@dataclass(frozen=True, slots=True)
class RunArguments:
    """The one argument of ``mfo.runFlow``.

    Attributes:
        uri: the workflow document.
        taskflow: which one; None where there is only one.
        inputs: the run's inputs.
        server: the URL of an MFO server.
        script: the path of scripted answers.
    """

    uri: str
    taskflow: str | None
    inputs: Mapping[str, Any]
    server: str | None
    script: str | None


async def execute(server: Server, params: types.ExecuteCommandParams) -> object:
    """Run a command.

    Raises:
        RefusedError: there is no such command, or its arguments are not as they should be.
    """
    command = COMMANDS.get(params.command)
    if command is None:
        raise RefusedError(f"the server has no command {params.command}", _INVALID)
    return await command(server, params.arguments or (), params.work_done_token)


async def _run_flow(server: Server, arguments: Sequence[object], token: types.ProgressToken | None) -> object:
    said = _read_arguments(arguments)
    view = look_up(server.session, said.uri)
    if view is None or view.source.kind is not DocumentKind.WORKFLOW:
        raise RefusedError("this document is no MFO workflow, so there is nothing to run", _INVALID)
    bundle = view.snapshot.bundle
    request = RunRequest(view.key, bundle, said.taskflow, said.inputs, said.server, said.script)
    flow = await load(request)
    if isinstance(flow, RunReport):
        report = flow
    elif flow.findings:
        report = _refusal(server, flow.findings, view)
    else:
        report = await _run(server, flow, request, said.uri, await open_progress(server, token))
    _tell(server, report)
    return report.to_data()


def _read_arguments(arguments: Sequence[object]) -> RunArguments:
    is_map = len(arguments) == 1 and isinstance(arguments[0], Mapping)
    said = cast("Mapping[str, Any]", arguments[0] if is_map else {})
    uri, inputs = said.get("uri"), said.get("inputs")
    options = {name: said.get(name) for name in ("taskflow", "server", "script")}
    wrong = [name for name, value in options.items() if not (value is None or isinstance(value, str))]
    if not isinstance(uri, str) or wrong or not (inputs is None or isinstance(inputs, Mapping)):
        raise RefusedError(f"{RUN_FLOW} takes one argument: {{uri, taskflow?, inputs?, server?, script?}}", _INVALID)
    return RunArguments(uri, inputs=cast("Mapping[str, Any]", inputs or {}), **cast("dict[str, str | None]", options))


def _refusal(server: Server, errors: Sequence[Finding], view: View) -> RunReport:
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
    states: dict[str, str] = {}
    server.session.states[request.document, flow.name] = states

    def on_event(event: Mapping[str, Any]) -> None:
        told = {"run": progress.token, "uri": uri, "taskflow": flow.name, "event": event}
        server.protocol.notify(RUN_EVENT, told)
        if event["path"]:
            states[event["path"]] = event["state"]
            progress.report(f"{event['path']}: {event['state']}")

    progress.begin(f"Run {flow.name or 'flow'}")
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


def _tell(server: Server, report: RunReport) -> None:
    kind = types.MessageType.Info if report.state in {SUCCEEDED, CANCELLED} else types.MessageType.Error
    server.tell(f"Run flow: {_words(report)}", kind)


def _words(report: RunReport) -> str:
    return f"{report.state}: {report.message}" if report.message else report.state


COMMANDS: Mapping[str, Callable[[Server, Sequence[object], types.ProgressToken | None], Awaitable[object]]] = {
    RUN_FLOW: _run_flow,
}
