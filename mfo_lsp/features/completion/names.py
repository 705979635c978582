"""Names of things that are declared elsewhere, by what the catalogue says that a value names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from mfo_dialect.analysis.chats import ChatUse, missing_variables, template_reads
from mfo_dialect.analysis.inputs import input_shape
from mfo_dialect.analysis.outputs import used_template
from mfo_dialect.analysis.schemas import schema_shape
from mfo_dialect.analysis.scopes import FlowView
from mfo_dialect.catalogue.task_types import TaskType
from mfo_dialect.catalogue.values import Names, TextType
from mfo_dialect.model.prompts import PromptTemplate, Tool
from mfo_dialect.model.workflow import Task
from mfo_dialect.syntax import Mapping, Scalar
from mfo_lsp.features.completion.fitting import fits
from mfo_lsp.features.completion.items import CompletionClient, ItemKind
from mfo_lsp.features.completion.node_names import edge_candidates
from mfo_lsp.features.completion.place import Place
from mfo_lsp.features.completion.slot import Candidate, has_room_below
from mfo_lsp.features.completion.snippets import Writer
from mfo_lsp.features.documentation import (
    of_agent,
    of_error_template,
    of_shape,
    of_task_type,
    of_taskflow,
    of_template,
    of_tool,
)
from mfo_lsp.features.symbols.prompts import AGENT_TOOL, TOOL_CHOICES


def named(names: Names, place: Place, client: CompletionClient) -> Iterator[Candidate]:
    """The candidates for a value that names something."""
    match names:
        case Names.NODE | Names.BRANCH:
            yield from edge_candidates(place)
        case Names.TASK_TYPE:
            yield from _task_types(place, client)
        case Names.PROMPT_TEMPLATE | Names.ERROR_TEMPLATE:
            yield from _templates(names, place, client)
        case Names.AGENT | Names.CAPABILITY:
            yield from _agents(names, place)
        case Names.TOOL:
            yield from _tools(place)
        case Names.TASKFLOW:
            yield from _taskflows(place)
        case Names.SCHEMA:
            yield from _schemas(place)
        case Names.SECRET:
            yield from _secrets(place)
        case Names.MODEL | Names.PROVIDER:
            yield from _written_elsewhere(names, place)
        case Names.VARIABLE:
            yield from _variables(place)
        case _:
            return


def _task_types(place: Place, client: CompletionClient) -> Iterator[Candidate]:
    siblings = {name for name, _ in place.context.siblings}
    has_room = "config" not in siblings and has_room_below(place, client)
    view = place.owner.view
    config = view.node.config if view is not None and isinstance(view.node, Task) else None
    for task_type in place.snapshot.bundle.project.all_task_types:
        is_fitting = config is None or not config.pairs or fits(task_type.config, config, place)
        tail = _required_config(task_type, place, client) if has_room and task_type.has_required_config else ""
        yield Candidate(
            task_type.name,
            ItemKind.TASK_TYPE,
            "custom" if task_type.custom else "",
            partial(of_task_type, task_type),
            rank=(4 if task_type.custom else 5) + (0 if is_fitting else 4),
            tail=tail,
            is_snippet=bool(tail),
        )


def _required_config(task_type: TaskType, place: Place, client: CompletionClient) -> str:
    column = place.context.indent
    return f"\n{' ' * column}config:{Writer(client).required(task_type.config, column + 2)}"


def _templates(names: Names, place: Place, client: CompletionClient) -> Iterator[Candidate]:
    """The prompt templates, or the error templates of the one that the task uses."""
    if names is Names.PROMPT_TEMPLATE:
        for template in place.snapshot.bundle.templates.values():
            words, needed = partial(of_template, template), _needed_variables(template, place)
            tail = _prompt_context(needed, place) if needed and has_room_below(place, client) else ""
            rank = 5 if tail or not needed else 6
            yield Candidate(
                template.id.text, ItemKind.PROMPT_TEMPLATE, "", words, rank, tail=tail, is_snippet=bool(tail)
            )
        return
    task = place.owner.view.node if place.owner.view is not None else None
    template = used_template(task, place.snapshot.bundle) if isinstance(task, Task) else None
    if template is not None:
        for name in template.error_templates:
            yield Candidate(name, ItemKind.ERROR_TEMPLATE, words=partial(of_error_template, name, template))


def _needed_variables(template: PromptTemplate, place: Place) -> tuple[str, ...]:
    """The variables that a chat task would have to give a template, and does not."""
    view = place.owner.view
    config = view.node.config if view is not None and isinstance(view.node, Task) else None
    if view is None or config is None or place.key_name != "prompt_template_id" or place.owner.template is not None:
        return ()
    context = config.get("prompt_context")
    chat = ChatUse(view, config, None, template, context if isinstance(context, Mapping) else None)
    return tuple(variable.name for variable in missing_variables(chat))


def _prompt_context(variables: Sequence[str], place: Place) -> str:
    """Room for the variables, below the name of their template."""
    if "prompt_context" in {name for name, _ in place.context.siblings}:
        return ""
    column = " " * place.context.indent
    lines = "".join(f"\n{column}  {name}: ${number}" for number, name in enumerate(variables, 1))
    return f"\n{column}prompt_context:{lines}"


def _agents(names: Names, place: Place) -> Iterator[Candidate]:
    agents = place.snapshot.bundle.agents.values()
    if names is Names.AGENT and place.key_name != "id":
        for agent in agents:
            yield Candidate(agent.id.text, ItemKind.AGENT, words=partial(of_agent, agent))
    elif names is Names.CAPABILITY:
        others = (scalar for agent in agents for scalar in agent.capabilities if not _is_typed(scalar, place))
        for name in dict.fromkeys(scalar.text for scalar in others if scalar.text):
            yield Candidate(name, ItemKind.VALUE, "capability")


def _is_typed(scalar: Scalar, place: Place) -> bool:
    return scalar is place.scalar


def _tools(place: Place) -> Iterator[Candidate]:
    bundle, template = place.snapshot.bundle, place.owner.template
    if place.key_name == "tool_choice":
        for word in TOOL_CHOICES:
            yield Candidate(word, ItemKind.CHOICE, rank=4)
        if template is not None:
            yield from _tools_of(template, place)
        return
    listed = {item.text for item in _written_items(place)}
    for name, (_, tool) in bundle.tools.items():
        if name not in listed:
            yield _tool(tool, place)
    if template is None and place.key_name == "tools":
        for name, agent in bundle.agents.items():
            if f"{AGENT_TOOL}{name}" not in listed:
                yield Candidate(f"{AGENT_TOOL}{name}", ItemKind.AGENT, words=partial(of_agent, agent), rank=6)


def _tools_of(template: PromptTemplate, place: Place) -> Iterator[Candidate]:
    for tool in template.inline_tools:
        yield _tool(tool, place)
    for scalar in template.tool_names:
        declared = place.snapshot.bundle.tools.get(scalar.text)
        yield _tool(declared[1], place) if declared is not None else Candidate(scalar.text, ItemKind.TOOL)


def _tool(tool: Tool, place: Place) -> Candidate:
    def words() -> str:
        return of_tool(tool, schema_shape(tool.parameters, place.snapshot.bundle))

    return Candidate(tool.name.text, ItemKind.TOOL, words=words)


def _written_items(place: Place) -> Iterator[Scalar]:
    """The other items of the list that the cursor is in."""
    for stop in place.stops[-2:]:
        for item in getattr(stop.node, "items", ()):
            if isinstance(item, Scalar) and not item.span.contains(place.offset):
                yield item


def _taskflows(place: Place) -> Iterator[Candidate]:
    for flow in place.snapshot.flows:
        if flow.document == place.document.key and flow.taskflow.name:
            words = partial(_words_of_taskflow, flow, place)
            yield Candidate(flow.taskflow.name, ItemKind.TASKFLOW, words=words)


def _words_of_taskflow(flow: FlowView, place: Place) -> str:
    return of_taskflow(flow.taskflow, input_shape(flow.top, place.snapshot.bundle))


def _schemas(place: Place) -> Iterator[Candidate]:
    for name, declared in place.snapshot.bundle.schemas.items():
        shape = schema_shape(declared.node, place.snapshot.bundle)
        yield Candidate(name, ItemKind.SCHEMA, words=partial(of_shape, name, shape))


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


def _variables(place: Place) -> Iterator[Candidate]:
    template = place.owner.template
    if template is not None:
        listed = {item.text for item in _written_items(place)}
        for name in dict.fromkeys(read.name for _, read in template_reads(template)):
            if name not in listed:
                yield Candidate(name, ItemKind.VARIABLE)
