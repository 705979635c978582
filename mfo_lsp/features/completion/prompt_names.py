"""Names of the prompts document: templates and error templates, tools, schemas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from mfo_dialect.analysis.chats import ChatUse, error_template_names, is_plain_name, missing_variables, template_reads
from mfo_dialect.analysis.delegation import AGENT_TOOL, may_reach
from mfo_dialect.analysis.outputs import used_template
from mfo_dialect.analysis.schemas import schema_shape
from mfo_dialect.catalogue.values import Names
from mfo_dialect.model.access import mapping_at, texts_at
from mfo_dialect.model.prompts import PromptTemplate, Tool
from mfo_dialect.model.workflow import Task
from mfo_dialect.syntax import Mapping, Scalar
from mfo_lsp.features.completion.items import CompletionClient, ItemKind
from mfo_lsp.features.completion.objections import Objection, least_opposed
from mfo_lsp.features.completion.place import Place
from mfo_lsp.features.completion.readers import serves_readers, template_serves_readers
from mfo_lsp.features.completion.slot import Candidate, has_room_below
from mfo_lsp.features.completion.template_data import agent_at
from mfo_lsp.features.documentation import of_agent, of_error_template, of_shape, of_template, of_tool
from mfo_lsp.features.symbols.prompts import TOOL_CHOICES


def names_of_prompts(names: Names, place: Place, client: CompletionClient) -> Iterator[Candidate]:
    """The candidates for a value that names something of a prompts document."""
    match names:
        case Names.PROMPT_TEMPLATE:
            judged = (_template(template, place, client) for template in place.snapshot.bundle.templates.values())
            yield from least_opposed(judged, place)
        case Names.ERROR_TEMPLATE:
            yield from _error_templates(place)
        case Names.TOOL:
            yield from _tools(place)
        case Names.SCHEMA:
            yield from least_opposed(_schemas(place), place, offers_some=False)
        case Names.VARIABLE:
            yield from _variables(place)
        case _:
            return


def _template(template: PromptTemplate, place: Place, client: CompletionClient) -> tuple[Candidate, Objection]:
    chat = _chat_with(template, place)
    needed = tuple(variable.name for variable in missing_variables(chat)) if chat is not None else ()
    has_context = "prompt_context" in {name for name, _ in place.context.siblings}
    tail = _prompt_context(needed, place) if needed and not has_context and has_room_below(place, client) else ""
    rank = 5 if tail or not needed else 6
    words = partial(of_template, template)
    candidate = Candidate(template.id.text, ItemKind.PROMPT_TEMPLATE, "", words, rank, tail=tail, is_snippet=bool(tail))
    if chat is None:
        return candidate, Objection.NONE
    if not _serves_task(chat, template, place):
        return candidate, Objection.CLASHES
    return candidate, Objection.LACKS if needed and has_context else Objection.NONE


def _chat_with(template: PromptTemplate, place: Place) -> ChatUse | None:
    """The chat task at a place as it would be with a template."""
    view = place.owner.view
    config = view.node.config if view is not None and isinstance(view.node, Task) else None
    if view is None or config is None or place.key_name != "prompt_template_id" or place.owner.template is not None:
        return None
    context = config.get("prompt_context")
    return ChatUse(view, config, None, template, context if isinstance(context, Mapping) else None)


def _serves_task(chat: ChatUse, template: PromptTemplate, place: Place) -> bool:
    """Whether a template has the error templates that the task names, and the task would give what is read of it."""
    asked = (name.text for name in error_template_names(chat.view) if is_plain_name(name))
    declared = place.snapshot.bundle.project.task_type(chat.view.type_name)
    has_texts = all(name in template.error_templates for name in asked)
    return has_texts and (declared is None or serves_readers(chat.view, declared, template, place.snapshot))


def _prompt_context(variables: Sequence[str], place: Place) -> str:
    """Room for the variables, below the name of their template."""
    column = " " * place.context.indent
    lines = "".join(f"\n{column}  {name}: ${number}" for number, name in enumerate(variables, 1))
    return f"\n{column}prompt_context:{lines}"


def _error_templates(place: Place) -> Iterator[Candidate]:
    """Those of the template that the task uses."""
    task = place.owner.view.node if place.owner.view is not None else None
    template = used_template(task, place.snapshot.bundle) if isinstance(task, Task) else None
    if template is not None:
        for name in template.error_templates:
            yield Candidate(name, ItemKind.ERROR_TEMPLATE, words=partial(of_error_template, name, template))


def _tools(place: Place) -> Iterator[Candidate]:
    bundle, template = place.snapshot.bundle, place.owner.template
    if place.key_name == "tool_choice":
        for word in TOOL_CHOICES:
            yield Candidate(word, ItemKind.CHOICE, rank=4)
        if template is not None:
            yield from _tools_of(template, place)
        return
    listed = {item.text for item in written_items(place)}
    if place.key_name == "require_approval_for":
        yield from _tools_to_approve(place, listed)
        return
    free = (tool for name, (_, tool) in bundle.tools.items() if name not in listed)
    judged = ((_tool(tool, place), _objection_to_tool(tool, place)) for tool in free)
    yield from least_opposed(judged, place, offers_some=False)
    if template is None and place.key_name == "tools":
        yield from delegates(place, AGENT_TOOL)


def delegates(place: Place, prefix: str = "") -> Iterator[Candidate]:
    """The agents that the one around a place may hand work to, unless it would come back to it."""
    own, bundle = agent_at(place), place.snapshot.bundle
    listed = {item.text for item in written_items(place)}
    judged: list[tuple[Candidate, Objection]] = []
    for name, agent in bundle.agents.items():
        if f"{prefix}{name}" in listed or agent is own:
            continue
        candidate = Candidate(
            f"{prefix}{name}", ItemKind.AGENT, words=partial(of_agent, agent), rank=6 if prefix else 5
        )
        goes_round = own is not None and may_reach(name, own.id.text, bundle)
        judged.append((candidate, Objection.CLASHES if goes_round else Objection.NONE))
    yield from least_opposed(judged, place, offers_some=False)


def _tools_to_approve(place: Place, listed: set[str]) -> Iterator[Candidate]:
    """What the agent may call: the tools that it lists, and the agents that it may hand work to."""
    agent, bundle = agent_at(place), place.snapshot.bundle
    interaction = mapping_at(agent.mapping, "interaction") if agent is not None else None
    delegates = texts_at(interaction, "can_delegate_to") if interaction is not None else ()
    held = [tool.text for tool in agent.tools] if agent is not None else []
    for name in dict.fromkeys([*held, *(f"{AGENT_TOOL}{delegate.text}" for delegate in delegates)]):
        declared = bundle.tools.get(name)
        if name not in listed:
            yield _tool(declared[1], place) if declared is not None else Candidate(name, ItemKind.TOOL)


def _objection_to_tool(tool: Tool, place: Place) -> Objection:
    """Where tasks read what a template's tools were called with, one that they do not read must not be the only one."""
    template = place.owner.template
    if template is None or place.key_name != "tools":
        return Objection.NONE
    others = tuple(name for name in template.tool_names if not name.span.contains(place.offset))
    changed = replace(template, mapping=_whole(template.mapping), tool_names=(*others, tool.name))
    serves = template_serves_readers(template.id.text, changed, place.snapshot)
    return Objection.NONE if serves else Objection.CLASHES


def _whole(mapping: Mapping) -> Mapping:
    """A map without what is broken in it: a choice may mend that, and is judged as if it did."""
    return Mapping(mapping.origin, mapping.start, mapping.end, mapping.pairs, flow=mapping.flow)


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


def written_items(place: Place) -> Iterator[Scalar]:
    """The other items of the list that the cursor is in."""
    for stop in place.stops[-2:]:
        for item in getattr(stop.node, "items", ()):
            if isinstance(item, Scalar) and not item.span.contains(place.offset):
                yield item


def _schemas(place: Place) -> Iterator[tuple[Candidate, Objection]]:
    template = place.owner.template if place.key_name == "output_schema" else None
    for name, declared in place.snapshot.bundle.schemas.items():
        shape = schema_shape(declared.node, place.snapshot.bundle)
        serves = template is None or template_serves_readers(
            template.id.text,
            replace(template, mapping=_whole(template.mapping), output_schema=declared.node),
            place.snapshot,
        )
        candidate = Candidate(name, ItemKind.SCHEMA, words=partial(of_shape, name, shape))
        yield candidate, Objection.NONE if serves else Objection.CLASHES


def _variables(place: Place) -> Iterator[Candidate]:
    template = place.owner.template
    if template is not None:
        listed = {item.text for item in written_items(place)}
        for name in dict.fromkeys(read.name for _, read in template_reads(template)):
            if name not in listed:
                yield Candidate(name, ItemKind.VARIABLE)
