"""The declared values of one part of a document that is being edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfo_dialect.analysis.live_triggers import LiveTriggerView
from mfo_dialect.analysis.live_views import LiveFlowView, LiveNodeView
from mfo_dialect.analysis.live_workflow import LiveDocument
from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.scopes import LevelView
from mfo_dialect.analysis.visits import PartedWalk, Visit, choose
from mfo_dialect.catalogue.values import ListType, ValueType
from mfo_dialect.syntax import Sequence

if TYPE_CHECKING:
    from mfo_dialect.analysis.bundle import Document
    from mfo_dialect.analysis.snapshot import Snapshot


def own_visits(part: Part, snapshot: Snapshot) -> list[Visit]:
    """The declared values of one part of a live document."""
    first = _first_visit(part, snapshot)
    if first is None:
        return []
    return PartedWalk[Part](first, part, snapshot.borders, is_shallow=True, own_items=snapshot.own_items).by_part.get(
        part, []
    )


def _first_visit(part: Part, snapshot: Snapshot) -> Visit | None:
    match part:
        case LiveDocument():
            declared = snapshot.root_type(part)
            return Visit(part.key, part.root, choose(declared, part.root)) if declared is not None else None
        case LiveNodeView():
            holder: LevelView | LiveDocument = part.level
            mapping, listed_in = part.node.mapping, part.listed_in
        case LiveFlowView():
            if part.home.mapping_now is part.mapping_now:
                return None
            holder, mapping, listed_in = part.home, part.taskflow.mapping, part.listed_in
        case LiveTriggerView():
            holder, mapping, listed_in = part.home, part.trigger.mapping, part.listed_in
        case _:
            return None
    item = snapshot.kept(holder, _item_types).get(id(listed_in))
    if item is None or snapshot.borders.get(id(mapping)) is not part:
        return None
    return Visit(_key_of(part), mapping, choose(item, mapping), None, None, listed_in)


def _key_of(part: LiveNodeView | LiveFlowView | LiveTriggerView) -> str:
    return part.document if isinstance(part, LiveNodeView | LiveFlowView) else part.home.key


def _item_types(holder: LevelView | LiveDocument, snapshot: Snapshot) -> dict[int, ValueType]:
    """What may stand in the lists that hold the parts of a level or document, by the identity of the list."""
    around: Part | None = holder
    if isinstance(holder, LevelView):
        flow = holder.flow
        assert isinstance(flow, LiveFlowView)
        around = holder.owner or snapshot.borders.get(id(flow.mapping_now))
    if around is None:
        return {}
    return {
        id(visit.node): visit.type.item
        for visit in snapshot.visits_of(around)
        if isinstance(visit.type, ListType) and isinstance(visit.node, Sequence)
    }


def walked(document: Document, snapshot: Snapshot) -> dict[Part, list[Visit]]:
    """The declared values of a document by the parts that they belong to."""
    declared = snapshot.root_type(document)
    if document.root is None or declared is None:
        return {}
    first = Visit(document.key, document.root, choose(declared, document.root))
    return PartedWalk[Part](first, document, snapshot.borders).by_part
