"""``textDocument/definition``: where a name is declared, in any file of the bundle."""

from __future__ import annotations

from lsprotocol import types

from mfo_lsp.features.definition import Definition, definitions
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import View, look_up


def answer(server: Server, params: types.DefinitionParams) -> list[types.LocationLink] | list[types.Location]:
    """The declarations of the name at a cursor."""
    view = look_up(server.session, params.text_document.uri)
    if view is None:
        return []
    found = definitions(view.snapshot, view.key, view.offset(params.position))
    if server.session.client.definition_links:
        return [_link(definition, view) for definition in found]
    return [view.location(definition.name) for definition in found]


def _link(definition: Definition, view: View) -> types.LocationLink:
    document = definition.name.document
    return types.LocationLink(
        target_uri=view.session.uri(document),
        target_range=view.range(definition.whole, document),
        target_selection_range=view.range(definition.name.span, document),
        origin_selection_range=view.range(definition.origin),
    )
