"""``textDocument/codeLens``: what is written above taskflows."""

from __future__ import annotations

from lsprotocol import types

from mfo_lsp.features.code_lenses import CodeLens, code_lenses
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import View, look_up


def answer(server: Server, params: types.CodeLensParams) -> list[types.CodeLens]:
    """The lenses of a document."""
    view = look_up(server.session, params.text_document.uri)
    if view is None:
        return []
    return [_converted(lens, view) for lens in code_lenses(view.snapshot, view.key, view.preferences)]


def _converted(lens: CodeLens, view: View) -> types.CodeLens:
    arguments = {"uri": view.session.uri(view.key), "taskflow": lens.taskflow}
    return types.CodeLens(view.range(lens.span), types.Command(lens.title, lens.command, arguments=[arguments]))
