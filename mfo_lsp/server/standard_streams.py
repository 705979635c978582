"""The standard streams as the line to a client: read and written on the event loop where the system lets it wait for them.

Where it does not, as on Windows, a thread reads, and a write waits for the client.
"""

from __future__ import annotations

import asyncio
import os
import stat
import sys
import threading
from collections import deque
from collections.abc import Callable

from mfo_lsp.server.framing import MAX_BODY, framed, header
from mfo_lsp.server.host import Server

_CHUNK = 1 << 18
_ROOM = 1 << 20
"""Bytes that a pipe is to hold, so that a long message does not go back and forth between two processes."""


def take_standard_streams() -> tuple[int, int]:
    """The descriptors of both streams, which are taken away from everything else in the process.

    What a library or a task prints goes to the standard error stream, and cannot spoil the protocol.
    """
    source, sink = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    sys.stdout.flush()
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - exists on Windows alone

        for descriptor in (source, sink):
            msvcrt.setmode(descriptor, os.O_BINARY)
    return source, sink


def can_wait_for(descriptor: int) -> bool:
    """Whether the event loop can be told when a stream can be read or written."""
    if sys.platform == "win32":
        return False
    mode = os.fstat(descriptor).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def widen(descriptor: int) -> None:
    """Have a pipe hold more, where the system allows it."""
    if sys.platform == "linux":
        import fcntl  # noqa: PLC0415 - does not exist on Windows

        try:
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _ROOM)
        except OSError:
            return  # it is a socket, or other pipes hold all that a user may have


def listen(source: int, receive: Callable[[bytes], None]) -> Callable[[], None]:
    """Have bytes handed over as they come, nothing at the end; gives what stops that."""
    loop = asyncio.get_running_loop()
    if not can_wait_for(source):
        # A daemon thread on the bare descriptor: neither the loop nor the end of the process ever waits for the client.
        threading.Thread(target=_read, args=(source, loop, receive), name="mfo-lsp stdin", daemon=True).start()
        return _nothing_to_stop

    def read() -> None:
        try:
            data = os.read(source, _CHUNK)
        except OSError:
            data = b""
        if not data:
            stop()
        receive(data)

    def stop() -> None:
        loop.remove_reader(source)

    widen(source)
    loop.add_reader(source, read)
    return stop


def _nothing_to_stop() -> None:
    """The thread ends with the stream or the process."""


def _read(source: int, loop: asyncio.AbstractEventLoop, receive: Callable[[bytes], None]) -> None:
    data = b"-"
    while data:
        try:
            data = os.read(source, _CHUNK)
        except OSError:
            data = b""
        try:
            loop.call_soon_threadsafe(receive, data)
        except RuntimeError:  # the loop has ended
            return


class WaitingWriter:
    """Frames messages and writes each at once, waiting for the client where it does not read."""

    def __init__(self, sink: int, server: Server) -> None:
        """Write to ``sink``; a stream that broke ends the session of ``server``."""
        self._sink = sink
        self._server = server

    def write(self, data: bytes) -> None:
        """Send one message."""
        if self._server.stopped.is_set():
            return
        view = memoryview(framed(data))
        try:
            while view:
                view = view[os.write(self._sink, view) :]
        except OSError:
            self._server.stop(1)

    def close(self) -> None:
        """Nothing is kept back."""


class PipeWriter:
    """Frames messages and writes them without ever waiting: what the client has no room for is sent when it has.

    A client that reads nothing until more is waiting than one message may be long has its session ended.
    """

    def __init__(self, sink: int, server: Server) -> None:
        """Write to ``sink``, which the event loop can wait for; a stream that broke ends the session of ``server``."""
        self._sink = sink
        self._server = server
        self._waiting: deque[memoryview] = deque()
        self._length = 0
        os.set_blocking(sink, False)
        widen(sink)

    def write(self, data: bytes) -> None:
        """Send one message."""
        if self._server.stopped.is_set():
            return
        head = header(data)
        sent = 0 if self._waiting else self._sent([head, data])
        if sent == len(head) + len(data):
            return
        if not self._waiting:
            asyncio.get_running_loop().add_writer(self._sink, self._write_on)
        if sent < len(head):
            self._keep(memoryview(head)[sent:])
        self._keep(memoryview(data)[max(sent - len(head), 0) :])
        if self._length > MAX_BODY:
            self._server.stop(1)

    def _keep(self, data: memoryview) -> None:
        self._waiting.append(data)
        self._length += len(data)

    def _sent(self, buffers: list[bytes] | list[memoryview]) -> int:
        try:
            return os.writev(self._sink, buffers)
        except BlockingIOError:
            return 0
        except OSError:
            self._server.stop(1)
            return 0

    def _write_on(self) -> None:
        while self._waiting and not self._server.stopped.is_set():
            first = self._waiting[0]
            sent = self._sent([first])
            self._length -= sent
            if sent < len(first):
                self._waiting[0] = first[sent:]
                return
            self._waiting.popleft()
        asyncio.get_running_loop().remove_writer(self._sink)

    def close(self) -> None:
        """Give the stream back as it was; what nobody has read is lost."""
        if self._waiting:
            asyncio.get_running_loop().remove_writer(self._sink)
        os.set_blocking(self._sink, True)


def make_writer(sink: int, server: Server) -> WaitingWriter | PipeWriter:
    """What writes messages to a stream."""
    return PipeWriter(sink, server) if can_wait_for(sink) else WaitingWriter(sink, server)
