"""What rules look at: selectors over a snapshot, one kind of item each."""

from __future__ import annotations

from collections.abc import Iterable

from mfo_dialect.analysis.bundle import Bundle, Document, Source
from mfo_dialect.analysis.scopes import FlowView, LevelView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot, TriggerView
from mfo_dialect.analysis.uses import Use
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.model.prompts import PromptTemplate


def sources(snapshot: Snapshot) -> Iterable[Source]:
    """The texts that hold an MFO document."""
    return (source for source in snapshot.sources if source.is_ours)


def documents(snapshot: Snapshot) -> Iterable[Document]:
    """The MFO documents."""
    return snapshot.documents


def visits(snapshot: Snapshot) -> Iterable[Visit]:
    """Every declared value with its declaration."""
    return snapshot.visits


def flows(snapshot: Snapshot) -> Iterable[FlowView]:
    """The taskflows."""
    return snapshot.flows


def levels(snapshot: Snapshot) -> Iterable[LevelView]:
    """The levels of all taskflows."""
    return (level for flow in snapshot.flows for level in flow.levels)


def nodes(snapshot: Snapshot) -> Iterable[NodeView]:
    """The nodes of all taskflows."""
    return snapshot.nodes


def uses(snapshot: Snapshot) -> Iterable[Use]:
    """The references."""
    return snapshot.uses


def triggers(snapshot: Snapshot) -> Iterable[TriggerView]:
    """The triggers."""
    return snapshot.triggers


def templates(snapshot: Snapshot) -> Iterable[PromptTemplate]:
    """The prompt templates."""
    return snapshot.templates


def whole_bundle(snapshot: Snapshot) -> Iterable[Bundle]:
    """The bundle itself, once."""
    return (snapshot.bundle,)
