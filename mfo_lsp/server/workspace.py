"""Which bundles the workspace has: those of its folders' files, as git would walk them, and those that are open."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from mfo_lsp.server.convert import directory_of, is_file, path_key
from mfo_lsp.server.host import Server
from mfo_workspace.templates import walk_documents

_MAX_FILES = 20_000


async def workspace_bundles(server: Server) -> tuple[str, ...]:
    """The bundles, those of open documents first; the folders are walked in another thread.

    What the walk found is kept as long as the client tells of files that come and go.
    """
    session = server.session
    known = session.directories
    if known is None:
        known = await asyncio.to_thread(_directories, tuple(key for key in session.folders if is_file(key)))
        session.directories = known if session.client.watched_files else None
    return tuple(dict.fromkeys((*sorted(session.watched_bundles()), *known)))


def _directories(folders: Iterable[str]) -> tuple[str, ...]:
    """The directories below some folders that hold documents, each once; the first files where there are very many."""
    found = (path_key(path) for folder in folders for path in walk_documents(Path(folder)))
    return tuple(dict.fromkeys(directory_of(path) for path in islice(found, _MAX_FILES)))
