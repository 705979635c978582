"""Jobs of the local server that are taskflows: the job's input is INPUT, its id the run's, its result the outputs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from mfo_runtime.client import ClientSettings, MfoClient
from mfo_runtime.errors import InvalidInputError, MfoError
from mfo_runtime.flow import Flow, Keeping, RunControl, RunOptions, RunOutcome, load_run
from mfo_runtime.journal import Journal, StoredRun
from mfo_runtime.server.job_calls import JobCall

_ENDED_BADLY = frozenset({"failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class FlowJob:
    """A taskflow that is a job type.

    Attributes:
        load: gives the flow; called once a job, on another thread.
        journal: where its runs are kept; a job that was broken off goes on with its run.
        settings: the server that its tasks ask, which is the one that has the job.
    """

    load: Callable[[], Flow]
    journal: Callable[[], Journal | None]
    settings: Callable[[], ClientSettings]

    async def __call__(self, call: JobCall) -> Any:
        """Run the job to its end and give the flow's outputs.

        Raises:
            ValueError: the run failed; the message says why.
        """
        control = RunControl()
        running = asyncio.ensure_future(self._run(call, control))
        try:
            outcome = await asyncio.shield(running)
        except asyncio.CancelledError:
            if call.is_cancelled():
                control.cancel(at_once=True)
            else:
                control.park()
            await asyncio.wait([running])
            raise
        except MfoError as error:
            raise ValueError(f"{error.message} [{error.code}]") from None
        if outcome.error is not None:
            task = f'task "{outcome.error.task}": ' if outcome.error.task else ""
            raise ValueError(f"{task}{outcome.error.message} [{outcome.error.code}]")
        return dict(outcome.outputs)

    async def _run(self, call: JobCall, control: RunControl) -> RunOutcome:
        journal = self.journal()
        async with MfoClient(self.settings()) as client:
            if journal is not None and _is_known(journal, call.id):
                resumption = await asyncio.to_thread(load_run, journal, call.id)
                if resumption.stored.state in _ENDED_BADLY:
                    raise ValueError(_words(resumption.stored))
                return await resumption.go_on(client, RunOptions(control=control))
            keeping = Keeping(journal) if journal is not None else None
            options = RunOptions(run_id=call.id, job_id=call.id, control=control, keeping=keeping)
            flow = await asyncio.to_thread(self.load)
            return await flow.run(_inputs(call.input), client, options)


def _words(run: StoredRun) -> str:
    """How a run has ended that the server died before telling of."""
    error = run.error or {}
    return f"{error.get('message', f'the run was {run.state}')} [{error.get('code', run.state)}]"


def _inputs(job_input: Any) -> dict[str, Any]:
    if job_input is None:
        return {}
    if not isinstance(job_input, dict):
        raise InvalidInputError("The job's input is no map of inputs.")
    return cast("dict[str, Any]", job_input)


def _is_known(journal: Journal, run_id: str) -> bool:
    try:
        return journal.find(run_id).id == run_id
    except InvalidInputError:
        return False
