"""``textDocument/documentLink``: addresses, and what the project file names."""

from __future__ import annotations

import asyncio

from lsprotocol import types

from mfo_lsp.features.document_links import DocumentLink, document_links
from mfo_lsp.server.convert import directory_of, to_key, to_range
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import is_shown
from mfo_lsp.server.publish import lines_of
from mfo_lsp.server.session import Session


async def answer(server: Server, params: types.DocumentLinkParams) -> list[types.DocumentLink]:
    """The links of a document or of a project file; patterns are looked up on the disk in another thread."""
    session, key = server.session, to_key(params.text_document.uri)
    snapshot = session.analysis(directory_of(key)).snapshot
    if not is_shown(snapshot, key):
        return []
    if key == snapshot.bundle.project.document:
        found = await asyncio.to_thread(document_links, snapshot, key, session.files)
    else:
        found = document_links(snapshot, key, session.files)
    lines = lines_of(snapshot.bundle, key)
    return [
        types.DocumentLink(
            to_range(lines, link.span, session.encoding),
            _target(link, session),
            tooltip=(link.tooltip or None) if session.client.link_tooltips else None,
        )
        for link in found
    ]


def _target(link: DocumentLink, session: Session) -> str:
    return link.target if link.is_address else session.uri(link.target)
