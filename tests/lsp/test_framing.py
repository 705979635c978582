"""Bytes to messages, however they come in pieces, and whatever is wrong with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfo_lsp.server.framing import MAX_BODY, Frames, Garbled, framed


def read(data: bytes, sizes: list[int] | None = None) -> list[bytes | str]:
    """The messages in some bytes, fed in pieces; ``GARBLED`` for what is none."""
    frames, found = Frames(), []
    for size in sizes or [len(data)]:
        found += frames.feed(data[:size])
        data = data[size:]
    found += frames.feed(data)
    return ["GARBLED" if isinstance(message, Garbled) else message for message in found]


@pytest.mark.parametrize(
    ("data", "messages"),
    [
        (framed(b"{}") + framed(b"[1]"), [b"{}", b"[1]"]),
        (b"content-length:2\r\n\r\n{}", [b"{}"]),
        (b"Content-Type: x\r\nContent-Length:  2 \r\n\r\n{}", [b"{}"]),
        (b"Content-Length: 2\n\n{}", [b"{}"]),
        (b"Content-Length: 0\r\n\r\n" + framed(b"{}"), [b"", b"{}"]),
        (b"garbage\r\n\r\n" + framed(b"{}"), ["GARBLED", b"{}"]),
        (b"Content-Length: -2\r\n\r\n" + framed(b"{}"), ["GARBLED", b"{}"]),
        (b"Content-Length: two\r\n\r\n" + framed(b"{}"), ["GARBLED", b"{}"]),
        (b"Content-Length: 2\r\n\r\n{", []),
        (b"Content-Length: 2", []),
    ],
)
def test_messages_in_bytes(data, messages):
    assert read(data) == messages


def test_a_message_that_is_too_long_is_passed_over():
    frames = Frames()
    length = MAX_BODY + 10
    assert isinstance(*frames.feed(b"Content-Length: %d\r\n\r\nxx" % length), Garbled)
    left, piece = length - 2, b"x" * (1 << 20)
    while left > len(piece):
        assert list(frames.feed(piece)) == []
        left -= len(piece)
    assert list(frames.feed(b"x" * left + framed(b"{}"))) == [b"{}"]


def test_endless_bytes_without_a_header_are_not_kept():
    frames = Frames()
    found = [message for _ in range(100) for message in frames.feed(b"x" * 10_000)]
    assert found
    assert all(isinstance(message, Garbled) for message in found)
    assert len(frames._buffer) < 100_000


@given(st.lists(st.binary(max_size=20), max_size=5), st.lists(st.integers(1, 30), max_size=20))
def test_pieces_do_not_matter(bodies, sizes):
    data = b"".join(framed(body) for body in bodies)
    assert read(data, sizes) == bodies


@given(st.binary(max_size=300))
def test_any_bytes_are_read(data):
    assert all(isinstance(message, (bytes, str)) for message in read(data))
