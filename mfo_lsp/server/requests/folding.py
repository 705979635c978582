"""``textDocument/foldingRange``: what can be folded, whole lines where the client knows no other way."""

from __future__ import annotations

from lsprotocol import types

from mfo_lsp.features.folding import Fold, FoldKind, folds
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import View, look_up

_KINDS = {FoldKind.BLOCK: types.FoldingRangeKind.Region, FoldKind.COMMENT: types.FoldingRangeKind.Comment}


def answer(server: Server, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
    """The folds of a document, as many as the client takes."""
    view = look_up(server.session, params.text_document.uri)
    if view is None:
        return []
    limit = server.session.client.fold_limit
    return [_converted(fold, view) for fold in folds(view.snapshot, view.key, limit)]


def _converted(fold: Fold, view: View) -> types.FoldingRange:
    found = view.range(fold.span)
    if view.session.client.folds_lines:
        return types.FoldingRange(found.start.line, found.end.line, kind=_KINDS[fold.kind])
    return types.FoldingRange(
        found.start.line, found.end.line, found.start.character, found.end.character, _KINDS[fold.kind]
    )
