"""Places that a name leads to, as links or as plain locations, as the client can take them."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types

from mfo_dialect.text import LineIndex, Span
from mfo_lsp.features.definition import Definition
from mfo_lsp.features.implementation import Implementation
from mfo_lsp.server.convert import to_range
from mfo_lsp.server.lookup import View

Target = Definition | Implementation
Answer = list[types.LocationLink] | list[types.Location]


def to_links(found: Iterable[Target], view: View, *, takes_links: bool) -> Answer:
    """The places for a client.

    Args:
        found: the places.
        view: the document that was asked about.
        takes_links: whether the client wants to know what was asked about too.
    """
    if takes_links:
        return [_link(target, view) for target in found]
    return [
        types.Location(view.session.uri(target.name.document), _range(target, target.name.span, view))
        for target in found
    ]


def _link(target: Target, view: View) -> types.LocationLink:
    return types.LocationLink(
        target_uri=view.session.uri(target.name.document),
        target_range=_range(target, target.whole, view),
        target_selection_range=_range(target, target.name.span, view),
        origin_selection_range=view.range(target.origin),
    )


def _range(target: Target, span: Span, view: View) -> types.Range:
    if isinstance(target, Implementation) and target.text is not None:
        return to_range(LineIndex(target.text), span, view.session.encoding)
    return view.range(span, target.name.document)
