"""One part of a run, executed by a worker inside its workflow."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NoReturn

from cachetools import LRUCache

from mfo_runtime.client import ClientSettings
from mfo_runtime.distributed.asking import AskingByDatabase
from mfo_runtime.distributed.connections import Connections
from mfo_runtime.distributed.journal import SharedJournal
from mfo_runtime.distributed.rates import SharedSafeguards
from mfo_runtime.distributed.run_log import SharedRunLog
from mfo_runtime.distributed.spending import SharedSpendingBook
from mfo_runtime.distributed.steps import StepHost, StepNumbers, SteppedExecutors
from mfo_runtime.distributed.tables import UNDER_WAY
from mfo_runtime.engine.executors import Executors
from mfo_runtime.engine.plan import RunPlan
from mfo_runtime.errors import JournalError, MfoError, RunHeldError, TaskFailedError
from mfo_runtime.flow import Keeping, Resumption, RunControl, RunOptions, RunOutcome, load_run
from mfo_runtime.flow.circuits import Circuits, circuits_of
from mfo_runtime.flow.executors import FlowExecutors
from mfo_runtime.flow.keeping import SUCCEEDED, KeptRun
from mfo_runtime.flow.watching import WatchRun, watched
from mfo_runtime.journal import StoredRun

Connect = Callable[[Resumption], AbstractContextManager[ClientSettings]]
"""The MFO server that a run speaks to, for as long as the block lasts."""

Options = Callable[[StoredRun], RunOptions]
"""What the worker settles for a run: who watches it, and who is asked."""

_RETRY = 0.5
_MOST_DEFINITIONS = 100
_log = logging.getLogger("mfo_runtime.distributed")


def _as_it_is(resumption: Resumption) -> Resumption:
    """Nothing more is known of it."""
    return resumption


def _nobody_is_told(_end: RunOutcome | MfoError) -> None:
    """Whoever wants to know asks the database."""


@dataclass
class RunsOfWorker:
    """The runs that one worker executes.

    Attributes:
        journal: the shared journal, as this worker uses it.
        connect: gives the MFO server of a run.
        may_go_on: raises where this worker must not begin a step.
        connections: what its runs share.
        options: what else the worker settles for a run.
        watch: watches each of them; None for nobody.
        complete: adds to a run what the database does not keep, where that is known here.
        on_end: told how a run ended, or why it does not go on here; from the event loop of the runs.
        controls: what stops each run that is executed now, by its id.
    """

    journal: SharedJournal
    connect: Connect
    may_go_on: Callable[[], None]
    connections: Connections = field(default_factory=Connections)
    options: Options = field(default=lambda _run: RunOptions())
    watch: WatchRun | None = None
    complete: Callable[[Resumption], Resumption] = _as_it_is
    on_end: Callable[[RunOutcome | MfoError], None] = _nobody_is_told
    controls: dict[str, RunControl] = field(default_factory=dict[str, RunControl])

    def __post_init__(self) -> None:
        """Begin with nothing known of servers and models but what all workers share."""
        self._safeguards = SharedSafeguards(self.journal.database)
        self._circuits: LRUCache[str, Circuits | None] = LRUCache(_MOST_DEFINITIONS)

    async def execute(self, run_id: str) -> dict[str, Any]:
        """Execute a run to its end, or go on with it, and give its outcome as JSON values.

        Where the run stops being this worker's business it never returns: DBOS would take that for the run's end.
        """
        try:
            self.may_go_on()
            return await self._execute(await asyncio.to_thread(self.journal.find, run_id))
        except JournalError as error:
            _log.warning("run %s breaks off here: %s", run_id, error.message)
            self.on_end(error)
            await self._give_back(run_id)
        except RunHeldError as error:
            _log.warning("run %s is left to others: %s", run_id, error.message)
            self.on_end(error)
        except MfoError as error:
            return await self._refuse(run_id, error)
        except Exception as problem:  # noqa: BLE001 - the fence of a run
            _log.exception("run %s ended unexpectedly", run_id)
            return await self._refuse(
                run_id, TaskFailedError(f"An unexpected error: {type(problem).__name__}: {problem}")
            )
        return await _never()

    async def stop(self) -> None:
        """Give what is executed back to the queue, each run where it is."""
        for control in tuple(self.controls.values()):
            control.park()
        for run_id in tuple(self.controls):
            await self._give_back(run_id)
        await self.connections.aclose()

    async def _execute(self, stored: StoredRun) -> dict[str, Any]:
        if stored.state not in {*UNDER_WAY, SUCCEEDED}:
            return _without_outputs(stored.state, stored.error)  # it had ended before its workflow could say so
        resumption = self.complete(await asyncio.to_thread(load_run, self.journal, stored.id))
        course = await asyncio.to_thread(self.journal.course, stored)
        given = self.options(stored)
        control = given.control or RunControl()
        if course.is_first:
            keeping = Keeping(self.journal, begun=await asyncio.to_thread(self.journal.resume, stored))
        else:
            keeping = Keeping(self.journal, stored, course.again, is_taken_over=course.is_taken_over)
        broken: list[MfoError] = []

        def break_off(error: MfoError) -> None:
            broken.append(error)
            control.park()

        options = replace(
            given,
            control=control,
            through=partial(self._through, break_off),
            ask=given.ask or AskingByDatabase(self.journal.database, stored.id),
            spending_book=SharedSpendingBook(self.journal.database),
            safeguards=self._safeguards,
            circuits=self._circuits_of(resumption),
            surroundings=replace(given.surroundings, http=self.connections.others),
        )
        self.controls[stored.id] = control
        try:
            flow, is_resumed = resumption.flow.view, not course.is_first
            with (
                self.connect(resumption) as settings,
                watched(options, self.watch, flow, stored.id, is_resumed=is_resumed) as told,
            ):
                async with self.connections.client(settings) as client:
                    outcome = await resumption.run(client, told, keeping)
        finally:
            self.controls.pop(stored.id, None)
        if broken:
            raise broken[0]
        if control.is_parked:
            raise RunHeldError("it is stopped here and goes on elsewhere")
        self.on_end(outcome)
        return outcome.to_data()

    def _circuits_of(self, resumption: Resumption) -> Circuits | None:
        """The breakers of a definition, which its runs share."""
        definition = resumption.stored.definition
        if definition not in self._circuits:
            self._circuits[definition] = circuits_of(resumption.flow.bundle)
        return self._circuits[definition]

    def _through(
        self, break_off: Callable[[MfoError], None], executors: FlowExecutors, kept: KeptRun, plan: RunPlan
    ) -> Executors:
        log = kept.log
        assert isinstance(log, SharedRunLog | None)
        host = StepHost(self.may_go_on, log.leave_to_steps if log is not None else _ignore, break_off)
        return SteppedExecutors(executors, StepNumbers(plan), kept.codec, executors.take_usage, executors.go_on, host)

    async def _give_back(self, run_id: str) -> None:
        """Let the queue have a run, as soon as the database can be told."""
        while True:
            try:
                self.may_go_on()
                await asyncio.to_thread(self.journal.give_back, run_id)
            except JournalError:
                await asyncio.sleep(_RETRY)
            except RunHeldError:
                return
            else:
                return

    async def _refuse(self, run_id: str, error: MfoError) -> dict[str, Any]:
        """Write down that a run cannot be executed."""
        _log.warning("run %s cannot be executed: %s [%s]", run_id, error.message, error.code)
        while True:
            try:
                await asyncio.to_thread(self.journal.refuse, run_id, error.to_data())
            except JournalError:
                await asyncio.sleep(_RETRY)
            else:
                self.on_end(error)
                return _without_outputs("failed", error.to_data())


async def _never() -> NoReturn:
    """Wait until this worker leaves, which cancels the task; at once where it was, and the run took that for its own end."""
    task = asyncio.current_task()
    if task is None or not task.cancelling():
        await asyncio.Event().wait()
    raise asyncio.CancelledError


def _ignore(_node: str) -> None:
    """Nothing is written of a run that has succeeded."""


def _without_outputs(state: str, error: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"state": state, "outputs": {}, "states": {}, "error": error}
