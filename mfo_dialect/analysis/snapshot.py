"""One bundle with all that follows from it, computed when asked for and then kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, TypeVar, overload

from mfo_dialect.analysis.bundle import Bundle, Document, Source
from mfo_dialect.analysis.index import BuiltIndex, Index
from mfo_dialect.analysis.light_walk import LightWalk, Remarkable
from mfo_dialect.analysis.parts import Part, borders_of, document_key, parts_of_document, place_of
from mfo_dialect.analysis.resolve import Resolution, Scope, resolve
from mfo_dialect.analysis.scopes import FlowView, LevelView, NodeView, TriggerView, take_apart, view_flows
from mfo_dialect.analysis.uses import (
    Candidate,
    Use,
    bare_paths_in,
    candidates_of_node,
    candidates_of_outputs,
    candidates_of_trigger,
    uses_in,
)
from mfo_dialect.analysis.visits import PartedWalk, Visit, choose, walk
from mfo_dialect.catalogue.agents_keys import AGENTS_FILE
from mfo_dialect.catalogue.config_keys import CONFIG_FILE
from mfo_dialect.catalogue.prompts_keys import PROMPTS_FILE
from mfo_dialect.catalogue.values import MapType
from mfo_dialect.kept import kept_property
from mfo_dialect.model.kinds import DocumentKind
from mfo_dialect.model.prompts import Agent, PromptTemplate
from mfo_dialect.model.workflow import Workflow, WorkflowShape
from mfo_dialect.syntax import Node, Sequence

__all__ = ["Snapshot", "TriggerView"]

_NOT_YET: Any = object()
_T = TypeVar("_T")
_Subject = TypeVar("_Subject", bound=Hashable)


class Snapshot:
    """A bundle and its meaning. Never changes; every answer is computed once."""

    def __init__(self, bundle: Bundle) -> None:
        """Look at ``bundle``; nothing is computed yet."""
        self.bundle = bundle

    def let_go(self) -> None:
        """Give back the memory of all that was computed; for who made this snapshot, and has handed out nothing of it."""
        self.bundle.let_go_of_kept()
        flows = [flow for flows in vars(self).get("_flows_by_document", {}).values() for flow in flows]
        vars(self).clear()
        for flow in flows:
            take_apart(flow)

    @kept_property
    def sources(self) -> tuple[Source, ...]:
        """The texts that findings are wanted for."""
        return tuple(source for source in self.bundle.sources.values() if source.key in self.bundle.home)

    @kept_property
    def documents(self) -> tuple[Document, ...]:
        """The MFO documents that findings are wanted for."""
        return tuple(document for document in self.bundle.documents if document.key in self.bundle.home)

    @kept_property
    def parts(self) -> tuple[Part, ...]:
        """All that is looked at by itself: the bundle, the home texts, and the parts of their documents."""
        ours = tuple(source for source in self.sources if source.is_ours)
        return (self.bundle, *ours, *(part for document in self.documents for part in self._parts_of(document)))

    def _parts_of(self, document: Document) -> tuple[Part, ...]:
        return self.kept(document, _parts_of)

    @kept_property
    def borders(self) -> dict[int, Part]:
        """The parts of the home documents by the identity of the maps that they are written as."""
        return borders_of(part for document in self.documents for part in self._parts_of(document))

    def own_items(self, listed: Sequence) -> Iterable[Node]:
        """The items of a list; of a long one perhaps without those that parts are written as, for who passes these over."""
        return listed.items

    @kept_property
    def _flows_by_document(self) -> dict[Document, tuple[FlowView, ...]]:
        return {
            document: tuple(view_flows(document.model))
            for document in self.documents
            if isinstance(document.model, Workflow)
        }

    def part_around(self, part: Part) -> Part | None:
        """The part whose map or list holds a part's map; None of what is not written inside another part."""
        match part:
            case NodeView():
                owner, taskflow = part.level.owner, part.flow.taskflow
                return owner or self.borders.get(id(taskflow.mapping))
            case FlowView():
                return self._document_with.get(part.workflow)
            case TriggerView():
                return self._document_with.get(part.workflow)
            case PromptTemplate() | Agent():
                return self._document_with.get(part)
            case _:
                return None

    @kept_property
    def _document_with(self) -> dict[object, Document]:
        found: dict[object, Document] = {}
        for document in self.documents:
            found.update((part, document) for part in self._parts_of(document))
            if document.model is not None:
                found[document.model] = document
        return found

    def flows_of(self, document: Document) -> tuple[FlowView, ...]:
        """The taskflows of a home document."""
        return self._flows_by_document.get(document, ())

    def triggers_of(self, document: Document) -> tuple[TriggerView, ...]:
        """The triggers of a home document."""
        return self.kept(document, _triggers_of)

    @kept_property
    def flows(self) -> tuple[FlowView, ...]:
        """All taskflows of the home documents."""
        return tuple(flow for flows in self._flows_by_document.values() for flow in flows)

    @kept_property
    def nodes(self) -> tuple[NodeView, ...]:
        """All nodes of all taskflows."""
        return tuple(view for flow in self.flows for view in flow.nodes)

    @kept_property
    def triggers(self) -> tuple[TriggerView, ...]:
        """All triggers of the home documents."""
        return tuple(view for document in self._flows_by_document for view in self.triggers_of(document))

    @kept_property
    def templates(self) -> tuple[PromptTemplate, ...]:
        """All prompt templates of the home documents, doubles included."""
        return tuple(
            template
            for document in self.bundle.prompts
            if document.document in self.bundle.home
            for template in document.templates
        )

    @kept_property
    def uses(self) -> tuple[Use, ...]:
        """All references."""
        of_flows = (use for flow in self.flows for part in (*flow.nodes, flow) for use in self.uses_of(part))
        return (*of_flows, *(use for view in self.triggers for use in self.uses_of(view)))

    def uses_of(self, part: Part) -> tuple[Use, ...]:
        """The references that a node, a taskflow's outputs or a trigger's mapping reads; none of other parts."""
        return self.kept(part, _uses_of)

    def bare_paths_of(self, part: Part) -> Iterator[Use]:
        """What looks like a path in the same places and is no reference, as its root is not in scope."""
        return bare_paths_in(self.kept(part, _candidates_of))

    @kept_property
    def visits(self) -> tuple[Visit, ...]:
        """Every declared value of the home documents, with its declaration."""
        roots = [first for document in self.documents if (first := self._first_visit(document)) is not None]
        return tuple(visit for first in roots for visit in walk(first.document, first.node, first.type))

    def visits_of(self, part: Part) -> tuple[Visit, ...] | list[Visit]:
        """The declared values of one part, without those of the parts inside it."""
        return self._visits_by_part.get(part, ())

    @kept_property
    def _visits_by_part(self) -> dict[Part, list[Visit]]:
        found: dict[Part, list[Visit]] = {}
        for document in self.documents:
            first = self._first_visit(document)
            if first is not None:
                may_have_aliases = self.bundle.sources[document.key].may_have_anchors
                walked = PartedWalk[Part](first, document, self.borders, may_have_aliases=may_have_aliases)
                found.update(walked.by_part)
        return found

    def doubtful_visits_of(self, part: Part) -> list[Visit]:
        """Those declared values of one part that are not surely right."""
        found = self._remarkable_by_part.get(part)
        return found.doubtful if found is not None else []

    def notable_visits_of(self, part: Part) -> Iterable[Visit]:
        """Those declared values of one part whose declarations are notable (``is_notable``), and perhaps others."""
        found = self._remarkable_by_part.get(part)
        return found.notable if found is not None else ()

    @kept_property
    def _remarkable_by_part(self) -> dict[Part, Remarkable]:
        found: dict[Part, Remarkable] = {}
        for document in self.documents:
            first = self._first_visit(document)
            if first is not None and self.bundle.sources[document.key].may_have_anchors:
                walked = PartedWalk[Part](first, document, self.borders)
                found.update({part: Remarkable(visits) for part, visits in walked.by_part.items()})
            elif first is not None:
                found.update(LightWalk[Part](first, document, self.borders).by_part)
        return found

    def _first_visit(self, document: Document) -> Visit | None:
        """The root of a document with its declaration; None where there is none of either."""
        declared = self.root_type(document)
        if document.root is None or declared is None:
            return None
        return Visit(document.key, document.root, choose(declared, document.root))

    def root_type(self, document: Document) -> MapType | None:
        """The declaration of a document's top level."""
        match document.kind:
            case DocumentKind.WORKFLOW:
                flow, workflow = self.bundle.project.workflow_types
                shape = document.model.shape if isinstance(document.model, Workflow) else WorkflowShape.FLOW
                return flow if shape is WorkflowShape.FLOW else workflow
            case DocumentKind.PROMPTS:
                return PROMPTS_FILE
            case DocumentKind.AGENTS:
                return AGENTS_FILE
            case DocumentKind.CONFIG:
                return CONFIG_FILE
            case None:
                return None

    def text_around(self, part: Part) -> str | None:
        """A text that holds all that is written in a part, as it is written; None where none is cheap to come by."""
        source = self.bundle.sources.get(document_key(part) or "")
        return source.text if source is not None else ""

    def has_only_plain_maps(self, part: Part) -> bool:
        """Whether every map around and in a part surely has each key once, and none merged; false where it is not known."""
        source = self.bundle.sources.get(document_key(part) or "")
        return source is not None and source.tree.is_plain

    def resolution(self, use: Use) -> Resolution:
        """What a reference leads to; kept."""
        return self.kept(use, _resolution_of)

    def every(self, find: Callable[[Snapshot], Iterable[_T]]) -> tuple[_T, ...]:
        """All that ``find`` finds in this snapshot; looked for once, and then kept."""
        if find not in self._found:
            self._found[find] = tuple(find(self))
        return self._found[find]

    def kept(self, subject: _Subject, find: Callable[[_Subject, Snapshot], _T]) -> _T:
        """What ``find`` says of a subject in this snapshot; asked once for each subject, and then kept."""
        known = self._kept.get(find)
        if known is None:
            known = self._kept[find] = {}
        value = known.get(subject, _NOT_YET)
        if value is _NOT_YET:
            value = known[subject] = find(subject, self)
        return value

    def remembered(self, subject: _Subject, find: Callable[[_Subject, Snapshot], _T]) -> _T:
        """The same for who asks for it again and again, though not after each edit, as an editor does for a whole text.

        Args:
            subject: a part of a home document; it is remembered as long as that is there.
            find: says something of it, without the places of the moment.
        """
        return self.kept(subject, find)

    @overload
    def index(self, scope: LevelView, find: Callable[[NodeView, Snapshot], Iterable[Hashable]]) -> Index[NodeView]: ...
    @overload
    def index(
        self, scope: FlowView, find: Callable[[NodeView | FlowView, Snapshot], Iterable[Hashable]]
    ) -> Index[NodeView | FlowView]: ...
    @overload
    def index(self, scope: Bundle, find: Callable[[Part, Snapshot], Iterable[Hashable]]) -> Index[Part]: ...

    def index(self, scope: Bundle | FlowView | LevelView, find: Callable[[Any, Snapshot], Iterable[Hashable]]) -> Any:
        """The parts of a scope by the keys that ``find`` says of each; made once, and then kept.

        Args:
            scope: a level: its nodes. A taskflow: itself and its nodes on all levels. The bundle: the documents that
                findings are wanted for, and all their parts but levels.
            find: the keys of one part; looks at that part, and asks for others by name only.
        """
        known = self._indexes.get((scope, find))
        if known is None:
            parts = self._parts_of_bundle if scope is self.bundle else self._parts_in(scope)
            known = self._indexes[scope, find] = BuiltIndex(parts, lambda part: find(part, self))
        return known

    def _parts_in(self, scope: Bundle | FlowView | LevelView) -> Iterable[Part]:
        match scope:
            case LevelView():
                return scope.nodes
            case FlowView():
                return sorted((scope, *scope.nodes), key=place_of)
            case Bundle():
                parts = (part for document in self.documents for part in self._parts_of(document))
                return sorted((part for part in parts if not isinstance(part, LevelView)), key=place_of)

    @kept_property
    def _parts_of_bundle(self) -> Iterable[Part]:
        return self._parts_in(self.bundle)

    @kept_property
    def _indexes(self) -> dict[tuple[object, object], BuiltIndex[Any]]:
        return {}

    @kept_property
    def _found(self) -> dict[object, tuple[Any, ...]]:
        return {}

    @kept_property
    def _kept(self) -> dict[object, dict[Any, Any]]:
        return {}


def _parts_of(document: Document, snapshot: Snapshot) -> tuple[Part, ...]:
    return tuple(parts_of_document(document, snapshot.flows_of(document), snapshot.triggers_of(document)))


def _triggers_of(document: Document, _snapshot: Snapshot) -> tuple[TriggerView, ...]:
    workflow = document.model
    return tuple(TriggerView(workflow, one) for one in workflow.triggers) if isinstance(workflow, Workflow) else ()


def _uses_of(part: Part, snapshot: Snapshot) -> tuple[Use, ...]:
    return tuple(uses_in(snapshot.kept(part, _candidates_of)))


def _candidates_of(part: Part, snapshot: Snapshot) -> tuple[Candidate, ...]:
    match part:
        case NodeView():
            return tuple(candidates_of_node(part, snapshot.bundle.project))
        case FlowView():
            return tuple(candidates_of_outputs(part))
        case TriggerView():
            return tuple(candidates_of_trigger(part.workflow.document, part.trigger))
        case _:
            return ()


def _resolution_of(use: Use, snapshot: Snapshot) -> Resolution:
    return resolve(use.reference.names, Scope(snapshot.bundle, use.level, use.trigger))
