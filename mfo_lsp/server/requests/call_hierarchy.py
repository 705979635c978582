"""``textDocument/prepareCallHierarchy`` and what follows: who runs before and after a node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from lsprotocol import types

from mfo_dialect.analysis.graph import NodeKind
from mfo_dialect.analysis.scopes import NodeView
from mfo_lsp.features.call_hierarchy import NodeCall, calls_after, calls_before, node_at, node_of
from mfo_lsp.features.document_symbols import OutlineKind
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import View, look_up
from mfo_lsp.server.requests.document_symbols import kind_for

_KINDS = {
    NodeKind.TASK: OutlineKind.TASK,
    NodeKind.CONDITION: OutlineKind.CONDITION,
    NodeKind.SUBFLOW: OutlineKind.SUBFLOW,
}


def answer(server: Server, params: types.CallHierarchyPrepareParams) -> list[types.CallHierarchyItem] | None:
    """The node at a cursor."""
    view = look_up(server.session, params.text_document.uri)
    found = node_at(view.snapshot, view.key, view.offset(params.position)) if view is not None else None
    return [_item(found, view)] if found is not None and view is not None else None


def answer_incoming(
    server: Server, params: types.CallHierarchyIncomingCallsParams
) -> list[types.CallHierarchyIncomingCall] | None:
    """The nodes that run before."""
    view, node = _found(server, params.item)
    if view is None or node is None:
        return None
    calls = calls_before(view.snapshot, node)
    return [types.CallHierarchyIncomingCall(_item(call.view, view, call), _ranges(call, view)) for call in calls]


def answer_outgoing(
    server: Server, params: types.CallHierarchyOutgoingCallsParams
) -> list[types.CallHierarchyOutgoingCall] | None:
    """The nodes that run after."""
    view, node = _found(server, params.item)
    if view is None or node is None:
        return None
    calls = calls_after(view.snapshot, node)
    return [types.CallHierarchyOutgoingCall(_item(call.view, view, call), _ranges(call, view)) for call in calls]


def _found(server: Server, item: types.CallHierarchyItem) -> tuple[View | None, NodeView | None]:
    """The node that an item stands for, found by its names in the text as it is now."""
    view = look_up(server.session, item.uri)
    data = cast("object", item.data)  # pyright: ignore[reportUnknownMemberType] - the protocol leaves it open
    said = cast("Mapping[str, object]", data if isinstance(data, Mapping) else {})
    taskflow, path = said.get("taskflow"), said.get("path")
    if view is None or not isinstance(taskflow, str) or not isinstance(path, Sequence):
        return None, None
    return view, node_of(view.snapshot, view.key, taskflow, tuple(str(name) for name in cast("Sequence[object]", path)))


def _item(node: NodeView, view: View, call: NodeCall | None = None) -> types.CallHierarchyItem:
    name = node.node.id.text if node.node.id is not None else f"({node.kind.value})"
    words = [node.type_name or node.kind.value, *(call.ways if call is not None else ())]
    whole, name_range = view.range(node.node.mapping.span, node.document), view.range(node.name_span, node.document)
    return types.CallHierarchyItem(
        name,
        kind_for(_KINDS[node.kind], view.session.client),
        view.session.uri(node.document),
        whole,
        name_range,
        detail=" \u00b7 ".join(words),
        data={"taskflow": node.flow.taskflow.name, "path": list(node.id_path)},
    )


def _ranges(call: NodeCall, view: View) -> list[types.Range]:
    return [view.range(span, call.view.document) for span in call.spans]
