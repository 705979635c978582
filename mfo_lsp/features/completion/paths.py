"""What a path may go on with, level by level: nodes that can have run, roots, and known fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mfo_dialect.analysis.outputs import output_shape
from mfo_dialect.analysis.reads import run_order
from mfo_dialect.analysis.resolve import Outcome, Scope, resolve, roots_in_scope
from mfo_dialect.analysis.run_order import RanBefore, RunOrder
from mfo_dialect.analysis.scopes import FlowView, NodeView
from mfo_dialect.shapes import Kind, Shape
from mfo_lsp.features.completion.items import ItemKind
from mfo_lsp.features.completion.place import Place
from mfo_lsp.features.documentation import node_kind, of_node, of_run_order, of_shape, paragraphs

_NAME = re.compile(r"[\w-]+")
_RANKS = {RanBefore.SURELY: 0, RanBefore.PERHAPS: 2}
_DOUBTFUL = 1
_ROOT_RANK = 3
_SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True)
class PathChoice:
    """One name that a path may go on with.

    Attributes:
        name: as written.
        kind: node, root or field.
        detail: a few words beside it.
        documentation: what it leads to.
        rank: lower ones stand first.
        goes_on: whether there may be names below it.
    """

    name: str
    kind: ItemKind
    detail: str
    documentation: str
    rank: int
    goes_on: bool


def scope_of(place: Place) -> Scope | None:
    """What a path sees at a place; None where no path can be read."""
    bundle, owner = place.snapshot.bundle, place.owner
    if owner.trigger is not None:
        kind = owner.trigger.trigger.type
        is_schedule = kind is not None and kind.text == _SCHEDULE
        return None if is_schedule else Scope(bundle, None, owner.trigger.trigger)
    if owner.view is not None:
        return Scope(bundle, owner.view.level)
    return Scope(bundle, owner.flow.top) if owner.flow is not None else None


def choices(parents: Sequence[str], place: Place, scope: Scope) -> Iterator[PathChoice]:
    """What may follow ``parents``, which are written already; nodes and roots where there are none."""
    if not parents:
        yield from _roots(place, scope)
        return
    found = resolve(tuple(parents), scope)
    if found.outcome in {Outcome.KNOWN, Outcome.UNKNOWN}:
        yield from fields_of(".".join(parents), found.shape)


def fields_of(path: str, shape: Shape) -> Iterator[PathChoice]:
    """The known fields of a shape."""
    for name, field in shape.fields.items():
        if _NAME.fullmatch(name) and not field.deprecated:
            words = of_shape(f"{path}.{name}", field)
            yield PathChoice(name, ItemKind.FIELD, str(field), words, 0, _has_more(field))


def _has_more(shape: Shape) -> bool:
    return shape.kind is Kind.MAP and bool(shape.fields)


def node_choices(place: Place, flow: FlowView) -> Iterator[PathChoice]:
    """The nodes that can have run, surely run ones and near ones first."""
    reader = place.owner.view
    for view in sorted(flow.by_id.values(), key=lambda view: abs(view.node.mapping.span.start - place.offset)):
        order = _order(reader, view, flow)
        if order is not None and order.verdict is RanBefore.NEVER:
            continue
        shape = output_shape(view, place.snapshot.bundle)
        words = paragraphs(of_node(view, place.snapshot.bundle), of_run_order(order))
        rank = _RANKS[order.verdict] if order is not None else _DOUBTFUL
        detail = node_kind(view).replace("`", "")
        yield PathChoice(view.id, ItemKind.NODE, detail, words, rank, bool(shape.fields))


def _order(reader: NodeView | None, producer: NodeView, flow: FlowView) -> RunOrder | None:
    """Whether a node has run by then; None where that cannot be told."""
    if reader is not None:
        if reader.node.id is None or reader is producer:
            return None if reader is not producer else flow.run_orders.ran_before(reader.id_path, reader.id_path)
        return run_order(reader, producer)
    if flow.damaged or any(level.graph.cycles for level in flow.levels):
        return None
    return flow.run_orders.ran_by_the_end(producer.id_path)


def _roots(place: Place, scope: Scope) -> Iterator[PathChoice]:
    flow = scope.flow
    nodes: Mapping[str, NodeView] = flow.by_id if flow is not None else {}
    if flow is not None:
        yield from node_choices(place, flow)
    for root in roots_in_scope(scope):
        if root in nodes:
            continue
        shape = resolve((root,), scope).shape
        if shape.kind is Kind.MAP and not shape.fields and shape.rest is None:
            continue
        yield PathChoice(root, ItemKind.ROOT, "", of_shape(root, shape), _ROOT_RANK, goes_on=True)
