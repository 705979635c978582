"""What a path may go on with, level by level: nodes that can have run, roots, known fields, and keys seen in runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.outputs import output_shape
from mfo_dialect.analysis.reads import run_order
from mfo_dialect.analysis.resolve import Outcome, Scope, resolve, roots_in_scope
from mfo_dialect.analysis.run_order import RanBefore, RunOrder
from mfo_dialect.analysis.scopes import FlowView, NodeView
from mfo_dialect.shapes import UNKNOWN, Kind, Shape, of_value
from mfo_lsp.features.completion.items import ItemKind, Words
from mfo_lsp.features.completion.place import Place
from mfo_lsp.features.documentation import node_kind, of_node, of_recorded, of_run_order, of_shape, paragraphs
from mfo_lsp.features.recorded import WantedPath, keys_at, wanted_path

_NAME = re.compile(r"[\w-]+")
_RANKS = {RanBefore.SURELY: 0, RanBefore.PERHAPS: 2}
_DOUBTFUL = 1
_ROOT_RANK = 3
_SEEN_RANK = 4
_SCHEDULE = "schedule"
SEEN = "seen in a run"


@dataclass(frozen=True, slots=True)
class PathChoice:
    """One name that a path may go on with.

    Attributes:
        name: as written.
        kind: node, root or field.
        detail: a few words beside it.
        words: what it leads to.
        rank: lower ones stand first.
        shape: what is known of the value that it leads to.
    """

    name: str
    kind: ItemKind
    detail: str
    words: Words
    rank: int
    shape: Shape

    @property
    def goes_on(self) -> bool:
        """Whether names below it are known."""
        return self.kind is ItemKind.ROOT or (self.shape.kind is Kind.MAP and bool(self.shape.fields))


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
        yield from seen_fields(found.shape, wanted_path(parents, found, scope, place.snapshot), place)


def fields_of(path: str, shape: Shape) -> Iterator[PathChoice]:
    """The known fields of a shape."""
    for name, field in shape.fields.items():
        if _NAME.fullmatch(name) and not field.deprecated:
            yield PathChoice(name, ItemKind.FIELD, str(field), partial(of_shape, f"{path}.{name}", field), 0, field)


def seen_fields(shape: Shape, path: WantedPath | None, place: Place) -> Iterator[PathChoice]:
    """The keys that runs had where nothing says that there can be none but the known ones."""
    is_open = shape.kind in {Kind.ANY, Kind.LIST} or (shape.kind is Kind.MAP and shape.rest is not None)
    if path is None or not is_open:
        return
    for name, value in keys_at(path, place.recorded).items():
        if _NAME.fullmatch(name) and name not in shape.fields:
            detail = f"{of_value(value)}, {SEEN}"
            below = WantedPath(path.wanted, (*path.names, name))
            words = partial(of_recorded, below, place.recorded)
            yield PathChoice(name, ItemKind.FIELD, detail, words, _SEEN_RANK, UNKNOWN)


def node_choices(place: Place, flow: FlowView) -> Iterator[PathChoice]:
    """The nodes that can have run, surely run ones and near ones first."""
    reader, bundle = place.owner.view, place.snapshot.bundle
    for view in sorted(flow.by_id.values(), key=lambda view: abs(view.node.mapping.span.start - place.offset)):
        order = _order(reader, view, flow)
        if order is not None and order.verdict is RanBefore.NEVER:
            continue
        words = partial(_words_of_node, view, bundle, order)
        rank = _RANKS[order.verdict] if order is not None else _DOUBTFUL
        detail = node_kind(view).replace("`", "")
        yield PathChoice(view.id, ItemKind.NODE, detail, words, rank, output_shape(view, bundle))


def _words_of_node(view: NodeView, bundle: Bundle, order: RunOrder | None) -> str:
    return paragraphs(of_node(view, bundle), of_run_order(order))


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
        yield PathChoice(root, ItemKind.ROOT, "", partial(of_shape, root, shape), _ROOT_RANK, shape)
