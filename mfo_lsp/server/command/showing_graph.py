"""``mfo.showGraph``: a taskflow as a picture that the editor, or a browser, shows."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types

from mfo_lsp.features.code_lenses import SHOW_GRAPH
from mfo_lsp.features.flow_graph import to_html
from mfo_lsp.server.command.arguments import INVALID, read_map
from mfo_lsp.server.host import Server
from mfo_lsp.server.own_params import OwnParams
from mfo_lsp.server.protocol import RefusedError
from mfo_lsp.server.requests.graph import Drawn, draw


async def show_graph(server: Server, arguments: Sequence[object], _token: types.ProgressToken | None) -> object:
    """Write the graph as a page beside the session's other temporary files, and have the client show it.

    Returns:
        ``taskflow``, ``uri`` of the page, and ``shown``: whether the client took it; a client that cannot show documents
        may open it itself.

    Raises:
        RefusedError: the argument is not as it should be, or there is no such taskflow.
    """
    drawn = await draw(server, _read(arguments))
    if drawn is None:
        raise RefusedError("this document has no taskflow, so there is no graph", INVALID)
    page = await asyncio.to_thread(_write, server.scratch.folder, drawn)
    uri = page.as_uri()
    shown = server.session.client.shows_documents and await server.ask(
        types.WINDOW_SHOW_DOCUMENT, types.ShowDocumentParams(uri, external=True, take_focus=True)
    )
    return {"taskflow": drawn.flow.taskflow.name, "uri": uri, "shown": shown}


def _read(arguments: Sequence[object]) -> OwnParams:
    form = "{uri, taskflow?}"
    said: Mapping[str, Any] = read_map(SHOW_GRAPH, arguments, form)
    uri, taskflow = said.get("uri"), said.get("taskflow")
    if not isinstance(uri, str) or not isinstance(taskflow, str | None):
        raise RefusedError(f"{SHOW_GRAPH} takes one argument: {form}", INVALID)
    return OwnParams(uri, names={"taskflow": taskflow} if taskflow is not None else {})


def _write(folder: Path, drawn: Drawn) -> Path:
    """Write the page; the one of the same taskflow is written over."""
    name = "".join(letter if letter.isalnum() else "-" for letter in drawn.flow.taskflow.name) or "flow"
    page = folder / f"{name}-{abs(hash(drawn.view.key)):x}.html"
    page.write_text(to_html(drawn.graph, _way(folder, drawn.view.key)), encoding="utf-8")
    return page


def _way(folder: Path, key: str) -> str | None:
    """The way from the page to the directory of the workflow; None where there is none."""
    try:
        way = Path(os.path.relpath(Path(key).parent, folder)).as_posix()
    except (ValueError, OSError):  # another drive
        return None
    return f"{way}/"
