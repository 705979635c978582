"""What a path may go on with, level by level: nodes that can have run, roots, known fields, and keys seen in runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import TypeAlias

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.outputs import output_shape
from mfo_dialect.analysis.reads import run_order, verdict_in_the_end, verdict_of, verdicts_near
from mfo_dialect.analysis.resolve import Outcome, Scope, reserved_roots_in_scope, resolve
from mfo_dialect.analysis.run_order import RanBefore
from mfo_dialect.analysis.scopes import FlowView, NodeView
from mfo_dialect.shapes import UNKNOWN, Kind, Shape, of_value
from mfo_lsp.features.completion.items import ItemKind, Words
from mfo_lsp.features.completion.nearby import MOST, meaning, nearest
from mfo_lsp.features.completion.place import Place
from mfo_lsp.features.documentation import node_kind, of_node, of_recorded, of_run_order, of_shape, paragraphs
from mfo_lsp.features.recorded import WantedPath, keys_at, wanted_path

_NAME = re.compile(r"[\w-]+")
_RANKS = {RanBefore.SURELY: 0, RanBefore.PERHAPS: 2}
_DOUBTFUL = 1
_ROOT_RANK = 3
_SEEN_RANK = 4
_SCHEDULE = "schedule"
_NEAR, _FAR = 300, 3_000  # nodes that are gone back through, without and with letters to look for
_Verdict: TypeAlias = tuple[NodeView, RanBefore | None]
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
        is_narrowed: whether others were left out that typing on may bring.
    """

    name: str
    kind: ItemKind
    detail: str
    words: Words
    rank: int
    shape: Shape
    is_narrowed: bool = False

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


def choices(parents: Sequence[str], typed: str, place: Place, scope: Scope) -> Iterator[PathChoice]:
    """What may follow ``parents``, which are written already; nodes and roots where there are none.

    Args:
        parents: the names before the one that is typed.
        typed: what is typed of that one; it chooses among nodes where there are too many to offer.
        place: where.
        scope: what a path sees there.
    """
    if not parents:
        yield from _roots(place, scope, typed)
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


def may_start(name: str, place: Place, scope: Scope) -> bool:
    """Whether a path may start with a name: it is one of the ``choices`` where nothing is written yet."""
    view = scope.flow.by_id.get(name) if scope.flow is not None else None
    if view is not None:
        return _verdict(place.owner.view, view) is not RanBefore.NEVER
    return any(root == name for root, _ in _reserved(scope))


def node_choices(place: Place, flow: FlowView, typed: str) -> Iterator[PathChoice]:
    """The nodes that can have run, surely run ones and near ones first; of many those that ``typed`` may mean."""
    reader, bundle = place.owner.view, place.snapshot.bundle
    is_narrowed = sum(len(level.nodes) for level in flow.levels) > MOST
    verdicts = _near_verdicts(place, flow, typed) if is_narrowed else _all_verdicts(place, flow)
    known = ((view, verdict) for view, verdict in verdicts if verdict is not RanBefore.NEVER)
    for view, verdict in islice(known, MOST):
        yield _node_choice(view, reader, verdict, bundle, is_narrowed=is_narrowed)


def _node_choice(
    view: NodeView, reader: NodeView | None, verdict: RanBefore | None, bundle: Bundle, *, is_narrowed: bool
) -> PathChoice:
    words = partial(_words_of_node, view, reader, bundle)
    rank = _RANKS[verdict] if verdict is not None else _DOUBTFUL
    detail = node_kind(view).replace("`", "")
    return PathChoice(view.id, ItemKind.NODE, detail, words, rank, output_shape(view, bundle), is_narrowed)


def _all_verdicts(place: Place, flow: FlowView) -> Iterator[_Verdict]:
    ordered = sorted(flow.by_id.values(), key=lambda view: abs(view.node.mapping.place - place.offset))
    return ((view, _verdict(place.owner.view, view)) for view in ordered)


def _near_verdicts(place: Place, flow: FlowView, typed: str) -> Iterator[_Verdict]:
    """Of many nodes those that stand before the reader, as far as that is plain; else the nearest in the text."""
    reader, is_meant = place.owner.view, meaning(typed)
    is_plain = reader is not None and all(view.level.wiring.is_plain for view in reader.path)
    if reader is not None and reader.node.id is not None and is_plain and not flow.damaged:
        return verdicts_near(reader, _FAR if typed else _NEAR, is_meant)
    around = reversed(reader.path) if reader is not None else ()
    levels = [view.level for view in around] or [flow.top]
    nodes = chain.from_iterable(nearest(level.nodes, place.offset) for level in levels)
    named = (view for view in nodes if is_meant(view.id) and flow.by_id.get(view.id) is view)
    return ((view, _verdict(reader, view)) for view in islice(named, _FAR))


def _verdict(reader: NodeView | None, producer: NodeView) -> RanBefore | None:
    """Whether a node has run by then; None where that cannot be told."""
    if reader is None:
        return verdict_in_the_end(producer)
    if reader is producer:
        return RanBefore.PERHAPS if any(view.level.wiring.in_loop(view) for view in reader.path) else RanBefore.NEVER
    return verdict_of(reader, producer) if reader.node.id is not None else None


def _words_of_node(view: NodeView, reader: NodeView | None, bundle: Bundle) -> str:
    flow = view.flow
    if reader is not None:
        order = run_order(reader, view) if reader.node.id is not None and reader is not view else None
    else:
        order = flow.run_orders.ran_by_the_end(view.id_path) if not flow.damaged and not flow.has_cycle else None
    return paragraphs(of_node(view, bundle), of_run_order(order))


def _roots(place: Place, scope: Scope, typed: str) -> Iterator[PathChoice]:
    if scope.flow is not None:
        yield from node_choices(place, scope.flow, typed)
    for root, shape in _reserved(scope):
        yield PathChoice(root, ItemKind.ROOT, "", partial(of_shape, root, shape), _ROOT_RANK, shape)


def _reserved(scope: Scope) -> Iterator[tuple[str, Shape]]:
    """The roots in scope under which there is something."""
    for root in reserved_roots_in_scope(scope):
        shape = resolve((root,), scope).shape
        if shape.kind is not Kind.MAP or shape.fields or shape.rest is not None:
            yield root, shape
