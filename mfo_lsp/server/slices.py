"""Answers about a whole document that take long: worked out in slices of the loop's time, and given up where it is edited."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from lsprotocol import types

from mfo_dialect.steps import Steps, Stepwise
from mfo_lsp.server.analysis import EditedBundle
from mfo_lsp.server.convert import directory_of
from mfo_lsp.server.host import Server
from mfo_lsp.server.jobs import Slice
from mfo_lsp.server.lookup import View, look_up
from mfo_lsp.server.protocol import RefusedError

_T = TypeVar("_T")


async def in_slices(server: Server, uri: str, work: Callable[[View], Steps[_T]]) -> _T | None:
    """Do long work for a request about a document; None where the document is not ours.

    Args:
        server: the server.
        uri: the document.
        work: begins the work, on the document as it is now; it is not gone on with once the bundle has been edited.

    Raises:
        RefusedError: the bundle has been edited meanwhile, so that a client asks again or has asked already.
    """
    session = server.session
    share = Slice()
    await share.give_way()  # short answers that were asked for together with this one go first
    view = look_up(session, uri)
    if view is None:
        return None
    bundle = directory_of(view.key)
    analysis = session.analysis(bundle)
    edits = analysis.edits
    steps = Stepwise(work(view))
    while not steps.go_on(share.has_time):
        if isinstance(analysis, EditedBundle):
            analysis.rest()
        await share.give_way()
        if not session.is_read(bundle) or not session.is_current(bundle, analysis, edits):
            raise RefusedError("the document has changed meanwhile", types.LSPErrorCodes.ContentModified)
        _ = analysis.snapshot  # what is asked of it is kept until the end of the slice
    return steps.result
