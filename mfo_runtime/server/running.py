"""Running the server: beside the program, on a thread of its own, or as the program itself."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Self

import uvicorn

from mfo_runtime.server.accounts import TOKEN_PREFIX
from mfo_runtime.server.app import app_of_service
from mfo_runtime.server.failures import SettingsError
from mfo_runtime.server.listening import ServerAddress, listen, url_of
from mfo_runtime.server.people import People
from mfo_runtime.server.service import Service, open_service
from mfo_runtime.server.settings import ServerSettings
from mfo_runtime.server.stopping import Stopping
from mfo_runtime.server.uvicorn_settings import uvicorn_config

_START_SECONDS = 30.0
_STOP_SECONDS = 15.0


class RunningServer:
    """A server on a thread of this process; a context manager that stops it at its end."""

    def __init__(self, address: ServerAddress, server: uvicorn.Server, thread: threading.Thread) -> None:
        self.url = address.url
        self.token = address.token
        self._server = server
        self._thread = thread

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop the server; requests under way are answered with a 503. May be called twice."""
        self._server.should_exit = True
        self._thread.join(_STOP_SECONDS)
        if self._thread.is_alive():
            self._server.force_exit = True
            self._thread.join(_STOP_SECONDS)


def start_server(settings: ServerSettings) -> RunningServer:
    """Start a server on a thread of this process and return when it answers.

    Without ``settings.token`` it makes a token that is good for as long as it runs.

    Raises:
        SettingsError: it cannot be set up like this, or the address is taken.
    """
    service, listener, address = _prepare(settings)
    started = threading.Event()
    server = _server(service, started.set)
    thread = threading.Thread(target=_run, args=(server, listener, started), name="mfo-server", daemon=True)
    thread.start()
    started.wait(_START_SECONDS)
    if not server.started:
        server.should_exit = True
        raise SettingsError("the server did not start; its log says why")
    return RunningServer(address, server, thread)


def serve(settings: ServerSettings, ready: Callable[[ServerAddress], None]) -> None:
    """Run a server as this program, until it is interrupted.

    Args:
        settings: how.
        ready: called once it answers, with its address and token.

    Raises:
        SettingsError: it cannot be set up like this, or the address is taken.
    """
    service, listener, address = _prepare(settings)
    server = _server(service, lambda: ready(address))
    with listener:
        server.run(sockets=[listener])


def add_user(settings: ServerSettings, email: str, password: str) -> None:
    """Store a user who can log in; the server may be running meanwhile.

    Raises:
        SettingsError: the data folder cannot be used.
        ApiError: the address is taken, or the password too short.
    """
    with users_of(settings) as people:
        people.add(email, password)


@contextmanager
def users_of(settings: ServerSettings) -> Generator[People]:
    """The users of a data folder, to be changed; the server may be running meanwhile.

    Raises:
        SettingsError: the data folder cannot be used.
    """
    service = open_service(replace(settings, host="127.0.0.1"))
    try:
        yield service.accounts.people
    finally:
        service.close()


def _prepare(settings: ServerSettings) -> tuple[Service, socket.socket, ServerAddress]:
    service = open_service(settings)
    token = settings.token or TOKEN_PREFIX + secrets.token_urlsafe(32)
    service.accounts.admit(token)
    try:
        listener = listen(settings.host, settings.port)
    except SettingsError:
        service.close()
        raise
    return service, listener, ServerAddress(url_of(listener, settings.host), token)


class _AnnouncingServer(uvicorn.Server):
    """Says when it has started, and that it stops before it waits for those who wait for it."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], stopping: Stopping) -> None:
        super().__init__(config)
        self._ready = ready
        self._stopping = stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping.tell()
        await super().shutdown(sockets)


def _server(service: Service, ready: Callable[[], None]) -> uvicorn.Server:
    config = uvicorn_config(app_of_service(service), lifespan="on")
    return _AnnouncingServer(config, ready, service.stopping)


def _run(server: uvicorn.Server, listener: socket.socket, ended: threading.Event) -> None:
    """Run on a thread; whoever waits for the start is woken by an early end too."""
    try:
        with listener:
            server.run(sockets=[listener])
    finally:
        ended.set()
