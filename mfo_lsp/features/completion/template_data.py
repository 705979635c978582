"""What the template under a cursor may read: its language, and its variables with their shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mfo_dialect.analysis.chats import template_reads
from mfo_dialect.analysis.schemas import schema_shape
from mfo_dialect.model.prompts import Agent, PromptTemplate
from mfo_dialect.model.workflow import Task
from mfo_dialect.shapes import TEXT, UNKNOWN, Kind, Shape, closed_map, of_value, step
from mfo_dialect.syntax import Mapping as MappingNode
from mfo_dialect.syntax import Scalar
from mfo_lsp.features.completion.place import Place
from mfo_lsp.features.symbols.agents import contexts_for, memory_keys

ANY_ITEM = "*"
"""In a path: any item of a list."""


@dataclass(frozen=True, slots=True)
class TemplateData:
    """What a template may read.

    Attributes:
        is_go: whether it is a Go template; else it is one of jinja2.
        variables: the variables and their shapes.
    """

    is_go: bool
    variables: Mapping[str, Shape]

    def shape_at(self, path: Sequence[str]) -> Shape | None:
        """What is known of the value at a path from the top; None where it is known to be absent."""
        if not path:
            return None
        shape: Shape | None = self.variables.get(path[0])
        for name in path[1:]:
            if shape is None:
                return None
            shape = item_of(shape) if name == ANY_ITEM else step(shape, name)
        return shape


def item_of(shape: Shape) -> Shape:
    """What is known of the items of a list."""
    return shape.item or UNKNOWN if shape.kind is Kind.LIST else UNKNOWN


def is_jinja(place: Place) -> bool:
    """Whether the text under the cursor is a jinja2 template."""
    template = place.owner.template
    return template is not None and template.engine != "go"


def data_of(place: Place) -> TemplateData:
    """What the text under the cursor may read."""
    template = place.owner.template
    if template is not None:
        variables = _variables_of(template, place)
        if any(stop.name == "error_handling_templates" for stop in place.stops):
            variables = {"error": TEXT, **variables}
        return TemplateData(not is_jinja(place), variables)
    agent = agent_at(place)
    if agent is not None:
        return TemplateData(is_go=True, variables=_variables_of_agent(agent, place))
    task = place.owner.view.node if place.owner.view is not None else None
    context = task.config.get("prompt_context") if isinstance(task, Task) and task.config is not None else None
    names = [pair.name for pair in context.effective_pairs()] if isinstance(context, MappingNode) else []
    return TemplateData(is_go=True, variables={name: UNKNOWN for name in names if name})


def agent_at(place: Place) -> Agent | None:
    """The agent that is written under the cursor; None in other documents, and where it has no id yet."""
    names = [stop.name for stop in place.stops]
    if "agents" not in names:
        return None
    nodes = [stop.node for stop in place.stops]
    return next((agent for agent in place.snapshot.bundle.agents.values() if agent.mapping in nodes), None)


def _variables_of_agent(agent: Agent, place: Place) -> dict[str, Shape]:
    """What an agent's layers read: its task, itself, its memory, and the ``context`` of the tasks that name it."""
    keys = {key.text: UNKNOWN for key in memory_keys(agent)}
    who = {"id": TEXT, "name": TEXT, "description": TEXT, "objectives": Shape(Kind.LIST, item=TEXT)}
    given: dict[str, Shape] = {}
    for _, context in contexts_for(agent, place.snapshot):
        given |= {pair.name: UNKNOWN for pair in context.effective_pairs() if pair.name}
    own = {"task": TEXT, "agent": closed_map(who), "memory": closed_map(keys)}
    return {**own, **given, **keys}


def _variables_of(template: PromptTemplate, place: Place) -> dict[str, Shape]:
    """Listed ones first, then those with defaults, then those that the texts read where there is no list."""
    found: dict[str, Shape] = {}
    for name, (_, schema) in (template.variables or {}).items():
        found[name] = schema_shape(schema, place.snapshot.bundle)
    for name, (_, value) in template.defaults.items():
        found.setdefault(name, of_value(value.value) if isinstance(value, Scalar) else UNKNOWN)
    if template.variables is None:
        for scalar, read in template_reads(template):
            if not scalar.span_of(read.span).contains(place.offset):
                found.setdefault(read.name, UNKNOWN)
    return found
