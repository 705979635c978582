"""``textDocument/documentSymbol``: the outline, as a tree or flat, as the client can take it."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from mfo_lsp.features.document_symbols import OutlineEntry, OutlineKind, document_symbols
from mfo_lsp.server.capabilities import Client
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import View, look_up

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


def answer(
    server: Server, params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol] | list[types.SymbolInformation]:
    """The outline of a document."""
    view = look_up(server.session, params.text_document.uri)
    if view is None:
        return []
    symbols = document_symbols(view.snapshot, view.key)
    if server.session.client.nested_symbols:
        return [_nested(symbol, view) for symbol in symbols]
    return [flat for symbol in symbols for flat in _flat(symbol, view, None)]


def kind_for(kind: OutlineKind, client: Client) -> types.SymbolKind:
    """The protocol's kind of an entry, one that the client knows."""
    found = _KINDS[kind]
    return found if found in client.symbol_kinds else _OLDER_KINDS.get(found, found)


def _nested(symbol: OutlineEntry, view: View) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        symbol.name,
        kind_for(symbol.kind, view.session.client),
        view.range(symbol.span),
        view.range(symbol.name_span),
        symbol.detail or None,
        children=[_nested(child, view) for child in symbol.children],
    )


def _flat(symbol: OutlineEntry, view: View, container: str | None) -> Iterator[types.SymbolInformation]:
    location = types.Location(view.session.uri(view.key), view.range(symbol.span))
    yield types.SymbolInformation(
        location, symbol.name, kind_for(symbol.kind, view.session.client), container_name=container
    )
    for child in symbol.children:
        yield from _flat(child, view, symbol.name)
