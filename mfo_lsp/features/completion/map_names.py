"""The keys that a map of values asks for, though the catalogue leaves them free: variables, inputs, arguments."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.chats import chat_use, missing_variables
from mfo_dialect.analysis.inputs import input_shape
from mfo_dialect.analysis.schemas import schema_shape
from mfo_dialect.catalogue.values import MapType, Names
from mfo_dialect.model.access import text_at
from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.model.workflow import Subflow, Task
from mfo_dialect.shapes import Shape
from mfo_lsp.features.completion.place import Place

FreeKey = tuple[str, str, bool]
"""A name, what it is, and whether it is required."""


def free_keys(place: Place, map_type: MapType) -> Iterator[FreeKey]:
    """The names to offer in a map whose keys are free."""
    if map_type.key_names is Names.VARIABLE and place.owner.template is not None:
        yield from _unlisted_variables(place.owner.template)
        return
    depth = len(place.stops)
    parent = place.stops[-2].name if depth > 1 else ""
    match place.stops[-1].name, parent:
        case "prompt_context", _:
            yield from _variables(place)
        case "input_mapping", _:
            yield from _inputs(place)
        case "arguments", "config":
            yield from _arguments(place)
        case _:
            return


def _variables(place: Place) -> Iterator[FreeKey]:
    chat = chat_use(place.owner.view, place.snapshot.bundle) if place.owner.view is not None else None
    if chat is None or chat.template is None:
        return
    missing = [variable.name for variable in missing_variables(chat)]
    names = dict.fromkeys((*missing, *(chat.template.variables or ()), *chat.template.defaults))
    for name in names:
        words = f"A variable of {chat.template.id.text}."
        yield name, words, name in (chat.template.variables or ()) and name not in chat.template.defaults


def _unlisted_variables(template: PromptTemplate) -> Iterator[FreeKey]:
    for name in template.variables or ():
        yield name, f"A variable of {template.id.text}.", False


def _inputs(place: Place) -> Iterator[FreeKey]:
    bundle = place.snapshot.bundle
    trigger, view = place.owner.trigger, place.owner.view
    if trigger is not None:
        flows = [flow for flow in place.snapshot.flows if trigger.trigger in flow.triggers]
        for flow in flows:
            yield from _fields(input_shape(flow.top, bundle), "An input of the taskflow.")
    elif view is not None and isinstance(view.node, Subflow):
        yield from _fields(schema_shape(view.node.input_schema, bundle), "An input of the subflow.")


def _arguments(place: Place) -> Iterator[FreeKey]:
    view = place.owner.view
    config = view.node.config if view is not None and isinstance(view.node, Task) else None
    name = text_at(config, "tool_id") if config is not None else None
    tool = place.snapshot.bundle.tools.get(name.text) if name is not None else None
    if tool is not None:
        yield from _fields(schema_shape(tool[1].parameters, place.snapshot.bundle), "An argument of the tool.")


def _fields(shape: Shape, words: str) -> Iterator[FreeKey]:
    for name, field in shape.fields.items():
        yield name, field.description or words, False
