"""``workspace/executeCommand``: the commands by name, and running a flow with progress and cancel."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from lsprotocol import types

from mfo_dialect.findings import Finding, Severity
from mfo_dialect.model.kinds import DocumentKind
from mfo_lsp.features.code_lenses import RUN_FLOW
from mfo_lsp.server.checking import checked
from mfo_lsp.server.convert import directory_of, to_key
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import View, view_of
from mfo_lsp.server.progress import Progress, open_progress
from mfo_lsp.server.protocol import RefusedError, log_failure
from mfo_lsp.server.runs import RunOutcome, RunRequest, failed, run_flow

RUN_EVENT = "mfo/runEvent"
_CANCEL_PATIENCE = 10.0
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
    key = to_key(said.uri)
    analysis, findings = await checked(server, directory_of(key))
    view = view_of(server.session, key, analysis.snapshot)
    if view is None or view.source.kind is not DocumentKind.WORKFLOW:
        raise RefusedError("this document is no MFO workflow, so there is nothing to run", _INVALID)
    errors = refusing(findings, view)
    if errors:
        return _refused(server, errors, view)
    bundle = analysis.snapshot.bundle
    request = RunRequest(key, bundle, said.taskflow, said.inputs, said.server, said.script)
    progress = await open_progress(server, token)
    return await _run(server, request, said, progress)


def _read_arguments(arguments: Sequence[object]) -> RunArguments:
    is_map = len(arguments) == 1 and isinstance(arguments[0], Mapping)
    said = cast("Mapping[str, Any]", arguments[0] if is_map else {})
    uri, inputs = said.get("uri"), said.get("inputs")
    options = {name: said.get(name) for name in ("taskflow", "server", "script")}
    wrong = [name for name, value in options.items() if not (value is None or isinstance(value, str))]
    if not isinstance(uri, str) or wrong or not (inputs is None or isinstance(inputs, Mapping)):
        raise RefusedError(f"{RUN_FLOW} takes one argument: {{uri, taskflow?, inputs?, server?, script?}}", _INVALID)
    return RunArguments(uri, inputs=cast("Mapping[str, Any]", inputs or {}), **cast("dict[str, str | None]", options))


def refusing(findings: Sequence[Finding], view: View) -> list[Finding]:
    """The errors for which a workflow is not run: its own, and those of what all workflows of its bundle share."""
    others = {workflow.document for workflow in view.snapshot.bundle.workflows} - {view.key}
    return [
        finding for finding in findings if finding.severity is Severity.ERROR and finding.place.document not in others
    ]


def _refused(server: Server, errors: Sequence[Finding], view: View) -> dict[str, Any]:
    told = [f"{finding.code}: {finding.message}" for finding in errors[:_MAX_TOLD]]
    more = len(errors) - len(told)
    words = "; ".join(told) + (f"; and {more} more" if more else "")
    message = f"The flow has {len(errors)} error{'s' if len(errors) > 1 else ''} and was not run: {words}"
    server.tell(message)
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
    outcome = RunOutcome("refused", failure={"code": "flow_refused", "message": message, "findings": shown})
    return outcome.to_data()


async def _run(server: Server, request: RunRequest, said: RunArguments, progress: Progress) -> dict[str, Any]:
    """Run to the end, telling the client what happens; a cancelled request cancels the run."""

    def on_event(event: Mapping[str, Any]) -> None:
        told = {"run": progress.token, "uri": said.uri, "taskflow": said.taskflow, "event": event}
        server.protocol.notify(RUN_EVENT, told)
        if event["path"]:
            progress.report(f"{event['path']}: {event['state']}")

    progress.begin(f"Run {said.taskflow or 'flow'}")
    task = server.runs.start(progress.token, run_flow(request, on_event))
    outcome = RunOutcome("cancelled")
    try:
        await asyncio.wait({task})
        outcome = _outcome_of(task)
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait({task}, timeout=_CANCEL_PATIENCE)
        raise
    finally:
        progress.end(_last_word(outcome))
    return outcome.to_data()


def _outcome_of(task: asyncio.Task[RunOutcome]) -> RunOutcome:
    if task.cancelled():
        return RunOutcome("cancelled", failure={"code": "cancelled", "message": "the run was cancelled"})
    error = task.exception()
    if error is not None:
        log_failure("a run", error)
        return failed("internal", f"the run broke with {type(error).__name__}; this is a defect of the runtime")
    return task.result()


def _last_word(outcome: RunOutcome) -> str:
    message = outcome.failure.get("message") if outcome.failure is not None else None
    return f"{outcome.state}: {message}" if message else outcome.state


COMMANDS: Mapping[str, Callable[[Server, Sequence[object], types.ProgressToken | None], Awaitable[object]]] = {
    RUN_FLOW: _run_flow,
}
