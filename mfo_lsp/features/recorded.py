"""What recorded runs gave, as a value from outside: which of it a place wants, and how it is looked into.

It reads no journal. Where nothing was recorded, or it cannot be read, the maps are empty and nobody is told anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias, cast

from mfo_dialect.analysis.inputs import input_shape
from mfo_dialect.analysis.resolve import Resolution, Scope, resolve
from mfo_dialect.analysis.scopes import FlowView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.references import RESERVED_ROOTS, Reference, bare_reference, scan
from mfo_dialect.syntax import Mapping as MappingNode
from mfo_dialect.syntax import Scalar

_INPUT = "INPUT"
_GIVEN = frozenset({_INPUT, "TRIGGER"})
_MAX_KEYS = 200
_MAX_ITEMS = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing of a taskflow's runs.

    Attributes:
        document: the key of the workflow.
        taskflow: the taskflow's id.
        source: ``INPUT``, ``TRIGGER``, or the ids of the subflows around a node and its own, with slashes between.
    """

    document: str
    taskflow: str
    source: str


@dataclass(frozen=True, slots=True)
class RecordedValue:
    """What it was in one run, secrets struck out.

    Attributes:
        run: the run's id.
        started_at: when the run began, in seconds since 1970.
        state: how the run ended, or ``running``.
        value: a JSON value.
    """

    run: str
    started_at: float
    state: str
    value: Any


Recorded: TypeAlias = Mapping[Wanted, tuple[RecordedValue, ...]]
"""The values of the last runs in which there are any, the newest first."""

NOTHING_RECORDED: Recorded = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class WantedPath:
    """A path into something recorded: ``names`` lead down from it."""

    wanted: Wanted
    names: tuple[str, ...]


def wanted_path(names: Sequence[str], resolution: Resolution, scope: Scope, snapshot: Snapshot) -> WantedPath | None:
    """Where runs have recorded what a path reads; None for what they do not record.

    Args:
        names: the path's segments, the root first.
        resolution: what it leads to.
        scope: where it is read.
        snapshot: the bundle.
    """
    if resolution.node is not None:
        flow, source, depth = resolution.node.flow, "/".join(resolution.node.id_path), resolution.depth
    elif names[0] == _INPUT and scope.level is not None and scope.level.owner is not None:
        return _outside(names, scope.level.owner, snapshot)
    elif names[0] in _GIVEN and (found := _flow_of(scope, snapshot)) is not None:
        flow, source, depth = found, names[0], 1
    else:
        return None
    return WantedPath(Wanted(flow.document, flow.taskflow.name, source), tuple(names[depth:]))


def _outside(names: Sequence[str], subflow: NodeView, snapshot: Snapshot) -> WantedPath | None:
    """What INPUT inside a subflow stands for around it, where its ``input_mapping`` hands a value on as it is."""
    mapping = subflow.node.mapping.get("input_mapping")
    outer = tuple(names)
    if isinstance(mapping, MappingNode):
        given = mapping.get(names[1]) if len(names) > 1 else mapping
        if given is not None:
            reference = lone_reference(given, subflow.flow) if isinstance(given, Scalar) else None
            if reference is None:
                return None
            outer = (reference.root, *reference.path, *names[2:])
    scope = Scope(snapshot.bundle, subflow.level)
    return wanted_path(outer, resolve(outer, scope), scope, snapshot)


def lone_reference(scalar: Scalar, flow: FlowView) -> Reference | None:
    """The reference that a whole value is, in any spelling; None where it is none, or more."""
    if not isinstance(scalar.value, str):
        return None
    bare = bare_reference(scalar.value)
    if bare is not None and (bare.root in RESERVED_ROOTS or bare.root in flow.by_id):
        return bare
    pieces = [piece for piece in scan(scalar.value) if isinstance(piece, Reference) or piece.strip()]
    first = pieces[0] if len(pieces) == 1 else None
    return first if isinstance(first, Reference) and first.segments and not first.problem else None


def recorded_in_expression(names: Sequence[str], view: NodeView, snapshot: Snapshot) -> WantedPath | None:
    """Where runs have recorded what a path of a node's expression reads; a declared input stands there by its bare name."""
    scope = Scope(snapshot.bundle, view.level)
    if names[0] in input_shape(view.level, snapshot.bundle).fields:
        names = (_INPUT, *names)
    return wanted_path(names, resolve(tuple(names), scope), scope, snapshot)


def _flow_of(scope: Scope, snapshot: Snapshot) -> FlowView | None:
    """The taskflow whose runs were given what a root stands for."""
    if scope.level is not None:
        return scope.level.flow
    return next((flow for flow in snapshot.flows if scope.trigger in flow.triggers), None)


def values_at(path: WantedPath, recorded: Recorded) -> Iterable[RecordedValue]:
    """What a path led to, run by run, the newest first; runs in which it led nowhere are left out."""
    for one in recorded.get(path.wanted, ()):
        is_there, value = _below(one.value, path.names)
        if is_there:
            yield RecordedValue(one.run, one.started_at, one.state, value)


def _below(value: Any, names: Sequence[str]) -> tuple[bool, Any]:
    for name in names:
        if isinstance(value, Mapping) and name in value:
            value = cast("Mapping[str, Any]", value)[name]
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(cast("list[Any]", value)):
            value = cast("list[Any]", value)[int(name)]
        else:
            return False, None
    return True, value


def keys_at(path: WantedPath, recorded: Recorded) -> Mapping[str, Any]:
    """The keys that were seen in the maps that a path led to, each with the value it had last."""
    seen: dict[str, Any] = {}
    for one in values_at(path, recorded):
        for name, value in _items_of(one.value):
            if len(seen) < _MAX_KEYS:
                seen.setdefault(name, value)
    return seen


def _items_of(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        fields = cast("Mapping[object, Any]", value)
        yield from ((name, item) for name, item in fields.items() if isinstance(name, str))
    elif isinstance(value, list):
        yield from ((str(index), item) for index, item in enumerate(cast("list[Any]", value)[:_MAX_ITEMS]))
