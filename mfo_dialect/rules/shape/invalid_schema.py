"""A JSON Schema is itself wrong, or names a schema that is not there.

## What it finds

Keywords with values that JSON Schema (2020-12) does not allow, types that do not exist, a ``$ref`` into the schema
itself that leads nowhere, and names of schemas that no document of the bundle has.

## Why it matters

A wrong schema checks nothing, or refuses everything, when the flow already runs.

## Bad

```yaml workflow.yml
name: letters
input_schema:
  type: object
  properties:
    sender: {type: strng}
    #              ^^^^^ MFO209 did you mean "string"?
    pages: {type: integer, minimum: "one"}
    #                                ^^^ MFO209 minimum
  required: sender
  #         ^^^^^^ MFO209 required
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: "${INPUT.sender}-${INPUT.pages}"}
```

## Good

```yaml workflow.yml
name: letters
input_schema:
  type: object
  properties:
    sender: {type: string}
    pages: {type: integer, minimum: 1}
  required: [sender]
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: "${INPUT.sender}-${INPUT.pages}"}
```

## Fix

Correct the keyword that is underlined.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.values import Key, MapType, SchemaType, ValueType
from mfo_dialect.findings import Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import rename_to_nearest
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.rules.shape.maps import is_doubtful
from mfo_dialect.rules.shape.reading import has_own_tag
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import Mapping, Node, Pair, Scalar, Sequence, TooManyNodesError, follow, to_value
from mfo_dialect.text import Span

_TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
_KINDS = {
    "object": "a map",
    "array": "a list",
    "string": "text",
    "boolean": "true or false",
    "number": "a number",
    "integer": "a whole number",
}
_NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
_MOST = 20
_LONGEST = 60

Step = str | int


def check(visit: Visit, snapshot: Snapshot) -> Iterator[Report]:
    """Report what is wrong with one schema."""
    node = visit.node
    if isinstance(node, Scalar):
        yield from _check_name(visit, node, snapshot)
        return
    if not isinstance(node, Mapping) or is_doubtful(node, visit.document, snapshot) or has_own_tag(node):
        return
    try:
        data = to_value(node)
        problems = dict(reversed(list(_problems(data))))
    except (TooManyNodesError, RecursionError):
        return
    reported: set[Span] = set()
    for path, message in list(reversed(problems.items()))[:_MOST]:
        report = _report(visit, path, message)
        if report.span not in reported:
            reported.add(report.span)
            yield report


def _check_name(visit: Visit, node: Scalar, snapshot: Snapshot) -> Iterator[Report]:
    bundle = snapshot.bundle
    if not isinstance(visit.type, SchemaType) or visit.type.names is None or node.damaged:
        return
    if not isinstance(node.value, str) or node.text in bundle.schemas or not bundle.is_complete:
        return
    names = tuple(bundle.schemas)
    message = f'no schema is called "{node.text[:_LONGEST]}"{did_you_mean(node.text, names)}'
    fixes = rename_to_nearest(visit.document, node.content_span, node.text, names)
    yield Report(visit.document, node.content_span, message, fixes=fixes)


def _problems(data: Any) -> Iterator[tuple[tuple[Step, ...], str]]:
    """What is wrong in a schema: where, as a path, and in words; outer places first."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - it costs 70 ms, which most checks need not pay
    from jsonschema.validators import validator_for  # noqa: PLC0415 - as above

    validator_class = validator_for(data, default=Draft202012Validator)
    validator = validator_class(validator_class.META_SCHEMA)
    errors = sorted(validator.iter_errors(data), key=lambda error: (len(error.absolute_path), str(error.path)))
    for error in errors:
        path: tuple[Step, ...] = tuple(error.absolute_path)
        yield path, _words(path, error)
    for path, target in _local_references(data, (), data):
        yield path, f'"{target}" leads nowhere in this schema'


def _words(path: tuple[Step, ...], error: Any) -> str:
    """A validator's error as a person would say it."""
    keyword = next((step for step in reversed(path) if isinstance(step, str)), "the schema")
    wrong = error.instance
    named = len(path) > 1 and path[-2] in _NAMED
    if keyword == "type" and not named:
        said = wrong if isinstance(wrong, str) else next((w for w in _listed(wrong) if w not in _TYPES), wrong)
        return f'no type is called "{str(said)[:_LONGEST]}"{did_you_mean(str(said), _TYPES) or _all_types()}'
    if keyword == "required" and isinstance(wrong, bool) and not named:
        return '"required" is a list of names on the schema around this one'
    match error.validator:
        case "type":
            kinds = [_KINDS.get(str(kind), str(kind)) for kind in _listed(error.validator_value)]
            if kinds == ["a map", "true or false"]:
                return f'a schema must be a map, not {_shown(wrong)}, under "{keyword}"'
            return f'"{keyword}" must be {" or ".join(kinds)}, not {_shown(wrong)}'
        case "minimum" | "exclusiveMinimum":
            bound = "at least" if error.validator == "minimum" else "more than"
            return f'"{keyword}" must be {bound} {error.validator_value}, not {_shown(wrong)}'
        case "minItems":
            return f'"{keyword}" needs at least one item'
        case "uniqueItems":
            return f'"{keyword}" names something twice'
        case _:
            return f'{_shown(wrong)} cannot stand under "{keyword}" in a JSON Schema'


def _listed(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _all_types() -> str:
    return f": there are {', '.join(_TYPES)}"


def _shown(value: Any) -> str:
    match value:
        case dict():
            return "a map"
        case list():
            return "a list"
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f'the text "{value[:_LONGEST]}"'
        case _:
            return str(value)[:_LONGEST]


def _local_references(node: Any, path: tuple[Step, ...], root: Any) -> Iterator[tuple[tuple[Step, ...], str]]:
    """Every ``$ref`` into the schema itself that leads to nothing; bases of its own make a reference unknown."""
    waiting: list[tuple[Any, tuple[Step, ...]]] = [(node, path)]
    while waiting:
        current, place = waiting.pop()
        if isinstance(current, dict):
            fields = cast("dict[str, Any]", current)
            if "$id" in fields:
                continue
            target = fields.get("$ref")
            if isinstance(target, str) and target.startswith("#/") and not _leads_somewhere(target, root):
                yield (*place, "$ref"), target
            waiting.extend((value, (*place, key)) for key, value in fields.items() if key not in {"enum", "const"})
        elif isinstance(current, list):
            waiting.extend((value, (*place, index)) for index, value in enumerate(cast("list[Any]", current)))


def _leads_somewhere(pointer: str, root: Any) -> bool:
    current = root
    for part in pointer[2:].split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(current, dict) and name in current:
            current = cast("dict[str, Any]", current)[name]
        elif isinstance(current, list) and name.isdecimal() and int(name) < len(cast("list[Any]", current)):
            current = cast("list[Any]", current)[int(name)]
        else:
            return "%" in pointer
    return True


def _report(visit: Visit, path: tuple[Step, ...], message: str) -> Report:
    node: Node = visit.node
    key: Pair | None = visit.pair
    for step in path:
        if isinstance(node, Mapping) and node.pair(str(step)) is not None:
            key = node.pair(str(step))
            node = follow(key.value) if key is not None else node
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = follow(node.items[step])
        else:
            break
    if path and path[-1] == "type" and isinstance(node, Sequence):
        node = next((item for item in node if isinstance(item, Scalar) and item.text not in _TYPES), node)
    fixes = ()
    if path and path[-1] == "type" and isinstance(node, Scalar):
        fixes = rename_to_nearest(visit.document, node.content_span, node.text, _TYPES)
    return Report(visit.document, _span(node, key), message, fixes=fixes)


def _span(node: Node, pair: Pair | None) -> Span:
    if isinstance(node, Scalar) and node.text and "\n" not in node.source:
        return node.content_span
    if pair is not None and isinstance(pair.key, Scalar):
        return pair.key.content_span
    return Span(node.span.start, node.span.start + 1)


def _is_schema(declared: ValueType, _key: Key | None) -> bool:
    return isinstance(declared, SchemaType) or (isinstance(declared, MapType) and declared.title == "schema")


RULE = Rule("MFO209", "schema-invalid", Severity.ERROR, select.visits_where(_is_schema), check, fix="unsafe")
