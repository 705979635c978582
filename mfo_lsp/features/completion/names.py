"""Names of things that are declared elsewhere, by what the catalogue says that a value names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mfo_dialect.analysis.inputs import input_shape
from mfo_dialect.analysis.scopes import FlowView
from mfo_dialect.catalogue.values import Names, TextType
from mfo_dialect.syntax import Scalar
from mfo_lsp.features.completion.items import CompletionClient, ItemKind
from mfo_lsp.features.completion.node_names import edge_candidates
from mfo_lsp.features.completion.place import Place
from mfo_lsp.features.completion.prompt_names import delegates, names_of_prompts, written_items
from mfo_lsp.features.completion.slot import Candidate
from mfo_lsp.features.completion.task_types import task_types
from mfo_lsp.features.documentation import of_agent, of_taskflow


def named(names: Names, place: Place, client: CompletionClient) -> Iterator[Candidate]:
    """The candidates for a value that names something."""
    match names:
        case Names.NODE | Names.BRANCH:
            yield from edge_candidates(place)
        case Names.TASK_TYPE:
            yield from task_types(place, client)
        case Names.AGENT | Names.CAPABILITY:
            yield from _agents(names, place)
        case Names.TRIGGER:
            yield from _triggers(place)
        case Names.TASKFLOW:
            yield from _taskflows(place)
        case Names.SECRET:
            yield from _secrets(place)
        case Names.MODEL | Names.PROVIDER:
            yield from _written_elsewhere(names, place)
        case _:
            yield from names_of_prompts(names, place, client)


def _agents(names: Names, place: Place) -> Iterator[Candidate]:
    agents = place.snapshot.bundle.agents.values()
    if place.key_name == "can_delegate_to":
        yield from delegates(place)
    elif names is Names.AGENT and place.key_name != "id":
        for agent in agents:
            yield Candidate(agent.id.text, ItemKind.AGENT, words=partial(of_agent, agent))
    elif names is Names.CAPABILITY:
        others = (scalar for agent in agents for scalar in agent.capabilities if not _is_typed(scalar, place))
        for name in dict.fromkeys(scalar.text for scalar in others if scalar.text):
            yield Candidate(name, ItemKind.VALUE, "capability")


def _triggers(place: Place) -> Iterator[Candidate]:
    listed = {scalar.text for scalar in written_items(place)}
    for workflow in place.snapshot.bundle.workflows:
        for trigger in workflow.triggers:
            if trigger.id is not None and trigger.id.text not in listed:
                yield Candidate(trigger.id.text, ItemKind.VALUE, f"{trigger.type} trigger".strip())


def _is_typed(scalar: Scalar, place: Place) -> bool:
    return scalar is place.scalar


def _taskflows(place: Place) -> Iterator[Candidate]:
    for flow in place.snapshot.flows:
        if flow.document == place.document.key and flow.taskflow.name:
            words = partial(_words_of_taskflow, flow, place)
            yield Candidate(flow.taskflow.name, ItemKind.TASKFLOW, words=words)


def _words_of_taskflow(flow: FlowView, place: Place) -> str:
    return of_taskflow(flow.taskflow, input_shape(flow.top, place.snapshot.bundle))


def _secrets(place: Place) -> Iterator[Candidate]:
    for workflow in place.snapshot.bundle.workflows:
        if workflow.document == place.document.key:
            for name in workflow.secrets:
                yield Candidate(name, ItemKind.SECRET, "declared secret")


def _written_elsewhere(names: Names, place: Place) -> Iterator[Candidate]:
    """Models and providers are declared nowhere: those that the bundle names already."""
    found: dict[str, None] = {}
    for visit in place.snapshot.visits:
        if isinstance(visit.type, TextType) and visit.type.names is names and isinstance(visit.node, Scalar):
            text = visit.node.text
            if text and "$" not in text and not visit.node.span.contains(place.offset):
                found[text] = None
    for text in found:
        yield Candidate(text, ItemKind.VALUE, f"a {names.value} of this bundle")
