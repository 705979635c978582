"""The server as its handlers see it: the session, the line to the client, and the work under way."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from mfo_lsp.server.house import House
from mfo_lsp.server.jobs import Jobs
from mfo_lsp.server.protocol import Handler, Protocol, log_failure
from mfo_lsp.server.scratch import Scratch
from mfo_lsp.server.session import Session
from mfo_workspace.files import Files

NAME = "mfo-lsp"
_CLIENT_PATIENCE = 10.0
"""Seconds that a client may take to answer one of our requests."""
_SHUTDOWN_PATIENCE = 5.0
_TOLD = "textDocument/did"
"""How the methods begin by which a client tells of a document, and asks nothing."""


@dataclass(frozen=True, slots=True)
class Method:
    """One line of the server's table.

    Attributes:
        name: the protocol's name of the method.
        handle: takes the server and the params; gives the result, or something to await for it.
        options: what the server's capabilities say of the method besides that it is there.
        params: builds the params of a method that the protocol does not define.
    """

    name: str
    handle: Callable[[Server, Any], Any]
    options: object = None
    params: Callable[[Any], Any] | None = None


class Server(LanguageServer):
    """One client's server.

    Attributes:
        session: the state.
        methods: the table that it was made with.
        commands: the names of the commands that it runs.
        patient: the methods that are answered only when all documents have been read.
        has_read: set, and cleared at once, when a bundle has been read.
        house: what the process holds for the client.
        checks: the checks under way, by bundle.
        runs: the runs under way, by progress token.
        asking: held while a question of a run is on the screen.
        scratch: the files that were made to be shown.
        stopped: set when the session is over.
        exit_status: what the process is to end with.
    """

    protocol: Protocol  # pyright: ignore[reportIncompatibleVariableOverride] - pygls makes what it is told to

    def __init__(
        self,
        methods: Iterable[Method],
        commands: Iterable[str],
        version: str,
        disk: Files,
        patient: Container[str] = (),
    ) -> None:
        """Make a server of a table, over a disk; it does nothing before the first message.

        Args:
            methods: the table.
            commands: the names of the commands that it runs.
            version: its version.
            disk: where files are read that are not open.
            patient: the methods that are answered only when all documents have been read.
        """
        super().__init__(NAME, version, protocol_cls=Protocol)  # pyright: ignore[reportUnknownMemberType] - pygls
        self.session = Session(disk, self.protocol.plain)
        self.methods = {method.name: method for method in methods}
        self.commands = tuple(commands)
        self.patient = patient
        self.has_read = asyncio.Event()
        self.house = House()
        self.checks = Jobs()
        self.runs = Jobs()
        self.asking = asyncio.Lock()
        self.scratch = Scratch()
        self.stopped = asyncio.Event()
        self.exit_status = 1
        self.protocol.jobs = Jobs()
        self.protocol.handlers = {
            name: Handler(partial(self._call, method), method.params) for name, method in self.methods.items()
        }

    def _call(self, method: Method, params: object) -> object:
        self.house.note_use()
        if self._must_wait(method, params):
            return self._call_later(method, params)
        return method.handle(self, params)

    def _must_wait(self, method: Method, params: object) -> bool:
        """Whether a request is about what is being read."""
        if not self.session.is_reading:
            return False
        if method.name in self.patient:
            return True
        uri = getattr(getattr(params, "text_document", None), "uri", None)
        return uri is not None and not method.name.startswith(_TOLD) and self.session.is_awaited(uri)

    async def _call_later(self, method: Method, params: object) -> object:
        """Answer when what it is about has been read."""
        while self._must_wait(method, params):
            await self.has_read.wait()
        result = method.handle(self, params)
        return await result if inspect.isawaitable(result) else result

    def stop(self, status: int) -> None:
        """End the session; the first status counts."""
        if not self.stopped.is_set():
            self.exit_status = status
            self.stopped.set()

    async def cancel_work(self) -> None:
        """Cancel all requests, checks and runs but the one that asks, and wait a bounded time for their ends."""
        asking = asyncio.current_task()
        await self.runs.cancel_all(_SHUTDOWN_PATIENCE, asking)
        await self.checks.cancel_all(_SHUTDOWN_PATIENCE, asking)
        await self.protocol.jobs.cancel_all(_SHUTDOWN_PATIENCE, asking)

    async def ask(self, method: str, params: object) -> bool:
        """Ask the client to do something; False where it refuses or does not answer in time."""
        try:
            await asyncio.wait_for(self.protocol.send_request_async(method, params), _CLIENT_PATIENCE)
        except Exception:  # noqa: BLE001 - whatever goes wrong at the other end must not matter here
            return False
        return True

    async def answer_of(self, method: str, params: object) -> object:
        """The client's answer to a question; None where it refuses or does not answer in time."""
        try:
            return await asyncio.wait_for(self.protocol.send_request_async(method, params), _CLIENT_PATIENCE)
        except Exception:  # noqa: BLE001 - as above
            return None

    def tell(self, words: str, type_: types.MessageType = types.MessageType.Error) -> None:
        """Show a message to the person at the editor."""
        self.window_show_message(types.ShowMessageParams(type_, words))

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log what pygls could not do, without the texts that it was about."""
        log_failure(f"pygls ({getattr(source, '__name__', source)})", error)
