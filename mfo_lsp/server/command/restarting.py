"""``mfo.restart``: read everything anew."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from mfo_lsp.server.checking import check_soon
from mfo_lsp.server.host import Server
from mfo_lsp.server.refreshing import refresh

RESTART = "mfo.restart"


async def restart(server: Server, _arguments: Sequence[object], _token: types.ProgressToken | None) -> object:
    """Forget what was read and found, and begin again from the open texts and the disk; runs go on.

    For changes on the disk that nobody told of. Gives the number of ``bundles`` that are checked again.
    """
    session = server.session
    session.start_over()
    bundles = session.watched_bundles()
    for bundle in bundles:
        server.checks.cancel(bundle)
        server.checks.cancel(("ready", bundle))
        session.end_reading(bundle)
    check_soon(server, bundles)
    refresh(server)
    return {"bundles": len(bundles)}
