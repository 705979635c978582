"""Bytes between the server and its client: standard streams, TCP and WebSocket. It knows nothing of what they say."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from typing import Protocol

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from mfo_lsp.server.framing import MAX_BODY, Frames, Garbled, framed
from mfo_lsp.server.host import Server
from mfo_lsp.server.standard_streams import listen, make_writer, take_standard_streams

_CHUNK = 1 << 16
_PARENT_INTERVAL = 3.0
"""Seconds between two looks at whether the client's process still lives."""


class Writer(Protocol):
    """What pygls writes messages to."""

    def write(self, data: bytes) -> None:
        """Send one whole message."""
        ...

    def close(self) -> None:
        """Send no more."""
        ...


class StreamWriter:
    """Frames messages and hands them to a stream; a stream that broke ends the session."""

    def __init__(self, send: Callable[[bytes], object], server: Server) -> None:
        """Write through ``send``."""
        self._send = send
        self._server = server

    def write(self, data: bytes) -> None:
        """Send one message."""
        if self._server.stopped.is_set():
            return
        try:
            self._send(framed(data))
        except (OSError, ValueError):
            self._server.stop(1)

    def close(self) -> None:
        """The stream is closed by whoever opened it."""


class SocketWriter:
    """Sends messages over a WebSocket, one after the other."""

    def __init__(self) -> None:
        """Start with nothing to send."""
        self.queue: asyncio.Queue[bytes] = asyncio.Queue()

    def write(self, data: bytes) -> None:
        """Send one message."""
        self.queue.put_nowait(data)

    def close(self) -> None:
        """The socket is closed by whoever opened it."""

    async def send_all(self, socket: ServerConnection) -> None:
        """Send what is written, for as long as the socket is open."""
        while True:
            await socket.send((await self.queue.get()).decode("ascii"))


async def talk_over_stdio(server: Server) -> None:
    """Serve the client at the standard streams, until it leaves or vanishes."""
    source, sink = take_standard_streams()
    writer = make_writer(sink, server)
    server.protocol.set_writer(writer, include_headers=False)
    frames = Frames()

    def receive(data: bytes) -> None:
        if not data:
            server.stop(1)
        for message in frames.feed(data):
            server.protocol.receive(message)

    listen_no_more = listen(source, receive)
    watch = asyncio.get_running_loop().create_task(_watch_parent(server))
    try:
        await server.stopped.wait()
    finally:
        watch.cancel()
        listen_no_more()
        writer.close()


async def _watch_parent(server: Server) -> None:
    """End the session when the client's process is gone although its end of the pipe is still held by another."""
    while sys.platform != "win32":  # asking for a process is killing it there; its pipes close reliably
        await asyncio.sleep(_PARENT_INTERVAL)
        if server.process_id is not None and not _lives(server.process_id):
            server.stop(1)


def _lives(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


async def talk_over_stream(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve the client at a socket, until it leaves or vanishes."""
    server.protocol.set_writer(StreamWriter(writer.write, server), include_headers=False)
    frames = Frames()
    reading = asyncio.create_task(_read_stream(server, reader, frames))
    try:
        await server.stopped.wait()
    finally:
        reading.cancel()
        writer.close()


async def _read_stream(server: Server, reader: asyncio.StreamReader, frames: Frames) -> None:
    try:
        while data := await reader.read(_CHUNK):
            for message in frames.feed(data):
                server.protocol.receive(message)
    except OSError:
        pass
    finally:
        server.stop(1)


async def talk_over_websocket(server: Server, socket: ServerConnection) -> None:
    """Serve the client at a WebSocket, until it leaves or vanishes; a frame is a message, without a header."""
    writer = SocketWriter()
    server.protocol.set_writer(writer, include_headers=False)
    tasks = [asyncio.create_task(_read_socket(server, socket)), asyncio.create_task(_send_to_socket(writer, socket))]
    try:
        await server.stopped.wait()
    finally:
        for task in tasks:
            task.cancel()
        await socket.close()


async def _send_to_socket(writer: SocketWriter, socket: ServerConnection) -> None:
    try:
        await writer.send_all(socket)
    except ConnectionClosed:
        return  # the reading side says so to the server


async def _read_socket(server: Server, socket: ServerConnection) -> None:
    try:
        async for message in socket:
            body = message.encode("utf-8", "surrogatepass") if isinstance(message, str) else message
            server.protocol.receive(body if len(body) <= MAX_BODY else Garbled("a message is too long"))
    finally:
        server.stop(1)
