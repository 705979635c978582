"""One bundle with all that follows from it, computed when asked for and then kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from mfo_dialect.analysis.bundle import Bundle, Document, Source
from mfo_dialect.analysis.resolve import Resolution, Scope, resolve
from mfo_dialect.analysis.scopes import FlowView, NodeView, view_flows
from mfo_dialect.analysis.uses import Use, uses_of_flow, uses_of_trigger
from mfo_dialect.analysis.visits import Visit, walk
from mfo_dialect.catalogue.agents_keys import AGENTS_FILE
from mfo_dialect.catalogue.config_keys import CONFIG_FILE
from mfo_dialect.catalogue.prompts_keys import PROMPTS_FILE
from mfo_dialect.catalogue.values import MapType
from mfo_dialect.catalogue.workflow_keys import FLOW_FILE, WORKFLOW_FILE, flow_file, task_map, workflow_file
from mfo_dialect.model.kinds import DocumentKind
from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.model.workflow import Trigger, Workflow, WorkflowShape

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, eq=False)
class TriggerView:
    """A trigger and the document that holds it."""

    workflow: Workflow
    trigger: Trigger


class Snapshot:
    """A bundle and its meaning. Never changes; every answer is computed once."""

    def __init__(self, bundle: Bundle) -> None:
        """Look at ``bundle``; nothing is computed yet."""
        self.bundle = bundle

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The texts that findings are wanted for."""
        return tuple(source for source in self.bundle.sources.values() if source.key in self.bundle.home)

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """The MFO documents that findings are wanted for."""
        return tuple(document for document in self.bundle.documents if document.key in self.bundle.home)

    @cached_property
    def flows(self) -> tuple[FlowView, ...]:
        """All taskflows of the home documents."""
        return tuple(
            flow
            for workflow in self.bundle.workflows
            if workflow.document in self.bundle.home
            for flow in view_flows(workflow)
        )

    @cached_property
    def nodes(self) -> tuple[NodeView, ...]:
        """All nodes of all taskflows."""
        return tuple(view for flow in self.flows for view in flow.nodes)

    @cached_property
    def triggers(self) -> tuple[TriggerView, ...]:
        """All triggers of the home documents."""
        return tuple(
            TriggerView(workflow, trigger)
            for workflow in self.bundle.workflows
            if workflow.document in self.bundle.home
            for trigger in workflow.triggers
        )

    @cached_property
    def templates(self) -> tuple[PromptTemplate, ...]:
        """All prompt templates of the home documents, doubles included."""
        return tuple(
            template
            for document in self.bundle.prompts
            if document.document in self.bundle.home
            for template in document.templates
        )

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """All references."""
        of_flows = (use for flow in self.flows for use in uses_of_flow(flow, self.bundle.project))
        of_triggers = (use for view in self.triggers for use in uses_of_trigger(view.workflow.document, view.trigger))
        return (*of_flows, *of_triggers)

    @cached_property
    def visits(self) -> tuple[Visit, ...]:
        """Every declared value of the home documents, with its declaration."""
        return tuple(visit for document in self.documents for visit in self._visits(document))

    def _visits(self, document: Document) -> Iterator[Visit]:
        declared = self.root_type(document)
        if document.root is not None and declared is not None:
            yield from walk(document.key, document.root, declared)

    @cached_property
    def _workflow_types(self) -> tuple[MapType, MapType]:
        if not self.bundle.project.task_types:
            return FLOW_FILE, WORKFLOW_FILE
        task = task_map(self.bundle.project.all_task_types)
        return flow_file(task), workflow_file(task)

    def root_type(self, document: Document) -> MapType | None:
        """The declaration of a document's top level."""
        match document.kind:
            case DocumentKind.WORKFLOW:
                flow, workflow = self._workflow_types
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

    def resolution(self, use: Use) -> Resolution:
        """What a reference leads to; kept."""
        known = self._resolutions.get(use)
        if known is None:
            names = tuple(segment.name for segment in use.reference.segments)
            known = resolve(names, Scope(self.bundle, use.level, use.trigger))
            self._resolutions[use] = known
        return known

    def every(self, find: Callable[[Snapshot], Iterable[_T]]) -> tuple[_T, ...]:
        """All that ``find`` finds in this snapshot; looked for once, and then kept."""
        if find not in self._found:
            self._found[find] = tuple(find(self))
        return self._found[find]

    @cached_property
    def _found(self) -> dict[object, tuple[Any, ...]]:
        return {}

    @cached_property
    def _resolutions(self) -> dict[Use, Resolution]:
        return {}
