"""Starting flows at events of the MFO server, which is asked for new ones from time to time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from mfo_runtime.client import Event, MfoClient
from mfo_runtime.errors import JournalError, MfoError, NotFoundError
from mfo_runtime.journal import RunJournal
from mfo_runtime.triggers.event_triggers import EventTrigger, occasion_of
from mfo_runtime.triggers.runner import Runner
from mfo_runtime.triggers.settings import ServiceSettings

_AT_A_TIME = 100
_LONGEST_PAUSE = 60.0
_log = logging.getLogger("mfo_runtime.triggers")


class Listener:
    """The event triggers of one document; knows up to which event of its server they were told, also from before."""

    def __init__(
        self,
        triggers: Iterable[EventTrigger],
        client: MfoClient,
        journal: RunJournal,
        runner: Runner,
        settings: ServiceSettings,
    ) -> None:
        self._triggers = tuple(triggers)
        self._client = client
        self._journal = journal
        self._runner = runner
        self._settings = settings
        self._source = f"{self._triggers[0].trigger.document}@{client.settings.base_url}"

    async def listen(self) -> None:
        """Ask for events and start flows, until cancelled. A server that is down is asked again, less and less often."""
        position: int | None = None
        failures = 0
        while True:
            pause = self._settings.poll
            try:
                if position is None:
                    position = await self._start()
                found = (await self._client.events.list(after=position, page_size=_AT_A_TIME).page(1)).items
                position = await self._tell(found, position)
                if failures:
                    _log.warning("the server gives events again")
                failures = 0
                pause = 0.0 if len(found) == _AT_A_TIME else pause
            except NotFoundError as error:
                _log.error("the server has no list of events, so event triggers do not fire: %s", error.message)
                return
            except MfoError as error:
                failures += 1
                if failures == 1:
                    _log.warning("events cannot be had, and are asked for again: %s [%s]", error.message, error.code)
                pause = min(pause * 2 ** min(failures, 10), _LONGEST_PAUSE)
            await self._settings.clock.sleep(pause)

    async def _start(self) -> int:
        """The event to begin after: where somebody was before, what came meanwhile counts; else what comes from now on."""
        newest = await _newest(self._client)
        kept = await asyncio.to_thread(self._journal.position, self._source)
        if kept is None or not kept.isdecimal():
            await self._keep(newest)
            return newest
        # A server that counts anew is another one: all that it has is new.
        return int(kept) if int(kept) <= newest else 0

    async def _tell(self, found: Iterable[Event], position: int) -> int:
        """Start what wants these events; gives the last one that is done with."""
        before = position
        try:
            for event in found:
                for one in self._triggers:
                    await self._offer(event, one)
                position = max(position, event.sequence)
        finally:
            if position > before:
                await self._keep(position)
        return position

    async def _offer(self, event: Event, one: EventTrigger) -> None:
        try:
            if not one.wants(event, self._settings.clock.now().timestamp()):
                return
            await self._runner.accept_in_time(one.trigger, occasion_of(event))
        except JournalError:
            raise
        except MfoError as error:
            _log.warning("event %s did not start %s [%s]", event.id, one.trigger.id, error.code)
        except ValueError as error:
            _log.warning("event %s did not start %s: %s", event.id, one.trigger.id, error)

    async def _keep(self, position: int) -> None:
        await asyncio.to_thread(self._journal.set_position, self._source, str(position))


async def _newest(client: MfoClient) -> int:
    """The sequence of the newest event; 0 where there is none."""
    events = client.events.list(page_size=1)
    first = await events.page(1)
    last = first if first.is_last else await events.page(first.total or 1)
    return max((event.sequence for event in (*first.items, *last.items)), default=0)
