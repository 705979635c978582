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
    for fold in found:
        texts.append(_text_of(fold, view))
        yield
    return json_list(texts)


def _text_of(fold: Fold, view: View) -> JsonText:
    """A fold as the protocol writes it, by hand, as there may be thousands."""
    found = view.range(fold.span)
    value: dict[str, object] = {"startLine": found.start.line, "endLine": found.end.line}
    if not view.session.client.folds_lines:
        value |= {"startCharacter": found.start.character, "endCharacter": found.end.character}
    return json_text(value | {"kind": _KINDS[fold.kind].value})
