"""The service as a whole: it listens, keeps the time, asks for events, runs what comes, and stops in good order."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
from collections.abc import Awaitable, Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import TypeAlias

import uvicorn
from starlette.types import ASGIApp

from mfo_runtime.errors import InvalidInputError
from mfo_runtime.server.listening import ServerAddress, listen, url_of
from mfo_runtime.server.settings import is_loopback
from mfo_runtime.server.uvicorn_settings import uvicorn_config
from mfo_runtime.triggers.app import create_app
from mfo_runtime.triggers.event_triggers import event_trigger_of
from mfo_runtime.triggers.listener import Listener
from mfo_runtime.triggers.loading import ServedTrigger
from mfo_runtime.triggers.questions import Questions
from mfo_runtime.triggers.runner import Runner
from mfo_runtime.triggers.settings import ServiceSettings
from mfo_runtime.triggers.stopping import StopSignal
from mfo_runtime.triggers.submitting import SubmittingPlace
from mfo_runtime.triggers.timekeeper import Timekeeper
from mfo_runtime.triggers.workplaces import Workplace

Place: TypeAlias = Workplace | SubmittingPlace
Source: TypeAlias = Callable[[], Awaitable[None]]
"""Fires triggers until it is cancelled."""

_TOKEN_BYTES = 32
_MOST_CONNECTIONS = 1000
_PAUSE_AFTER_DEFECT = 30.0
_log = logging.getLogger("mfo_runtime.triggers")


async def serve_triggers(
    triggers: tuple[ServedTrigger, ...],
    places: Mapping[str, Place],
    settings: ServiceSettings,
    ready: Callable[[ServerAddress], None],
    stop: StopSignal,
) -> None:
    """Serve triggers until told to stop.

    Args:
        triggers: what is served.
        places: what the runs of each of their documents are executed or submitted with.
        settings: how.
        ready: called once calls are answered.
        stop: told once, no more is accepted, runs under way have the grace to end, and what is left is parked: it goes
            on when the service is started again. Told twice, it is parked at once.

    Raises:
        InvalidInputError: a filter cannot be read, or other machines could call without a token.
        SettingsError: the address cannot be listened on.
    """
    if not is_loopback(settings.host) and not settings.token:
        raise InvalidInputError(
            f"{settings.host} can be reached from other machines, and no token is set.",
            hint="Give --token or MFO_TRIGGERS_TOKEN, or bind 127.0.0.1.",
        )
    token = settings.token or secrets.token_urlsafe(_TOKEN_BYTES)
    where: list[str] = []
    questions = Questions(token, lambda: settings.public_url or where[0])
    places = {
        document: replace(place, ask=partial(questions.asker, client=place.client))
        if isinstance(place, Workplace)
        else place
        for document, place in places.items()
    }
    runner = Runner(places, settings)
    sources = [
        *_timekeepers(triggers, places, runner, settings),
        *_listeners(triggers, places, runner, settings),
    ]
    with listen(settings.host, settings.port) as listener:
        http = _HttpServer(create_app(triggers, runner, settings, token, questions))
        where.append(url_of(listener, settings.host))
        address = ServerAddress(url_of(listener, settings.host), token)
        serving = asyncio.create_task(http.serve([listener]))
        working = asyncio.create_task(runner.work())
        firing = [asyncio.create_task(_keep_going(source)) for source in sources]
        stopping = asyncio.create_task(stop.wait())
        try:
            await http.has_started.wait()
            ready(address)
            await asyncio.wait([stopping, serving, working], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in firing:
                task.cancel()
            await _stop(runner, settings, stop)
            http.should_exit = True
            working.cancel()
            stopping.cancel()
            ended = await asyncio.gather(serving, working, stopping, *firing, return_exceptions=True)
    for problem in ended:
        if isinstance(problem, Exception):
            raise problem


class _HttpServer(uvicorn.Server):
    """Says when it has started, and leaves signals to others."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(uvicorn_config(app, "off", _MOST_CONNECTIONS))
        self.has_started = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.has_started.set()


async def _keep_going(source: Source) -> None:
    """Fire, also after a defect of ours: one source that breaks must not end the others."""
    while True:
        try:
            await source()
        except Exception:  # noqa: BLE001 - the fence of a source
            _log.exception("what fires triggers broke, and is begun anew")
            await asyncio.sleep(_PAUSE_AFTER_DEFECT)
        else:
            return


async def _stop(runner: Runner, settings: ServiceSettings, stop: StopSignal) -> None:
    """Accept nothing more, wait for what runs, park what does not end."""
    await runner.close()
    quiet = asyncio.create_task(runner.quiet())
    haste = asyncio.create_task(stop.wait_for_haste(settings.grace))
    await asyncio.wait([quiet, haste], return_when=asyncio.FIRST_COMPLETED)
    haste.cancel()
    if not quiet.done():
        count = runner.park()
        _log.info("%d runs are parked; they go on when the service is started again", count)
        await quiet


def _timekeepers(
    triggers: tuple[ServedTrigger, ...],
    places: Mapping[str, Place],
    runner: Runner,
    settings: ServiceSettings,
) -> Iterator[Source]:
    for trigger in triggers:
        if trigger.type == "schedule":
            yield Timekeeper(trigger, places[trigger.document].journal, runner, settings.clock).keep


def _listeners(
    triggers: tuple[ServedTrigger, ...],
    places: Mapping[str, Place],
    runner: Runner,
    settings: ServiceSettings,
) -> Iterator[Source]:
    wanted = sorted((one for one in triggers if one.type == "event"), key=_document)
    for document, group in groupby(wanted, key=_document):
        place = places[document]
        if place.client is None:
            raise InvalidInputError(
                f"{document} has event triggers, and no MFO server is named that has events.",
                hint="Name it with --server, or set base_url in the client configuration.",
            )
        yield Listener(map(event_trigger_of, group), place.client, place.journal, runner, settings).listen


def _document(trigger: ServedTrigger) -> str:
    return trigger.document
