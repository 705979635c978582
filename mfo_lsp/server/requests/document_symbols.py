"""``textDocument/documentSymbol``: the outline, as a tree or flat, as the client can take it."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from mfo_dialect.steps import Steps
from mfo_dialect.text import Span
from mfo_lsp.features.document_symbols import OutlineEntry, OutlineKind, document_symbols_in_steps
from mfo_lsp.server.capabilities import Client
from mfo_lsp.server.host import Server
from mfo_lsp.server.json_text import JsonText, json_list, json_map, json_text
from mfo_lsp.server.lookup import View
from mfo_lsp.server.slices import in_slices

_KINDS = {
    OutlineKind.TASKFLOW: types.SymbolKind.Module,
    OutlineKind.SUBFLOW: types.SymbolKind.Namespace,
    OutlineKind.TASK: types.SymbolKind.Function,
    OutlineKind.CONDITION: types.SymbolKind.Boolean,
    OutlineKind.TRIGGER: types.SymbolKind.Event,
    OutlineKind.SCHEMA: types.SymbolKind.Struct,
    OutlineKind.PROMPT_TEMPLATE: types.SymbolKind.String,
    OutlineKind.ERROR_TEMPLATE: types.SymbolKind.String,
    OutlineKind.TOOL: types.SymbolKind.Method,
    OutlineKind.AGENT: types.SymbolKind.Class,
    OutlineKind.SETTING: types.SymbolKind.Property,
}
_OLDER_KINDS = {
    types.SymbolKind.Struct: types.SymbolKind.Class,
    types.SymbolKind.Event: types.SymbolKind.Method,
}
"""What stands for kinds that came after the protocol's first version."""


async def answer(server: Server, params: types.DocumentSymbolParams) -> JsonText | list[types.DocumentSymbol]:
    """The outline of a document.

    Raises:
        RefusedError: the document is long, and has changed meanwhile.
    """
    return await in_slices(server, params.text_document.uri, _found) or []


def _found(view: View) -> Steps[JsonText]:
    symbols = yield from document_symbols_in_steps(view.snapshot, view.key)
    texts: list[JsonText] = []
    for symbol in symbols:
        if view.session.client.nested_symbols:
            texts.append((yield from _nested(symbol, view)))
        else:
            for flat in _flat(symbol, view, None):
                texts.append(flat)
                yield
    return json_list(texts)


def kind_for(kind: OutlineKind, client: Client) -> types.SymbolKind:
    """The protocol's kind of an entry, one that the client knows."""
    found = _KINDS[kind]
    return found if found in client.symbol_kinds else _OLDER_KINDS.get(found, found)


def _nested(symbol: OutlineEntry, view: View) -> Steps[JsonText]:
    """An entry as the protocol writes it, by hand, as there may be thousands."""
    children: list[JsonText] = []
    for child in symbol.children:
        children.append((yield from _nested(child, view)))
        yield
    detail = b',"detail":%b' % json_text(symbol.detail) if symbol.detail else b""
    return JsonText(
        b'{"name":%b,"kind":%d,"range":%b,"selectionRange":%b%b,"children":%b}'
        % (
            json_text(symbol.name),
            kind_for(symbol.kind, view.session.client).value,
            _range(symbol.span, view),
            _range(symbol.name_span, view),
            detail,
            json_list(children),
        )
    )


def _flat(symbol: OutlineEntry, view: View, container: str | None) -> Iterator[JsonText]:
    yield json_map(
        location=json_map(uri=view.session.uri(view.key), range=_range(symbol.span, view)),
        name=symbol.name,
        kind=kind_for(symbol.kind, view.session.client).value,
        containerName=container,
    )
    for child in symbol.children:
        yield from _flat(child, view, symbol.name)


_RANGE = b'{"start":{"line":%d,"character":%d},"end":{"line":%d,"character":%d}}'


def _range(span: Span, view: View) -> JsonText:
    lines, encoding = view.lines, view.session.encoding
    return JsonText(_RANGE % (*lines.position(span.start, encoding), *lines.position(span.end, encoding)))
