"""``textDocument/foldingRange``: what can be folded, whole lines where the client knows no other way."""

from __future__ import annotations

from lsprotocol import types

from mfo_dialect.steps import Steps
from mfo_lsp.features.folding import Fold, FoldKind, folds_in_steps
from mfo_lsp.server.host import Server
from mfo_lsp.server.json_text import JsonText, json_list, json_text
from mfo_lsp.server.lookup import View
from mfo_lsp.server.slices import in_slices

_KINDS = {FoldKind.BLOCK: types.FoldingRangeKind.Region, FoldKind.COMMENT: types.FoldingRangeKind.Comment}
_AT_ONCE = 50
"""Folds that are written in one step."""
_LINES = {kind: b'{"startLine":%%d,"endLine":%%d,"kind":"%b"}' % name.encode() for kind, name in _KINDS.items()}
"""A fold of whole lines as the protocol writes it, by hand, as there may be thousands."""


async def answer(server: Server, params: types.FoldingRangeParams) -> JsonText | list[types.FoldingRange]:
    """The folds of a document, as many as the client takes.

    Raises:
        RefusedError: the document is long, and has changed meanwhile.
    """
    return await in_slices(server, params.text_document.uri, _found) or []


def _found(view: View) -> Steps[JsonText]:
    client = view.session.client
    found = yield from folds_in_steps(view.snapshot, view.key, client.fold_limit)
    texts: list[JsonText] = []
    for index in range(0, len(found), _AT_ONCE):
        texts += [_text_of(fold, view) for fold in found[index : index + _AT_ONCE]]
        yield
    return json_list(texts)


def _text_of(fold: Fold, view: View) -> JsonText:
    if view.session.client.folds_lines:
        return JsonText(_LINES[fold.kind] % (fold.first_line, fold.last_line))
    found = view.range(fold.span)
    return json_text(
        {
            "startLine": found.start.line,
            "startCharacter": found.start.character,
            "endLine": found.end.line,
            "endCharacter": found.end.character,
            "kind": _KINDS[fold.kind].value,
        }
    )
