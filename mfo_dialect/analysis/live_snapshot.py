"""A bundle that is being edited, and its meaning: the questions of ``Snapshot``, whose answers are facts.

What is asked while something is being computed is noted, and computed again when it may have changed. Somebody else
tells it which parts an edit has brought, taken away or written anew.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from mfo_dialect.analysis.bundle import Bundle, Document, Source
from mfo_dialect.analysis.edited_bundle import EditedBundle
from mfo_dialect.analysis.live_indexes import LiveIndexes
from mfo_dialect.analysis.live_levels import Upkeep
from mfo_dialect.analysis.live_tables import KeptFact, Remembered
from mfo_dialect.analysis.live_triggers import LiveTriggerView
from mfo_dialect.analysis.live_views import LiveFlowView, LiveNodeView
from mfo_dialect.analysis.live_visits import own_visits, walked
from mfo_dialect.analysis.live_workflow import LiveDocument
from mfo_dialect.analysis.parts import Part, borders_of, parts_of_document, root_of
from mfo_dialect.analysis.scopes import FlowView, LevelView, NodeView, TriggerView, view_flows
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.sure_values import doubtful_among
from mfo_dialect.analysis.uses import Use
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.facts import Facts
from mfo_dialect.model.prompts import PromptsDocument, PromptTemplate
from mfo_dialect.model.workflow import Workflow
from mfo_dialect.syntax import Mapping, Node, Sequence

_T = TypeVar("_T")
_Subject = TypeVar("_Subject", bound=Hashable)
_MANY = 64
"""Items from which on it is worth remembering which of them are parts."""
_ONLY_MAPS = {Mapping}
_AT_ONCE = 100
"""Values that are let go of between two looks at the time."""


@dataclass(frozen=True, slots=True, eq=False)
class _Fixed:
    """A document that is replaced as a whole when anything in it changes, with its parts."""

    flows: tuple[FlowView, ...]
    triggers: tuple[TriggerView, ...]
    parts: tuple[Part, ...]
    borders: dict[int, Part]


class LiveSnapshot(Snapshot):
    """A bundle as it is at the moment.

    Attributes:
        facts: what depends on what.
        known_borders: the parts of the home documents by the identity of the maps that they are written as.
    """

    def __init__(self, facts: Facts, bundle: EditedBundle) -> None:
        """Look at ``bundle``, whose documents are made known by ``add`` and ``take``."""
        super().__init__(bundle)
        self.facts = facts
        self.known_borders: dict[int, Part] = {}
        self._edited = bundle
        self._fixed: dict[Document, _Fixed] = {}
        self._around: dict[object, Document] = {}
        self._tables: dict[object, dict[Any, KeptFact]] = {}
        self._remembered = Remembered()
        self._unnoted: dict[object, dict[Any, Any]] = {}
        self._live_indexes = LiveIndexes(self)
        self._outdated: list[dict[Any, Any]] = []
        self._own_items: dict[int, tuple[Sequence, list[Node]]] = {}

    # What changes it

    def add(self, document: Document) -> Upkeep:
        """Make a document's parts known; gives them. A ``LiveDocument`` makes its own ones known."""
        self._own_items = {}
        if isinstance(document, LiveDocument):
            return document.upkeep
        flows = tuple(view_flows(document.model)) if isinstance(document.model, Workflow) else ()
        workflow = document.model
        triggers = (
            tuple(TriggerView(workflow, trigger) for trigger in workflow.triggers)
            if isinstance(workflow, Workflow)
            else ()
        )
        parts = tuple(parts_of_document(document, flows, triggers))
        borders = borders_of(parts)
        self._fixed[document] = _Fixed(flows, triggers, parts, borders)
        for number, part in borders.items():
            self.known_borders.setdefault(number, part)
        self._around.update((part, document) for part in parts)
        if document.model is not None:
            self._around[document.model] = document
        upkeep = Upkeep()
        upkeep.added.update(dict.fromkeys(parts))
        return upkeep

    def remove(self, document: Document) -> Upkeep:
        """Let go of a document; gives the parts that go with it."""
        if isinstance(document, LiveDocument):
            return document.drop()
        fixed = self._fixed.pop(document, None)
        if fixed is None:
            return Upkeep()
        for number, part in fixed.borders.items():
            if self.known_borders.get(number) is part:
                del self.known_borders[number]
        for part in fixed.parts:
            self._around.pop(part, None)
        if document.model is not None:
            self._around.pop(document.model, None)
        upkeep = Upkeep()
        upkeep.dropped.update(dict.fromkeys(fixed.parts))
        return upkeep

    def take(self, upkeep: Upkeep) -> None:
        """Have the indexes follow what an edit has brought, taken away or written anew."""
        self._own_items = {}
        self._remembered.drop(upkeep.dropped)
        self._live_indexes.take(upkeep)

    def settle(self, has_time: Callable[[], bool] = lambda: True) -> bool:
        """Bring all facts up to date; says whether they are.

        Args:
            has_time: asked again and again; where it says no, the rest waits for the next call.
        """
        while True:
            if not self._live_indexes.settle(has_time):
                return False
            if not self.facts.settle(has_time):
                return False
            if self._live_indexes.are_settled:
                return True

    def asking(self) -> AbstractContextManager[None]:
        """Keep what is worked out inside until the end, for somebody who asks much at once."""
        self.settle()
        return self.facts.reading()

    def note_nothing(self) -> None:
        """Answer without noting who asks, until ``note_from_now_on``; nothing may change meanwhile."""
        self.facts.is_live = False

    def note_from_now_on(self) -> None:
        """Note who asks, and work everything out anew for that."""
        self._outdated, self._unnoted = [*self._unnoted.values()], {}  # letting go of all at once takes a while
        self._live_indexes.note_from_now_on()
        self._edited.forget_kept()
        self.facts.is_live = True

    # What is asked of it

    def kept(self, subject: _Subject, find: Callable[[_Subject, Snapshot], _T]) -> _T:
        """What ``find`` says of a subject at the moment; whoever is being computed depends on it."""
        if not self.facts.is_live:
            unnoted = self._unnoted.get(find)
            if unnoted is None:
                unnoted = self._unnoted[find] = {}
            try:
                return unnoted[subject]
            except KeyError:
                value = unnoted[subject] = find(subject, self)
                return value
        table = self._tables.get(find)
        if table is None:
            table = self._tables[find] = {}
        fact = table.get(subject)
        if fact is None:
            fact = table[subject] = KeptFact(self.facts, find, subject, self, table)
        return fact.get()

    def remembered(self, subject: _Subject, find: Callable[[_Subject, Snapshot], _T]) -> _T:
        """See ``Snapshot``; it is found again where something has changed that it follows from, and somebody asks."""
        if not self.facts.is_live:
            return find(subject, self)
        value = self.kept(subject, find)
        fact = self._tables[find].get(subject)
        if fact is not None:  # outside of ``asking`` nothing is kept for who asks
            self._remembered.keep(find, subject, fact)
        return value

    def every(self, find: Callable[[Snapshot], Iterable[_T]]) -> tuple[_T, ...]:
        """All that ``find`` finds at the moment."""
        return self.kept(find, _all_of)

    def index(self, scope: Bundle | FlowView | LevelView, find: Callable[[Any, Snapshot], Iterable[Hashable]]) -> Any:
        """The parts of a scope by the keys that ``find`` says of each at the moment."""
        return self._live_indexes.get(scope, find)

    def fill(self, has_time: Callable[[], bool]) -> bool:
        """Work on what will be asked and takes long where there are many parts; says whether that is done.

        Whoever needs an index earlier has it filled at once.
        """
        while self._outdated:
            for key in [*islice(self._outdated[-1], _AT_ONCE)]:
                del self._outdated[-1][key]
            if not self._outdated[-1]:
                self._outdated.pop()
            if not has_time():
                return False
        return self._live_indexes.fill(has_time)

    def parts_of_scope(self, scope: Bundle | FlowView | LevelView) -> Iterable[Part]:
        """The parts that an index of a scope asks, in no particular order."""
        match scope:
            case LevelView():
                return scope.nodes
            case FlowView():
                return scope, *scope.nodes
            case Bundle():
                parts = (part for document in self.documents for part in self._parts_of(document))
                return (part for part in parts if not isinstance(part, LevelView))

    @property
    def documents(self) -> tuple[Document, ...]:  # pyright: ignore[reportIncompatibleVariableOverride] - may change
        """The MFO documents that findings are wanted for."""
        return tuple(document for document in self.bundle.documents if document.key in self.bundle.home)

    @property
    def parts(self) -> tuple[Part, ...]:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """All that is looked at by itself."""
        ours = tuple(source for source in self.sources if source.is_ours)
        return (self.bundle, *ours, *(part for document in self.documents for part in self._parts_of(document)))

    def _parts_of(self, document: Document) -> tuple[Part, ...]:
        if isinstance(document, LiveDocument):
            return tuple(parts_of_document(document, self.flows_of(document), self.triggers_of(document)))
        fixed = self._fixed.get(document)
        return fixed.parts if fixed is not None else ()

    @property
    def borders(self) -> dict[int, Part]:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """The parts of the home documents by the identity of the maps that they are written as."""
        return self.known_borders

    def own_items(self, listed: Sequence) -> Iterable[Node]:
        """See ``Snapshot``; found once after each edit."""
        items = listed.items
        if len(items) < _MANY:
            return items
        known = self._own_items.get(id(listed))
        if known is None:
            borders = self.known_borders
            is_plain = set(map(type, items)) == _ONLY_MAPS and self._holds_nodes(listed)
            own = [] if is_plain else [item for item in items if id(item) not in borders]
            known = self._own_items[id(listed)] = listed, own
        return known[1]

    def _holds_nodes(self, listed: Sequence) -> bool:
        """Whether a list holds the nodes of a level, each of which is a map, and every map in it is one."""
        live = (document for document in self._edited.documents_now if isinstance(document, LiveDocument))
        return any(id(listed) in document.levels.lists for document in live)

    def part_around(self, part: Part) -> Part | None:
        """The part whose map or list holds a part's map; None of what is not written inside another part."""
        match part:
            case LiveNodeView():
                flow = part.level.flow
                assert isinstance(flow, LiveFlowView)
                return part.level.owner or self.known_borders.get(id(flow.mapping_now))
            case LiveFlowView() | LiveTriggerView():
                return part.home
            case NodeView():
                return part.level.owner or self.known_borders.get(id(part.flow.taskflow.mapping))
            case FlowView() | TriggerView():
                return self._around.get(part.workflow)
            case Bundle() | Source() | Document() | LevelView():
                return None
            case _:
                return self._around.get(part)

    def flows_of(self, document: Document) -> tuple[FlowView, ...]:
        """The taskflows of a home document."""
        if isinstance(document, LiveDocument):
            document.note_content()
            return tuple(document.live_flows)
        fixed = self._fixed.get(document)
        return fixed.flows if fixed is not None else ()

    def triggers_of(self, document: Document) -> tuple[TriggerView, ...]:
        """The triggers of a home document."""
        if isinstance(document, LiveDocument):
            document.note_content()
            return tuple(document.live_triggers)
        fixed = self._fixed.get(document)
        return fixed.triggers if fixed is not None else ()

    @property
    def flows(self) -> tuple[FlowView, ...]:  # pyright: ignore[reportIncompatibleVariableOverride] - may change
        """All taskflows of the home documents."""
        return tuple(flow for document in self.documents for flow in self.flows_of(document))

    @property
    def nodes(self) -> tuple[NodeView, ...]:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """All nodes of all taskflows."""
        return tuple(view for flow in self.flows for view in flow.nodes)

    @property
    def triggers(self) -> tuple[TriggerView, ...]:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """All triggers of the home documents."""
        return tuple(view for document in self.documents for view in self.triggers_of(document))

    @property
    def templates(self) -> tuple[PromptTemplate, ...]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """All prompt templates of the home documents, doubles included."""
        models = (document.model for document in self.documents)
        return tuple(one for model in models if isinstance(model, PromptsDocument) for one in model.templates)

    def text_around(self, part: Part) -> str | None:
        """The part itself as it is written; the whole text has changed whenever a part has."""
        if isinstance(part, LiveDocument | LiveFlowView):  # which would be put together of all of its nodes
            return None
        root = part.root if isinstance(part, Document) else root_of(part)
        return root.source if root is not None else ""

    def has_only_plain_maps(self, part: Part) -> bool:  # noqa: ARG002 - as declared
        """Not known: who asks would depend on all maps of the text."""
        return False

    @property
    def uses(self) -> tuple[Use, ...]:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """All references."""
        of_flows = (use for flow in self.flows for part in (*flow.nodes, flow) for use in self.uses_of(part))
        return (*of_flows, *(use for view in self.triggers for use in self.uses_of(view)))

    @property
    def visits(self) -> tuple[Visit, ...]:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """Every declared value of the home documents, with its declaration."""
        return tuple(visit for part in self.parts for visit in self.visits_of(part))

    def visits_of(self, part: Part) -> tuple[Visit, ...] | list[Visit]:
        """The declared values of one part, without those of the parts inside it."""
        match part:
            case LiveDocument() | LiveFlowView() | LiveNodeView() | LiveTriggerView():
                return self.kept(part, own_visits)
            case Bundle() | Source() | LevelView():
                return ()
            case Document():
                return self.kept(part, walked).get(part, ())
            case _:
                document = self._around.get(part.flow if isinstance(part, NodeView) else part)
                return self.kept(document, walked).get(part, ()) if document is not None else ()

    def doubtful_visits_of(self, part: Part) -> list[Visit]:
        """Those declared values of one part that are not surely right."""
        return self.kept(part, _doubtful)

    def notable_visits_of(self, part: Part) -> Iterable[Visit]:
        """All declared values: each reader of them chooses for itself."""
        return self.visits_of(part)


def _doubtful(part: Part, snapshot: Snapshot) -> list[Visit]:
    return doubtful_among(snapshot.visits_of(part))


def _all_of(find: Callable[[Snapshot], Iterable[_T]], snapshot: Snapshot) -> tuple[_T, ...]:
    return tuple(find(snapshot))
