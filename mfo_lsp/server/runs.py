"""Running a flow from the editor: the one seam to the running side, which is imported when it is first used."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mfo_dialect.analysis.bundle import Bundle
from mfo_runtime.engine.observing import RunEvent
from mfo_runtime.errors import MfoError


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What to run.

    Attributes:
        document: the key of the workflow's text.
        bundle: the documents, open texts included.
        taskflow: the id of the taskflow; None for the only one.
        inputs: the run's inputs.
        server: the URL of the MFO server; None for the one that the runtime chooses.
        script: the path of the scripted answers for the local server; None for the one beside the flow.
    """

    document: str
    bundle: Bundle
    taskflow: str | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    server: str | None = None
    script: str | None = None


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run ended.

    Attributes:
        state: ``succeeded``, ``failed``, ``cancelled`` or ``refused``.
        outputs: what it returned, as JSON values.
        failure: why it did not succeed, as JSON values with a ``code`` and a ``message``.
    """

    state: str
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    failure: Mapping[str, Any] | None = None

    def to_data(self) -> dict[str, Any]:
        """The outcome as the command's result."""
        failure = dict(self.failure) if self.failure is not None else None
        return {"state": self.state, "outputs": dict(self.outputs), "failure": failure}


OnEvent = Callable[[Mapping[str, Any]], None]


async def run_flow(request: RunRequest, on_event: OnEvent) -> RunOutcome:
    """Run a flow to its end; cancelling the task that awaits this cancels the run.

    Args:
        request: what to run; the caller has made sure that the checker finds no error in it.
        on_event: told of everything that happens, as JSON values.
    """
    try:
        flows: Any = importlib.import_module("mfo_runtime.flow")
    except ImportError:
        return failed("unavailable", "this installation cannot run flows: mfo_runtime is not whole")

    def tell(event: RunEvent) -> None:
        on_event(event_data(event))

    try:
        flow = flows.Flow.load(request.bundle, taskflow=request.taskflow, document=request.document)
        inputs = dict(request.inputs)
        result = await flow.run(inputs, server=request.server, script=request.script, on_event=tell)
    except MfoError as error:
        return RunOutcome("failed", failure=error.to_data())
    return RunOutcome(_word(result.state), result.outputs, _failure(result))


def failed(code: str, message: str) -> RunOutcome:
    """The outcome of a run that did not come to anything."""
    return RunOutcome("failed", failure={"code": code, "message": message})


def event_data(event: RunEvent) -> dict[str, Any]:
    """An event of a run as JSON values; outputs are no part of it."""
    return {
        "sequence": event.sequence,
        "time": event.time,
        "path": event.path,
        "iteration": event.iteration,
        "state": _word(event.state),
        "attempt": event.attempt,
        "duration": event.duration,
        "branch": event.branch,
        "error": event.error.to_data() if event.error is not None else None,
    }


def _word(state: Any) -> str:
    return str(getattr(state, "value", state))


def _failure(result: Any) -> Mapping[str, Any] | None:
    error = getattr(result, "failure", None)
    return error.to_data() if isinstance(error, MfoError) else None
