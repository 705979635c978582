"""Beginning runs and executing them, here or by workers: so many at a time, so many that wait, and none that is lost.

A run is in the journal before anybody hears that it was accepted. It is held until it has ended; what is held by nobody
any more, because its process died, is looked for and gone on with.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from uuid import uuid4

from mfo_runtime.errors import InvalidInputError, JournalError, MfoError, RunHeldError
from mfo_runtime.flow import Keeping, RunControl, RunOptions, RunOutcome
from mfo_runtime.flow.running import announced_run
from mfo_runtime.flow.trigger import trigger_inputs
from mfo_runtime.journal import Fired, Firing, NewRun, StoredRun
from mfo_runtime.journal.telling import state_now
from mfo_runtime.triggers.loading import ServedTrigger
from mfo_runtime.triggers.occasions import Accepted, Occasion, OtherOccasionError, QueueFullError
from mfo_runtime.triggers.settings import ServiceSettings
from mfo_runtime.triggers.submitting import SubmittingPlace
from mfo_runtime.triggers.turns import Turn, Turns
from mfo_runtime.triggers.work import BegunRun, LeftRun, is_hopeless
from mfo_runtime.triggers.workplaces import Workplace

KEEPER = "triggers"
"""By what the journal knows the runs that this service goes on with."""

RETRY_AFTER = 5.0
"""Seconds after which a caller may come back when the queue was full."""

_MOST_TRIES = 3
_PRUNE_SECONDS = 3600.0
_log = logging.getLogger("mfo_runtime.triggers")


class Runner:
    """The runs of one process."""

    def __init__(self, places: Mapping[str, Workplace | SubmittingPlace], settings: ServiceSettings) -> None:
        """Run flows of the documents that have a place; nothing is executed before ``work``."""
        self._places = places
        self._workplaces = {document: place for document, place in places.items() if isinstance(place, Workplace)}
        self._settings = settings
        self._queue: asyncio.Queue[BegunRun | LeftRun] = asyncio.Queue()
        self._turns = Turns(settings.concurrency)
        self._waiting = 0
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._known: set[str] = set()
        self._failures: Counter[str] = Counter()
        self._under_way: dict[RunControl, BegunRun | LeftRun] = {}
        self._is_quiet = asyncio.Event()
        self._is_quiet.set()
        self._beginning: set[asyncio.Task[Accepted]] = set()
        self._is_closed = False

    async def accept(self, trigger: ServedTrigger, occasion: Occasion) -> Accepted:
        """Begin a run; it is on disk when this returns.

        Raises:
            QueueFullError: too many runs wait, or the service stops.
            OtherOccasionError: another occasion had this name.
            InvalidInputError, UnresolvedReferenceError: the payload is not what the trigger or its flow asks for.
            JournalError: the run cannot be kept.
        """
        if self._is_closed:
            raise QueueFullError("the service is stopping", retry_after=RETRY_AFTER)
        place = self._places[trigger.document]
        if isinstance(place, Workplace) and self._waiting >= self._settings.queue:
            raise QueueFullError("too many runs are waiting", retry_after=RETRY_AFTER)
        call, inputs = trigger_inputs(trigger.flow, trigger.id, occasion.payload, occasion.headers)
        told = place.server or {} if isinstance(place, SubmittingPlace) else {}
        options = RunOptions(
            run_id=uuid4().hex,
            started_at=self._settings.clock.now().isoformat(),
            trigger=call,
            keeping=Keeping(place.journal, settings=told, keeper=KEEPER),
        )
        run = announced_run(trigger.flow.view, trigger.flow.bundle, inputs, place.client, options)
        if isinstance(place, SubmittingPlace):
            beginning = asyncio.create_task(self._submit(run, trigger, occasion, place))
        else:
            self._take_place()
            begun = BegunRun(trigger.flow, inputs, options)
            beginning = asyncio.create_task(self._begin(run, trigger, occasion, place, begun))
        self._beginning.add(beginning)
        beginning.add_done_callback(self._beginning.discard)
        return await asyncio.shield(beginning)  # whoever gives up must not leave a run that nobody executes

    async def accept_in_time(self, trigger: ServedTrigger, occasion: Occasion) -> Accepted:
        """As ``accept``, for those who can wait until there is room; never returns once the service stops."""
        while True:
            await self._has_room.wait()
            try:
                return await self.accept(trigger, occasion)
            except QueueFullError as error:
                await asyncio.sleep(error.retry_after or RETRY_AFTER)

    async def find(self, run_id: str) -> tuple[StoredRun, str] | None:
        """A run that a trigger of the documents here began, and its state of this moment; None for any other.

        Raises:
            JournalError: the journal cannot be read.
        """
        return await asyncio.to_thread(self._find, run_id)

    def _find(self, run_id: str) -> tuple[StoredRun, str] | None:
        for journal in {id(place.journal): place.journal for place in self._places.values()}.values():
            with suppress(InvalidInputError):
                run = journal.find(run_id)
                if run.id == run_id and run.keeper == KEEPER and run.document in self._places:
                    return run, state_now(journal, run)
        return None

    async def work(self) -> None:
        """Execute what is accepted and what others have left, until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._look_around())
                while True:
                    turn = await self._turns.take()
                    work, control = await self._queue.get(), RunControl()
                    self._leave_place()
                    self._under_way[control] = work
                    self._is_quiet.clear()
                    group.create_task(self._execute_in(turn, work, control))
        finally:
            for work in self._under_way.values():  # what was cancelled before it began
                work.give_back()

    async def close(self) -> None:
        """Accept nothing more, and give back what waits: it stays in the journal, for whoever looks for it."""
        self._is_closed = True
        if self._beginning:
            await asyncio.wait(self._beginning)
        while not self._queue.empty():
            work = self._queue.get_nowait()
            self._leave_place()
            work.give_back()

    async def quiet(self) -> None:
        """Return when no run is executed."""
        await self._is_quiet.wait()

    def park(self) -> int:
        """Stop all runs that are executed, so that they go on another time; gives how many there are."""
        for control in tuple(self._under_way):
            control.park()
        return len(self._under_way)

    async def _begin(
        self, run: NewRun, trigger: ServedTrigger, occasion: Occasion, place: Workplace, begun: BegunRun
    ) -> Accepted:
        try:
            log = await asyncio.to_thread(place.journal.begin_once, run, self._firing(trigger, occasion))
        except BaseException:
            self._leave_place()
            raise
        if isinstance(log, Fired):
            self._leave_place()
            return _known(log)
        self._known.add(run.id)
        _log.info("accepted run %s of %s, by %s", run.id, run.taskflow, trigger.id, extra=_facts(run))
        self._queue.put_nowait(begun.held_by(log))
        return Accepted(run.id)

    async def _submit(
        self, run: NewRun, trigger: ServedTrigger, occasion: Occasion, place: SubmittingPlace
    ) -> Accepted:
        fired = await asyncio.to_thread(place.submit, run, self._firing(trigger, occasion))
        if fired is not None:
            return _known(fired)
        _log.info("submitted run %s of %s, by %s", run.id, run.taskflow, trigger.id, extra=_facts(run))
        return Accepted(run.id)

    def _firing(self, trigger: ServedTrigger, occasion: Occasion) -> Firing:
        moment = self._settings.clock.now().timestamp()
        return Firing(trigger.source, occasion.keys, occasion.digest, moment)

    def _take_place(self) -> None:
        self._waiting += 1
        if self._waiting >= self._settings.queue:
            self._has_room.clear()

    def _leave_place(self) -> None:
        self._waiting -= 1
        if self._waiting < self._settings.queue:
            self._has_room.set()

    async def _look_around(self) -> None:
        """Look for runs that nobody executes any more, now and from time to time; and forget old ones."""
        places = {id(place.journal): place for place in self._workplaces.values()}.values()
        clock = self._settings.clock
        pruned_at = clock.monotonic()
        while True:
            is_time = clock.monotonic() - pruned_at > _PRUNE_SECONDS
            pruned_at = clock.monotonic() if is_time else pruned_at
            for place in places:
                await self._look_at(place, is_time_to_prune=is_time)
            await asyncio.sleep(self._settings.look)

    async def _look_at(self, place: Workplace, *, is_time_to_prune: bool) -> None:
        try:
            if is_time_to_prune:
                await asyncio.to_thread(place.journal.prune, place.retention)
            for run in await asyncio.to_thread(place.journal.left_alone, KEEPER):
                self._take_over(run)
        except JournalError as error:
            _log.warning("%s", error.message)

    def _take_over(self, run: StoredRun) -> None:
        place = self._workplaces.get(run.document)
        if place is None or run.id in self._known or self._failures[run.id] >= _MOST_TRIES or self._is_closed:
            return
        self._known.add(run.id)
        if is_hopeless(place.journal, run):
            self._failures[run.id] = _MOST_TRIES
            _log.warning("run %s broke off again and again and is left alone; see mfo show %s", run.id, run.id)
            self._known.discard(run.id)
            return
        self._take_place()
        self._queue.put_nowait(LeftRun(run, place.journal))

    async def _execute_in(self, turn: Turn, work: BegunRun | LeftRun, control: RunControl) -> None:
        try:
            await self._execute(work, turn, control)
        finally:
            del self._under_way[control]
            self._known.discard(work.run_id)
            work.give_back()
            turn.give_back()
            if not self._under_way:
                self._is_quiet.set()

    async def _execute(self, work: BegunRun | LeftRun, turn: Turn, control: RunControl) -> None:
        """Execute a run; whatever goes wrong with one must not end the others."""
        facts = {"run": work.run_id}
        try:
            outcome = await work.run(self._workplaces[work.document].in_turn(turn), control)
        except RunHeldError:
            return
        except MfoError as error:
            self._failures[work.run_id] += 1
            _log.warning("run %s cannot go on: %s [%s]", work.run_id, error.message, error.code, extra=facts)
        except Exception:  # noqa: BLE001 - the fence of a run
            self._failures[work.run_id] += 1
            _log.exception("run %s ended unexpectedly", work.run_id, extra=facts)
        else:
            _tell_of(outcome, control)


def _known(fired: Fired) -> Accepted:
    if not fired.is_same:
        raise OtherOccasionError("this name was that of another request")
    return Accepted(fired.run_id, is_known=True)


def _tell_of(outcome: RunOutcome, control: RunControl) -> None:
    facts = {"run": outcome.run_id, "taskflow": outcome.taskflow}
    if control.is_parked:
        _log.info("run %s of %s is parked; it goes on later", outcome.run_id, outcome.taskflow, extra=facts)
        return
    told = (outcome.run_id, outcome.taskflow, outcome.state.value, outcome.duration)
    if outcome.error is None:
        _log.info("run %s of %s %s in %.1f s", *told, extra=facts)
    else:
        _log.warning("run %s of %s %s in %.1f s: %s", *told, outcome.error, extra=facts)


def _facts(run: NewRun) -> dict[str, str | None]:
    return {"run": run.id, "taskflow": run.taskflow, "trigger": run.trigger}
