"""``workspace/symbol``: names of the whole workspace by what somebody types."""

from __future__ import annotations

from lsprotocol import types

from mfo_dialect.text import LineIndex
from mfo_lsp.features.workspace_symbols import FoundSymbol, best, find_symbols
from mfo_lsp.server.convert import to_range
from mfo_lsp.server.host import Server
from mfo_lsp.server.jobs import Slice
from mfo_lsp.server.publish import lines_of
from mfo_lsp.server.requests.document_symbols import kind_for
from mfo_lsp.server.session import Session
from mfo_lsp.server.workspace import workspace_bundles


async def answer(server: Server, params: types.WorkspaceSymbolParams) -> list[types.SymbolInformation]:
    """The best matches, those of open documents and of the workspace's folders."""
    session, share = server.session, Slice()
    found: tuple[FoundSymbol, ...] = ()
    lines: dict[str, LineIndex] = {}
    for bundle in await workspace_bundles(server):
        await share.turn()
        snapshot = session.analysis(bundle).snapshot
        here = find_symbols(snapshot, params.query)
        lines |= {match.document: lines_of(snapshot.bundle, match.document) for match in here}
        found = best((*found, *here))
    return [_converted(match, lines[match.document], session) for match in found]


def _converted(match: FoundSymbol, lines: LineIndex, session: Session) -> types.SymbolInformation:
    range_ = to_range(lines, match.entry.name_span, session.encoding)
    location = types.Location(session.uri(match.document), range_)
    kind = kind_for(match.entry.kind, session.client)
    return types.SymbolInformation(location, match.entry.name, kind, container_name=match.container or None)
