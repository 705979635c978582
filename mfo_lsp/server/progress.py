"""Work-done progress: how far something is, shown by the client, which may cancel it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

from lsprotocol import types

from mfo_lsp.server.host import Server
from mfo_lsp.server.protocol import RefusedError

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Progress:
    """One progress display.

    Attributes:
        server: whose client shows it.
        token: its name; what runs under it can be cancelled by this name.
        shown: whether the client shows it at all; where it does not, nothing is sent.
    """

    server: Server
    token: types.ProgressToken
    shown: bool

    def begin(self, title: str) -> None:
        """Start to show, with a button to cancel."""
        self._send(types.WorkDoneProgressBegin(title=title, cancellable=True))

    def report(self, words: str) -> None:
        """Say how far it is."""
        self._send(types.WorkDoneProgressReport(message=words, cancellable=True))

    def end(self, words: str) -> None:
        """Stop showing, with a last word."""
        self._send(types.WorkDoneProgressEnd(message=words))

    def _send(self, value: object) -> None:
        if self.shown:
            self.server.protocol.notify(types.PROGRESS, types.ProgressParams(self.token, value))


async def open_progress(server: Server, given: types.ProgressToken | None) -> Progress:
    """A display under the client's own token, else under one that the client is asked to make.

    Args:
        server: whose client is to show it.
        given: the token that came with the request.
    """
    if given is not None:
        return Progress(server, given, shown=True)
    token = f"mfo-{uuid4()}"
    params = types.WorkDoneProgressCreateParams(token)
    shown = server.session.client.progress and await server.ask(types.WINDOW_WORK_DONE_PROGRESS_CREATE, params)
    return Progress(server, token, shown=shown)


async def cancellable(server: Server, token: types.ProgressToken, work: Coroutine[Any, Any, _T], what: str) -> _T:
    """The result of work that the client can cancel by a token; it is cancelled with the request, too.

    Args:
        server: whose client it is.
        token: the name of the work.
        work: what to do.
        what: what is cancelled, for the person at the editor.

    Raises:
        RefusedError: it was cancelled.
    """
    task = server.runs.start(token, work)
    try:
        await asyncio.wait({task})
    finally:
        task.cancel()
    if task.cancelled():
        raise RefusedError(f"{what} was cancelled.", types.LSPErrorCodes.RequestCancelled)
    return task.result()


def cancel(server: Server, params: types.WorkDoneProgressCancelParams) -> None:
    """Cancel what runs under a token."""
    server.runs.cancel(params.token)
