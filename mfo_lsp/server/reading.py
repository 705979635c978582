"""Reading a directory of many documents in slices of the loop's time, so that requests are answered meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from mfo_lsp.server.host import Server
from mfo_lsp.server.jobs import Slice
from mfo_lsp.server.progress import Progress, open_progress

_MANY = 100
"""Documents from which on progress is shown."""


async def read_in_slices(server: Server, bundle: str, waiting: Collection[str], share: Slice) -> None:
    """Read what a bundle is made of and has not been read yet, and end what ``session.begin_reading`` has begun."""
    session = server.session
    if not waiting:
        return
    showing = asyncio.ensure_future(_show(server)) if len(waiting) >= _MANY else None
    try:
        for number, key in enumerate(waiting):
            if not share.has_time():
                _report(showing, number, len(waiting))
                await share.give_way()
            session.read_ahead(key)
    finally:
        session.end_reading(bundle)
        server.has_read.set()
        server.has_read.clear()
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
