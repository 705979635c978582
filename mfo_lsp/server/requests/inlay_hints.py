"""``textDocument/inlayHint``: words between those of a document; what they mean is told when somebody points at one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from lsprotocol import types

from mfo_dialect.steps import Steps
from mfo_lsp.features.hover import hover
from mfo_lsp.features.inlay_hints import HintKind, InlayHint, inlay_hints_in_steps
from mfo_lsp.server.convert import to_position
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import View, look_up
from mfo_lsp.server.slices import in_slices

OPTIONS = types.InlayHintOptions()
_KINDS = {HintKind.TYPE: types.InlayHintKind.Type, HintKind.BRANCH: types.InlayHintKind.Parameter}


async def answer(server: Server, params: types.InlayHintParams) -> list[types.InlayHint]:
    """The hints of a stretch, which may be all of the document.

    Raises:
        RefusedError: the document is long, and has changed meanwhile.
    """

    def found(view: View) -> Steps[list[types.InlayHint]]:
        hints = yield from inlay_hints_in_steps(view.snapshot, view.key, view.span(params.range), view.preferences)
        converted: list[types.InlayHint] = []
        for hint in hints:
            converted.append(_converted(hint, view))
            yield
        return converted

    return await in_slices(server, params.text_document.uri, found) or []


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
