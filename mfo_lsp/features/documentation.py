"""What hover and completion say of a thing, in Markdown; it knows no protocol and no place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.graph import NodeKind
from mfo_dialect.analysis.outputs import output_shape
from mfo_dialect.analysis.run_order import RanBefore, RunOrder
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.catalogue.task_types import TaskType
from mfo_dialect.catalogue.values import Key, MapType, describe
from mfo_dialect.expressions import FUNCTIONS, KEYWORDS
from mfo_dialect.expressions import Function as ExpressionFunction
from mfo_dialect.model.access import mapping_at, mappings_at, text_at, texts_at
from mfo_dialect.model.prompts import Agent, PromptTemplate, Tool
from mfo_dialect.model.workflow import Condition, Taskflow
from mfo_dialect.shapes import Kind, Shape
from mfo_dialect.syntax import Mapping, Scalar
from mfo_dialect.templates import FUNCTIONS as TEMPLATE_FUNCTIONS
from mfo_dialect.templates import Function as TemplateFunction
from mfo_dialect.templates.jinja.signatures import JinjaCallable
from mfo_lsp.features.recorded import Recorded, WantedPath, values_at

_MAX_FIELDS = 20
_MAX_PREVIEW_LINES = 8
_MAX_PREVIEW = 600
_LONGEST_INLINE = 80
_OUR_CHOICE = "*A choice of mfo-lsp; MFO's own documents leave it open.*"
_KIND_WORDS = {NodeKind.TASK: "task", NodeKind.CONDITION: "condition", NodeKind.SUBFLOW: "subflow"}
_RAN = {
    RanBefore.SURELY: "Has surely run by then.",
    RanBefore.PERHAPS: "May not have run by then; it reads as null if it has not.",
    RanBefore.NEVER: "Cannot have run by then.",
}


def code(text: str) -> str:
    """A text as inline code, on one line."""
    flat = " ".join(text.split())
    longest = max((len(run) for run in re.findall("`+", flat)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") or not flat else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def block(text: str, language: str = "") -> str:
    """A text as a fenced block, shortened."""
    lines = text[:_MAX_PREVIEW].splitlines() or [""]
    shown = lines[:_MAX_PREVIEW_LINES]
    if len(lines) > len(shown) or len(text) > _MAX_PREVIEW:
        shown.append("\u2026")
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}{language}", *shown, fence])


def paragraphs(*parts: str) -> str:
    """The parts that say something, each a paragraph."""
    return "\n\n".join(part for part in parts if part)


def of_key(key: Key) -> str:
    """A key of the catalogue."""
    facts = ["required" if key.required else "", f"default: {code(key.default)}" if key.default else ""]
    marked = ", ".join([describe(key.type), *(fact for fact in facts if fact)])
    older = f"Deprecated: write {code(key.replacement)}." if key.replacement else ""
    return paragraphs(f"**{key.name}** \u2014 {marked}", key.summary, older, _OUR_CHOICE if key.source else "")


def of_task_type(task_type: TaskType, name: str = "") -> str:
    """A task type: what it does, its config and its outputs."""
    older = f"{code(name)} is the older name of {code(task_type.name)}." if name in task_type.older_names else ""
    custom = f"Declared in the project file; runs {code(task_type.module)}." if task_type.module else ""
    ours = _OUR_CHOICE if task_type.source else ""
    config, outputs = _keys(task_type.config), fields(task_type.outputs)
    return paragraphs(
        f"**{task_type.name}**",
        task_type.summary,
        older,
        custom,
        f"Config:\n\n{config}" if config else "",
        f"Outputs:\n\n{outputs}" if outputs else "",
        ours,
    )


def _keys(map_type: MapType) -> str:
    chosen = {name for group in map_type.one_of for name in group}
    lines: list[str] = []
    for key in map_type.keys:
        if not key.replacement:
            mark = " (required)" if key.required else " (one of these)" if key.name in chosen else ""
            lines.append(f"- {code(key.name)}{mark}{f': {key.summary}' if key.summary else ''}")
    return "\n".join(lines)


def fields(shape: Shape) -> str:
    """The known fields of a map, as a list."""
    known = [(name, field) for name, field in shape.fields.items() if not field.deprecated]
    lines = [f"- {code(name)} {field}{_described(field)}" for name, field in known[:_MAX_FIELDS]]
    if len(known) > _MAX_FIELDS:
        lines.append(f"- \u2026 and {len(known) - _MAX_FIELDS} more")
    return "\n".join(lines)


def _described(shape: Shape) -> str:
    return f": {shape.description}" if shape.description else ""


def of_shape(path: str, shape: Shape) -> str:
    """What a path leads to."""
    kind = "any value" if shape.kind is Kind.ANY else str(shape)
    choices = ", ".join(code(str(choice)) for choice in shape.choices[:_MAX_FIELDS])
    deprecated = f"Deprecated: read {code(shape.deprecated)}." if shape.deprecated else ""
    return paragraphs(
        f"**{code(path)}** \u2014 {kind}",
        shape.description,
        f"One of {choices}." if choices else "",
        deprecated,
        fields(shape),
    )


def of_recorded(path: WantedPath, recorded: Recorded) -> str:
    """What a path led to in the last run in which it led anywhere; empty where there was none."""
    last = next(iter(values_at(path, recorded)), None)
    if last is None:
        return ""
    when = datetime.fromtimestamp(last.started_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    text = json.dumps(last.value, ensure_ascii=False, default=str)
    shown = last.value if isinstance(last.value, str) and "\n" in last.value else text
    is_short = len(text) <= _LONGEST_INLINE
    words = f"In the run of {when} ({last.state})"
    return f"{words}: {code(text)}" if is_short else f"{words}:\n\n{block(shown)}"


def of_run_order(order: RunOrder | None) -> str:
    """Whether a node has run when another one reads it."""
    if order is None:
        return ""
    condition = f" {code(order.condition[-1])} decides." if order.condition else ""
    return _RAN[order.verdict] + condition


def node_kind(view: NodeView) -> str:
    """What sort of node it is, in a few words."""
    type_name = f" of type {code(view.type_name)}" if view.type_name else ""
    return f"{_KIND_WORDS[view.kind]}{type_name}"


def of_node(view: NodeView, bundle: Bundle) -> str:
    """A node: what it does and what it gives."""
    node = view.node
    title = text_at(node.mapping, "name")
    expression = block(node.expression.text) if isinstance(node, Condition) and node.expression is not None else ""
    waits = ", ".join(code(scalar.text) for scalar in node.dependencies)
    branches = ", ".join(code(scalar.text) for scalar in node.successors) if isinstance(node, Condition) else ""
    outputs = fields(output_shape(view, bundle))
    return paragraphs(
        f"**{view.id}** \u2014 {node_kind(view)}",
        title.text if title is not None else "",
        description(node.mapping),
        expression,
        f"Waits for {waits}." if waits else "",
        f"Branches: {branches}." if branches else "",
        f"Outputs:\n\n{outputs}" if outputs else "",
    )


def description(mapping: Mapping) -> str:
    """The ``description`` of a thing."""
    said = text_at(mapping, "description")
    return said.text if said is not None else ""


def of_template(template: PromptTemplate) -> str:
    """A prompt template: its variables, its tools and how it begins."""
    title = text_at(template.mapping, "name")
    required = _names(name for name in template.variables or () if name not in template.defaults)
    tools = _names(
        [*(scalar.text for scalar in template.tool_names), *(tool.name.text for tool in template.inline_tools)]
    )
    preview = template.texts[-1].text if template.texts else ""
    return paragraphs(
        f"**{template.id.text}** \u2014 prompt template",
        title.text if title is not None else "",
        description(template.mapping),
        f"Variables: {required}." if required else "",
        f"With defaults: {_names(template.defaults)}." if template.defaults else "",
        f"Tools: {tools}." if tools else "",
        f"Error templates: {_names(template.error_templates)}." if template.error_templates else "",
        block(preview) if preview else "",
    )


def _names(names: Iterable[str]) -> str:
    return ", ".join(code(name) for name in names)


def of_error_template(name: str, template: PromptTemplate) -> str:
    """An error template and its text."""
    declared = template.error_templates.get(name)
    text = declared[1].text if declared is not None and isinstance(declared[1], Scalar) else ""
    return paragraphs(f"**{name}** \u2014 error template of {code(template.id.text)}", block(text) if text else "")


def of_agent(agent: Agent) -> str:
    """An agent: what it is for, what it can do, whom it asks, and what it may use."""
    interaction = mapping_at(agent.mapping, "interaction")
    models = [mapping_at(agent.mapping, "model"), *mappings_at(agent.mapping, "fallbacks")]
    told = {
        "Capabilities": _names(scalar.text for scalar in agent.capabilities),
        "Tools": _names(scalar.text for scalar in agent.tools),
        "Hands work to": _names(name.text for name in _texts(interaction, "can_delegate_to")),
        "Asks a person before": _names(name.text for name in _texts(interaction, "require_approval_for")),
        "Models": _names(name.text for one in models if one is not None and (name := text_at(one, "model_id"))),
        "Limits": _written(mapping_at(agent.mapping, "limits")),
    }
    lines = (f"{name}: {words}." for name, words in told.items() if words)
    return paragraphs(f"**{agent.id.text}** \u2014 agent", description(agent.mapping), *lines)


def _texts(mapping: Mapping | None, key: str) -> tuple[Scalar, ...]:
    return texts_at(mapping, key) if mapping is not None else ()


def _written(mapping: Mapping | None) -> str:
    """The entries of a map as they are written."""
    pairs = mapping.effective_pairs() if mapping is not None else ()
    return ", ".join(f"`{pair.name}` {pair.value.text}" for pair in pairs if isinstance(pair.value, Scalar))


def of_tool(tool: Tool, parameters: Shape) -> str:
    """A tool and its arguments."""
    arguments = fields(parameters)
    return paragraphs(
        f"**{tool.name.text}** \u2014 tool",
        tool.description.text if tool.description is not None else "",
        f"Arguments:\n\n{arguments}" if arguments else "",
    )


def of_taskflow(taskflow: Taskflow, inputs: Shape) -> str:
    """A taskflow and its inputs."""
    known = fields(inputs)
    count = taskflow.level.count
    return paragraphs(
        f"**{taskflow.name}** \u2014 taskflow of {count} node{'' if count == 1 else 's'}",
        description(taskflow.mapping),
        f"INPUT:\n\n{known}" if known else "",
    )


def of_expression_function(function: ExpressionFunction) -> str:
    """A builtin function of expressions."""
    labels = "\n".join(signature.label(function.name) for signature in function.signatures)
    example = f"Example: {code(function.example)}" if function.example else ""
    return paragraphs(block(labels), function.documentation, example)


def of_expression_word(word: str) -> str:
    """A function or keyword of expressions; empty for other words."""
    if word in FUNCTIONS:
        return of_expression_function(FUNCTIONS[word])
    return paragraphs(f"**{word}**", KEYWORDS[word]) if word in KEYWORDS else ""


_TEMPLATE_KEYWORDS = {
    "if": "shows what follows where the value is not empty: `{{ if .x }}...{{ else }}...{{ end }}`",
    "else": "the other case of `if`, `range` and `with`",
    "end": "closes `if`, `range`, `with`, `define` and `block`",
    "range": "repeats what follows for every item; the dot is the item: `{{ range .items }}{{ . }}{{ end }}`",
    "with": "makes a value the dot of what follows, where it is not empty",
    "define": 'gives a name to a piece of template: `{{ define "name" }}...{{ end }}`',
    "template": 'puts a named piece here: `{{ template "name" . }}`',
    "block": "defines a named piece and puts it here",
    "break": "leaves the innermost `range`",
    "continue": "goes on with the next item of the innermost `range`",
    "nil": "no value",
}


def of_template_function(function: TemplateFunction) -> str:
    """A function of templates."""
    example = f"Example: {code(function.example)}" if function.example else ""
    return paragraphs(block(function.signature), function.documentation, example)


def of_jinja_callable(called: JinjaCallable) -> str:
    """A filter, test or function of jinja2."""
    return paragraphs(block(called.signature), called.documentation)


def of_template_word(word: str) -> str:
    """A function or keyword of templates; empty for other words."""
    if word in TEMPLATE_FUNCTIONS:
        return of_template_function(TEMPLATE_FUNCTIONS[word])
    return paragraphs(f"**{word}**", _TEMPLATE_KEYWORDS[word]) if word in _TEMPLATE_KEYWORDS else ""
