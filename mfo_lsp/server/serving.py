"""Serving clients from start to end: over standard streams, TCP or WebSocket; one server for each client."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as serve_websocket

from mfo_lsp.server.app import make_server
from mfo_lsp.server.framing import MAX_BODY
from mfo_lsp.server.host import Server
from mfo_lsp.server.trace import Sink, Trace
from mfo_lsp.server.transports import talk_over_stdio, talk_over_stream, talk_over_websocket

Announce = Callable[[str], None]


def serve_stdio(sink: Sink | None = None) -> int:
    """Serve one client at the standard streams; gives the status that the process is to end with.

    Args:
        sink: where to write where the time of each keystroke goes.
    """
    _quiet_libraries()
    return asyncio.run(_serve_stdio(sink))


async def _serve_stdio(sink: Sink | None) -> int:
    server = make_server()
    server.session.trace = Trace(sink)
    server.house.is_ours = True
    await _talk(server, talk_over_stdio(server))
    return server.exit_status


async def _talk(server: Server, talk: Awaitable[None]) -> None:
    try:
        await talk
    finally:
        server.stop(1)
        await server.cancel_work()


def serve_tcp(host: str, port: int, announce: Announce, sink: Sink | None = None) -> int:
    """Serve clients at a TCP port until the last of them has left.

    Args:
        host: where to listen.
        port: the port; 0 for any free one.
        announce: told where it listens, once it does.
        sink: as for ``serve_stdio``.

    Raises:
        OSError: it cannot listen there.
    """
    _quiet_libraries()
    return asyncio.run(_serve_tcp(host, port, announce, sink))


async def _serve_tcp(host: str, port: int, announce: Announce, sink: Sink | None) -> int:
    clients = _Clients(sink)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await clients.attend(lambda server: talk_over_stream(server, reader, writer))

    listener = await asyncio.start_server(connected, host, port)
    async with listener:
        announce(_address(listener.sockets[0].getsockname()))
        await clients.gone.wait()
    return clients.status


def serve_ws(host: str, port: int, announce: Announce, sink: Sink | None = None) -> int:
    """Serve clients at a WebSocket port until the last of them has left; as ``serve_tcp`` otherwise."""
    _quiet_libraries()
    return asyncio.run(_serve_ws(host, port, announce, sink))


async def _serve_ws(host: str, port: int, announce: Announce, sink: Sink | None) -> int:
    clients = _Clients(sink)

    async def connected(socket: ServerConnection) -> None:
        await clients.attend(lambda server: talk_over_websocket(server, socket))

    async with serve_websocket(connected, host, port, max_size=MAX_BODY) as listener:
        announce(_address(next(iter(listener.sockets)).getsockname()))
        await clients.gone.wait()
    return clients.status


class _Clients:
    """Those that are connected; ``gone`` is set when the last of them has left."""

    def __init__(self, sink: Sink | None) -> None:
        self._sink = sink
        self.gone = asyncio.Event()
        self.status = 0
        self._count = 0

    async def attend(self, talk: Callable[[Server], Awaitable[None]]) -> None:
        self._count += 1
        server = make_server()
        server.session.trace = Trace(self._sink)
        try:
            await _talk(server, talk(server))
        finally:
            self._count -= 1
            self.status = max(self.status, server.exit_status)
            if not self._count:
                self.gone.set()


def _address(name: tuple[object, ...]) -> str:
    return f"{name[0]}:{name[1]}"


def _quiet_libraries() -> None:
    """Keep the texts of messages, which libraries log, out of every log."""
    for library in ("pygls", "websockets", "asyncio"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
