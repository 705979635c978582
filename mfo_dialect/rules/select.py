"""What rules look at: selectors over a snapshot, one kind of item each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from mfo_dialect.analysis.bundle import Bundle, Document, Source
from mfo_dialect.analysis.scopes import FlowView, LevelView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot, TriggerView
from mfo_dialect.analysis.uses import Use
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.values import Key, Names, TextType, ValueType
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


def visits_where(concerns: Callable[[ValueType, Key | None], bool]) -> Callable[[Snapshot], Iterable[Visit]]:
    """A selector of the values whose declarations are of a kind; one declaration's values follow each other.

    Args:
        concerns: whether a declaration is of that kind: what a value may be, and the key that it stands under; pure.
    """

    def items(snapshot: Snapshot) -> Iterable[Visit]:
        groups = snapshot.every(_visits_by_declaration)
        return (visit for group in groups if concerns(group[0].type, group[0].key) for visit in group)

    return items


def visits_naming(*names: Names) -> Callable[[Snapshot], Iterable[Visit]]:
    """A selector of the texts that name something."""
    return visits_where(lambda declared, _: isinstance(declared, TextType) and declared.names in names)


def _visits_by_declaration(snapshot: Snapshot) -> Iterable[list[Visit]]:
    groups: defaultdict[tuple[int, int], list[Visit]] = defaultdict(list)
    for visit in snapshot.visits:
        groups[id(visit.type), id(visit.key)].append(visit)
    return groups.values()


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
