"""Telling the client to ask again for what hangs on more than the document that it shows: settings, and files on the disk."""

from __future__ import annotations

from collections.abc import Collection

from mfo_lsp.server.checking import check_soon
from mfo_lsp.server.host import Server


def refresh(server: Server) -> None:
    """Have lenses, hints and colours asked for again by clients that take the word; several words at once are one."""
    for method in server.session.client.refreshed:
        server.checks.start(method, server.ask(method, None))


def reread(server: Server, keys: Collection[str]) -> None:
    """Look again at files that may have come, gone or changed on the disk.

    Args:
        server: the server.
        keys: the files and directories; an open text still wins over its file.
    """
    touched = server.session.reread(keys)
    check_soon(server, touched)
    is_news = any(key not in server.session.open_texts for key in keys)
    if is_news and not touched.isdisjoint(server.session.watched_bundles()):
        refresh(server)
