"""What is known of a node's outputs before it runs (dialect sections 5, 6 and 8)."""

from __future__ import annotations

from dataclasses import replace

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.schemas import schema_shape
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.catalogue.task_types import TaskType
from mfo_dialect.model.access import mapping_at, mappings_at, text_at
from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.model.workflow import Condition, Subflow, Task
from mfo_dialect.shapes import UNKNOWN, Kind, Shape, closed_map, open_map
from mfo_dialect.syntax import Mapping, Scalar

_CONDITION = closed_map(
    {
        "result": Shape(description="What the expression gave."),
        "branch": Shape(description="The branch that was taken, from 0; null where none was."),
    }
)


def output_shape(view: NodeView, bundle: Bundle) -> Shape:
    """The shape of everything that later nodes may read of a node by its id."""
    return bundle.kept(view, _output_shape)


def _output_shape(view: NodeView, bundle: Bundle) -> Shape:
    match view.node:
        case Condition():
            return _CONDITION
        case Subflow():
            return _subflow_shape(view, bundle)
        case Task() as task:
            declared = bundle.project.task_type(task.type_name)
            if declared is None or task.mapping.damaged:
                return _with_fallback_output(task, UNKNOWN)
            return outputs_as(task, declared, used_template(task, bundle), bundle)


def _subflow_shape(view: NodeView, bundle: Bundle) -> Shape:
    if view.inner is None:
        return UNKNOWN
    fields = {inner.id: output_shape(inner, bundle) for inner in view.inner.nodes if inner.node.id is not None}
    return open_map(fields) if view.node.mapping.damaged else closed_map(fields)


def outputs_as(task: Task, declared: TaskType, template: PromptTemplate | None, bundle: Bundle) -> Shape:
    """The shape of a task's outputs if it were of a type and used a prompt template, whatever it says itself."""
    return _with_fallback_output(task, _task_shape(task.config, declared, template, bundle))


def _task_shape(
    config: Mapping | None, declared: TaskType, template: PromptTemplate | None, bundle: Bundle
) -> Shape:  # fmt: skip
    match declared.name:
        case "mfo_api_chat_send":
            return _chat_shape(declared.outputs, config, template, bundle)
        case "transform":
            values = mapping_at(config, "values") if config is not None else None
            return (
                closed_map({pair.name: UNKNOWN for pair in values.effective_pairs() if pair.name})
                if values is not None
                else UNKNOWN
            )
        case "ask_user":
            return _with_field(
                declared.outputs,
                "answer",
                schema_shape(config.get("input_schema") if config is not None else None, bundle),
            )
        case _:
            return declared.outputs


def used_template(task: Task, bundle: Bundle) -> PromptTemplate | None:
    """The prompt template that a chat task names; None where it names none, or one that is not there."""
    name = text_at(task.config, "prompt_template_id") if task.config is not None else None
    return bundle.templates.get(name.text) if name is not None else None


def _chat_shape(outputs: Shape, config: Mapping | None, template: PromptTemplate | None, bundle: Bundle) -> Shape:
    if config is None or template is None or "agent_id" in config:
        return outputs
    answer = schema_shape(template.output_schema, bundle)
    if answer is UNKNOWN and not (template.inline_tools or template.tool_names):
        return _with_any_tool_results(outputs)
    shape = outputs
    if answer is not UNKNOWN:
        shape = _with_field(shape, "parsed_content", answer)
    return _with_field(shape, "tool_call_results", _tool_results(template, config, bundle))


def _with_any_tool_results(outputs: Shape) -> Shape:
    """What most chats give, made once."""
    known = _of_any_tools.get(id(outputs))
    if known is None:
        if len(_of_any_tools) >= _MOST_KEPT:
            _of_any_tools.clear()
        known = _of_any_tools[id(outputs)] = outputs, _with_field(outputs, "tool_call_results", open_map({}))
    return known[1]


_MOST_KEPT = 64
_of_any_tools: dict[int, tuple[Shape, Shape]] = {}


def _tool_results(template: PromptTemplate, config: Mapping, bundle: Bundle) -> Shape:
    """By tool: its parameters; closed where only the template's own, described tools can be called."""
    fields = {tool.name.text: schema_shape(tool.parameters, bundle) for tool in template.inline_tools}
    for scalar in template.tool_names:
        declared = bundle.tools.get(scalar.text)
        fields[scalar.text] = schema_shape(declared[1].parameters, bundle) if declared is not None else UNKNOWN
    server_tools = config.get("include_server_tools")
    only_these = server_tools is None or (isinstance(server_tools, Scalar) and server_tools.value is False)
    misspelt = any(name.text not in bundle.tools for name in template.tool_names)
    if template.mapping.damaged or not fields or not only_these or misspelt:
        return open_map(fields)
    return closed_map(fields)


def _with_field(shape: Shape, name: str, field: Shape) -> Shape:
    before = shape.fields.get(name, UNKNOWN)
    described = field if field.description else replace(field, description=before.description)
    return replace(shape, fields={**shape.fields, name: described})


def _with_fallback_output(task: Task, shape: Shape) -> Shape:
    """A handler ``continue {output}`` may put its own map in the place of the task's outputs.

    So an output that the handler gives too may be anything, and one that only the handler gives may be there.
    """
    if task.error_handling is None or shape.kind is not Kind.MAP:
        return shape
    for handler in mappings_at(task.error_handling, "on_error"):
        kind, output = text_at(handler, "type"), handler.get("output")
        if kind is None or kind.text != "continue" or output is None:
            continue
        if not isinstance(output, Mapping):
            return shape if isinstance(output, Scalar) and output.value is None else UNKNOWN
        for pair in output.effective_pairs():
            if pair.name is not None:
                shape = _with_field(shape, pair.name, UNKNOWN)
    return shape
