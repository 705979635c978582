"""Bytes to messages and back: the protocol's header and body, without any reading or writing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_BODY = 128 * 1024 * 1024
MAX_HEADER = 16 * 1024
_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*([0-9]{1,18})[ \t]*", re.IGNORECASE)
_HEADER_END = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class Garbled:
    """Bytes that are no message; ``reason`` says why in a person's words."""

    reason: str


class Frames:
    """Takes bytes as they come and gives the bodies of the messages that are whole."""

    def __init__(self) -> None:
        """Start before the first header."""
        self._buffer = bytearray()
        self._length: int | None = None
        self._skipping = 0

    def feed(self, data: bytes) -> Iterator[bytes | Garbled]:
        """The messages that ``data`` completes, in order; bytes that are none are passed over and said to be."""
        if self._skipping:
            skipped = min(self._skipping, len(data))
            self._skipping -= skipped
            data = data[skipped:]
        self._buffer += data
        while True:
            if self._length is None:
                problem = self._read_header()
                if problem is not None:
                    yield problem
                    continue
            if self._length is None or len(self._buffer) < self._length:
                return
            body = bytes(self._buffer[: self._length])
            del self._buffer[: self._length]
            self._length = None
            yield body

    def _read_header(self) -> Garbled | None:
        """Take a header from the buffer where one is whole; gives what is wrong with it."""
        end = _HEADER_END.search(self._buffer, 0, MAX_HEADER)
        if end is None:
            if len(self._buffer) < MAX_HEADER:
                return None
            del self._buffer[: MAX_HEADER // 2]
            return Garbled("no header was found where a message should start")
        lengths = [_LENGTH.fullmatch(line.strip()) for line in bytes(self._buffer[: end.start()]).split(b"\n")]
        del self._buffer[: end.end()]
        found = next((match for match in lengths if match is not None), None)
        if found is None:
            return Garbled("a header has no Content-Length")
        length = int(found[1])
        if length > MAX_BODY:
            self._skipping = max(length - len(self._buffer), 0)
            del self._buffer[:length]
            return Garbled(f"a message is longer than {MAX_BODY // (1024 * 1024)} MB")
        self._length = length
        return None


def header(body: bytes) -> bytes:
    """What stands before a message."""
    return b"Content-Length: %d\r\n\r\n" % len(body)


def framed(body: bytes) -> bytes:
    """A message with its header."""
    return header(body) + body
