"""Keeping the runs that are started from the editor in the project's journal, as ``mfo run`` does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from mfo_lsp.server.convert import is_file

if TYPE_CHECKING:
    from mfo_runtime.flow import Flow, Keeping
    from mfo_runtime.journal import Journal


@asynccontextmanager
async def kept(flow: Flow, settings: Mapping[str, Any]) -> AsyncGenerator[Keeping | None]:
    """How a run of a flow is kept; its journal is open as long as the block lasts.

    None is given, so that nothing is kept, where the project says so, and for a document that is in no folder yet.

    Args:
        flow: the flow.
        settings: with what a resumption is to reach the same server, as ``mfo run`` keeps it.

    Raises:
        MfoError: the journal cannot be used.
    """
    from mfo_runtime.cli.journals import journal_of  # noqa: PLC0415 - the running side is for those who run
    from mfo_runtime.flow import Keeping  # noqa: PLC0415 - as above

    if not is_file(flow.view.document):
        yield None
        return
    opening = asyncio.ensure_future(asyncio.to_thread(journal_of, flow.bundle.project, flow.view.document))
    try:
        journal = await asyncio.shield(opening)
        yield Keeping(journal, settings=settings) if journal is not None else None
    finally:
        await asyncio.shield(_close(opening))


async def _close(opening: asyncio.Future[Journal | None]) -> None:
    """Close what was opened, even where nobody waited for it."""
    await asyncio.wait({opening})
    if opening.exception() is None and (journal := opening.result()) is not None:
        await asyncio.to_thread(journal.close)
