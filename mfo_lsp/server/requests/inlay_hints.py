"""``textDocument/inlayHint``: words between those of a document; what they mean is told when somebody points at one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from lsprotocol import types

from mfo_lsp.features.hover import hover
from mfo_lsp.features.inlay_hints import HintKind, InlayHint, inlay_hints
from mfo_lsp.server.convert import to_position
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import View, look_up

OPTIONS = types.InlayHintOptions()
_KINDS = {HintKind.TYPE: types.InlayHintKind.Type, HintKind.BRANCH: types.InlayHintKind.Parameter}


def answer(server: Server, params: types.InlayHintParams) -> list[types.InlayHint]:
    """The hints of a stretch."""
    view = look_up(server.session, params.text_document.uri)
    if view is None:
        return []
    found = inlay_hints(view.snapshot, view.key, view.span(params.range), view.preferences)
    return [_converted(hint, view) for hint in found]


def _converted(hint: InlayHint, view: View) -> types.InlayHint:
    position = to_position(view.lines, hint.offset, view.session.encoding)
    data = {"uri": view.session.uri(view.key), "about": hint.about}
    return types.InlayHint(
        position,
        hint.label,
        _KINDS.get(hint.kind),
        padding_left=(not hint.comes_before and not hint.label.startswith(":")) or None,
        padding_right=hint.comes_before or None,
        data=data if view.session.client.hint_tooltips else None,
    )


def resolve(server: Server, hint: types.InlayHint) -> types.InlayHint:
    """The same hint with what a hover tells of its place; as it is where the document has changed meanwhile."""
    data = cast("object", hint.data)  # pyright: ignore[reportUnknownMemberType] - the protocol leaves it open
    said = cast("Mapping[str, object]", data if isinstance(data, Mapping) else {})
    uri, about = said.get("uri"), said.get("about")
    view = look_up(server.session, uri) if isinstance(uri, str) else None
    if view is None or not isinstance(about, int):
        return hint
    found = hover(view.snapshot, view.key, about, datetime.now(UTC))
    if found is not None:
        hint.tooltip = types.MarkupContent(types.MarkupKind.Markdown, found.markdown)
    return hint
