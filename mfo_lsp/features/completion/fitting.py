"""Whether a value that is written already may stand where a type is declared: a key that is chosen above it must fit it."""

from __future__ import annotations

import re
from collections.abc import Collection

from mfo_dialect.analysis.resolve import resolve
from mfo_dialect.analysis.schedules import cron_problem, is_timezone
from mfo_dialect.catalogue.values import (
    AnyType,
    BooleanType,
    EitherType,
    Format,
    IntegerType,
    ListType,
    MapType,
    Names,
    NumberType,
    References,
    SchemaType,
    TextType,
    ValueType,
    takes_kind,
)
from mfo_dialect.durations import parse_duration
from mfo_dialect.model.access import text_at
from mfo_dialect.references import Reference, scan
from mfo_dialect.syntax import Mapping, Node, Scalar, Sequence, follow, parse
from mfo_dialect.text import Span
from mfo_lsp.features.completion.paths import scope_of
from mfo_lsp.features.completion.place import Place, keys_of
from mfo_lsp.features.symbols.prompts import TOOL_CHOICES

_MAX_LINES = 200
_MAX_ITEMS = 50
_MAX_DEPTH = 6
_FLOW_PART = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"|[\[\]{},]", re.DOTALL)
_OPENING, _CLOSING = frozenset("[{"), frozenset("]}")
_MAX_FLOW = 4000
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_SCHEMA_TYPES = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})


def written_value(place: Place, key: Span) -> Node | None:
    """What is written below a key that is half typed: behind its colon, or on deeper lines; None where there is nothing.

    Args:
        place: the cursor's place.
        key: the key as far as it is written.
    """
    behind = place.slice(key.end, max(key.end + _MAX_FLOW, place.line_start_below(key.end, _MAX_LINES + 1)))
    if behind.lstrip(" ")[:1] == ":":
        container = place.stops[-1].node
        pairs = container.pairs if isinstance(container, Mapping) else ()
        found = next((pair for pair in pairs if pair.key.span.contains(place.offset)), None)
        if found is not None or place.context.flow:
            return _meant(found.value) if found is not None else None
    if place.context.flow:
        return _read(_flow_value(behind))
    first, *others = behind.split("\n", _MAX_LINES)
    lead = place.slice(place.line_start, key.start)
    indent = place.context.indent if lead.strip() else min(place.context.indent, len(lead))
    below = _deeper(others[:_MAX_LINES], indent)
    return _read("\n".join([first.lstrip(" ").removeprefix(":"), *below]))


def _flow_value(text: str) -> str:
    """What stands at the start of a text inside brackets, up to the comma or bracket that ends it."""
    depth = 0
    for part in _FLOW_PART.finditer(text, 0, _MAX_FLOW):
        mark = part.group()
        depth += (mark in _OPENING) - (mark in _CLOSING)
        if depth < 0 or (depth == 0 and mark == ","):
            return text[: part.start()]
    return text[:_MAX_FLOW]


def _read(text: str) -> Node | None:
    """A value as it would be read behind a key; None where it cannot be."""
    tree = parse(f"key: {text}")
    root = tree.documents[0].root if tree.documents and not tree.problems else None
    return _meant(root.get("key")) if isinstance(root, Mapping) else None


def _deeper(lines: list[str], indent: int) -> list[str]:
    """The lines up to the first one that is no part of what stands at an indentation."""
    kept: list[str] = []
    for line in lines:
        content = line.lstrip(" ")
        depth = len(line) - len(content)
        if content.strip() and depth <= indent and not (depth == indent and content.startswith("- ")):
            break
        kept.append(line)
    return kept


def _meant(node: Node | None) -> Node | None:
    found = follow(node) if node is not None else None
    return None if found is None or is_empty(found) else found


def is_empty(node: Node) -> bool:
    """Whether nothing is written, or null."""
    return isinstance(node, Scalar) and (node.is_missing or node.value is None)


def fits(value_type: ValueType | None, node: Node, place: Place, depth: int = 0) -> bool:
    """Whether a value would be no error where ``value_type`` is declared; what is not known fits.

    Args:
        value_type: what is declared.
        node: the value.
        place: where it stands; names are looked up from there.
        depth: how deep inside the value that was asked for it lies.
    """
    if value_type is None or depth > _MAX_DEPTH:
        return True
    match value_type:
        case EitherType(options=options):
            return any(fits(option, node, place, depth) for option in options)
        case MapType():
            return isinstance(node, Mapping) and _fits_map(value_type, node, place, depth)
        case ListType(item=item):
            items = node.items[:_MAX_ITEMS] if isinstance(node, Sequence) else ()
            return isinstance(node, Sequence) and all(fits(item, follow(one), place, depth + 1) for one in items)
        case SchemaType(names=names):
            return _fits_schema(node, place, has_names=names is not None)
        case AnyType():
            return True
        case _:
            return isinstance(node, Scalar) and _fits_scalar(value_type, node, place)


def _fits_map(declared: MapType, node: Mapping, place: Place, depth: int) -> bool:
    keys = {key.name: key for key in keys_of(declared, node)}
    for pair in node.effective_pairs():
        key = keys.get(pair.name or "")
        if key is None and declared.others is None:
            return False
        value = follow(pair.value)
        if not is_empty(value) and not fits(key.type if key is not None else declared.others, value, place, depth + 1):
            return False
    return True


def lacks(declared: MapType, node: Mapping) -> bool:
    """Whether a map that fits is still without something that its declaration requires."""
    keys = keys_of(declared, node)
    needed = [(key.name,) for key in keys if key.required]
    return any(all(name not in node for name in group) for group in (*needed, *declared.one_of, *declared.any_of))


def _fits_schema(node: Node, place: Place, *, has_names: bool) -> bool:
    if isinstance(node, Scalar):
        return isinstance(node.value, bool) or (has_names and node.text in place.snapshot.bundle.schemas)
    said = text_at(node, "type") if isinstance(node, Mapping) else None
    return isinstance(node, Mapping) and (said is None or said.text in _SCHEMA_TYPES)


def _fits_scalar(value_type: ValueType, node: Scalar, place: Place) -> bool:
    if "$" in node.text and getattr(value_type, "references", References.NONE) is not References.NONE:
        return _fits_reference(value_type, node, place)
    match value_type:
        case BooleanType():
            return isinstance(node.value, bool)
        case IntegerType():
            return type(node.value) is int
        case NumberType():
            return type(node.value) in {int, float}
        case TextType(format=Format.EXPRESSION):
            return True
        case TextType():
            return isinstance(node.value, str) and _fits_text(value_type, node.text, place)
        case _:
            return True


def _fits_reference(value_type: ValueType, node: Scalar, place: Place) -> bool:
    """Whether what a reference leads to may stand there; of a text with references in it, whatever they lead to."""
    pieces, scope = scan(node.text), scope_of(place)
    found = pieces[0] if len(pieces) == 1 else None
    if not isinstance(found, Reference) or found.problem or scope is None:
        return True
    return takes_kind(value_type, resolve((found.root, *found.path), scope).shape.kind)


def _fits_text(declared: TextType, text: str, place: Place) -> bool:
    if declared.choices:
        return text in declared.choices
    known = _known(declared.names, place) if declared.names is not None else None
    if known is not None:
        return text in known
    match declared.format:
        case Format.DURATION:
            return parse_duration(text) is not None
        case Format.IDENTIFIER:
            return _IDENTIFIER.fullmatch(text) is not None
        case Format.CRON:
            return cron_problem(text) is None
        case Format.TIMEZONE:
            return is_timezone(text)
        case Format.OUTPUT_PATH:
            return place.owner.view is not None and text.split(".", 1)[0] == place.owner.view.id
        case _:
            return True


def _known(names: Names, place: Place) -> Collection[str] | None:
    """The names that there are; None where not all of them can be known."""
    bundle, view = place.snapshot.bundle, place.owner.view
    match names:
        case Names.NODE | Names.BRANCH:
            return view.level.by_id if view is not None else None
        case Names.PROMPT_TEMPLATE:
            return bundle.templates
        case Names.AGENT:
            return bundle.agents
        case Names.TOOL if place.owner.template is not None:
            inline = (tool.name.text for tool in place.owner.template.inline_tools)
            return {*bundle.tools, *TOOL_CHOICES, *inline}
        case Names.SCHEMA:
            return bundle.schemas
        case Names.TASK_TYPE:
            return {one.name for one in bundle.project.all_task_types}
        case Names.TASKFLOW:
            return {flow.taskflow.name for flow in place.snapshot.flows if flow.document == place.document.key}
        case _:
            return None
