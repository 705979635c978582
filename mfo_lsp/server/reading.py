"""Reading many documents, or a long one, in slices of the loop's time, so that requests are answered meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from mfo_dialect.steps import Stepwise
from mfo_lsp.server.host import Server
from mfo_lsp.server.jobs import Slice
from mfo_lsp.server.progress import Progress, open_progress

_MANY = 100
"""Documents from which on progress is shown."""
_MAX_RESTARTS = 10
"""How often much may change while open texts are read, before they are read at once."""


async def read_in_slices(server: Server, bundle: str, share: Slice) -> None:
    """Read what a bundle is made of, and end what ``session.begin_reading`` has begun."""
    session = server.session
    reading = session.reading_of(bundle)
    if reading is None:
        return
    try:
        await _read_files(server, reading.waiting, share)
        for _ in range(_MAX_RESTARTS):
            if await _has_read_texts(server, bundle, share):
                break
    finally:
        session.end_reading(bundle)
        server.has_read.set()
        server.has_read.clear()


async def _has_read_texts(server: Server, bundle: str, share: Slice) -> bool:
    """Read the open texts from the start; says whether they are still much the same at the end."""
    session = server.session
    with session.trace.phase("reading"):
        work = Stepwise(session.read_in_steps(bundle))
    while True:
        with session.trace.phase("reading"):
            is_done = work.go_on(share.has_time)
        reading = session.reading_of(bundle)
        if reading is None or reading.is_stale:
            return reading is None
        if is_done:
            session.end_reading(bundle, work.result)
            return True
        await share.give_way()


async def _read_files(server: Server, waiting: Collection[str], share: Slice) -> None:
    """Read texts that lie on the disk, and show how far that is."""
    showing = asyncio.ensure_future(_show(server)) if len(waiting) >= _MANY else None
    try:
        for number, key in enumerate(waiting):
            if not share.has_time():
                _report(showing, number, len(waiting))
                await share.give_way()
            server.session.read_ahead(key)
    finally:
        if showing is not None:
            showing.add_done_callback(_end)


async def _show(server: Server) -> Progress:
    progress = await open_progress(server, None)
    progress.begin("Read documents")
    return progress


def _report(showing: asyncio.Task[Progress] | None, number: int, count: int) -> None:
    if showing is not None and showing.done() and not showing.cancelled() and showing.exception() is None:
        showing.result().report(f"{number} of {count}")


def _end(showing: asyncio.Task[Progress]) -> None:
    if not showing.cancelled() and showing.exception() is None:
        showing.result().end("read")
