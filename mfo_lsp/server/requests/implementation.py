"""``textDocument/implementation``: what stands behind a name, Python functions too."""

from __future__ import annotations

import asyncio

from lsprotocol import types

from mfo_lsp.features.implementation import implementations
from mfo_lsp.server.declarations import Answer, to_links
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import look_up_still


async def answer(server: Server, params: types.ImplementationParams) -> Answer:
    """What the name at a cursor stands for; Python files are read in another thread."""
    session = server.session
    view = await look_up_still(session, params.text_document.uri)
    if view is None:
        return []
    offset = view.offset(params.position)
    found = await asyncio.to_thread(implementations, view.snapshot, view.key, offset, session.files, session.other_text)
    return to_links(found, view, takes_links=session.client.implementation_links)
