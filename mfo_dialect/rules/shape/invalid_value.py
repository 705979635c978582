"""A value has the right type and is none of those that are allowed.

## What it finds

A word that is not among the ones a key takes, a length of time that is no Go duration (``30`` has no unit), a number
out of its range, an empty text or list where something must stand, and an entry of ``outputs`` that is not
``"<own id>.<key>"``.

## Why it matters

The engine refuses the value, or the server does, after half of the flow has run.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: mfo_api_memory_get
    priority: urgent
    #         ^^^^^^ MFO204 one of
    timeout: 30
    #        ^^ MFO204 unit
    config: {key: ""}
    #             ^^ MFO204 empty
    outputs: [value]
    #         ^^^^^ MFO204 fetch.value
```

## Good

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: mfo_api_memory_get
    priority: high
    timeout: 30s
    config: {key: letter}
    outputs: [fetch.value]
```

## Fix

Write one of the values that the message names; the nearest is offered.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from mfo_dialect.analysis.outputs import output_shape
from mfo_dialect.analysis.parts import WRITTEN, Part
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.sure_values import is_allowed
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.values import (
    Format,
    IntegerType,
    ListType,
    NumberType,
    TextType,
    describe,
)
from mfo_dialect.durations import parse_duration
from mfo_dialect.findings import Fix, Severity
from mfo_dialect.references import Reference, bare_reference, scan
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import rename_to_nearest, replace_text
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.rules.shape.maps import is_null
from mfo_dialect.rules.shape.reading import has_own_tag, may_be_reference
from mfo_dialect.shapes import step
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import Node, Scalar, Sequence
from mfo_dialect.text import Span

_NUMBER = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_IN_WORDS = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[A-Za-z]+)")
_UNITS = (
    (("ms", "msec", "msecs", "millisecond", "milliseconds", "millis"), "ms", 1),
    (("s", "sec", "secs", "second", "seconds"), "s", 1),
    (("m", "min", "mins", "minute", "minutes"), "m", 1),
    (("h", "hr", "hrs", "hour", "hours"), "h", 1),
    (("d", "day", "days"), "h", 24),
    (("w", "week", "weeks"), "h", 168),
)
_LONGEST = 60


def check(found: tuple[Visit, NodeView | None], snapshot: Snapshot) -> Iterator[Report]:
    """Report one value that is not allowed where it stands."""
    visit, owner = found
    node = visit.node
    if node.damaged or has_own_tag(node) or is_null(node) or may_be_reference(node, visit.type):
        return
    match visit.type, node:
        case TextType() as text_type, Scalar():
            yield from _check_text(visit, node, text_type, owner, snapshot)
        case (IntegerType() | NumberType()) as number_type, Scalar(value=int() | float()):
            yield from _check_range(visit, node, number_type)
        case ListType(non_empty=True), Sequence(items=()):
            yield Report(visit.document, _place(visit), f"{_name(visit)} is empty: it needs at least one item")
        case _:
            return


def _name(visit: Visit) -> str:
    return f'"{visit.pair.name}"' if visit.pair is not None else "this item"


def _place(visit: Visit) -> Span:
    """The content of a scalar; what has none is underlined with its quotes or brackets."""
    node = visit.node
    if not isinstance(node, Scalar) or not node.text.strip():
        return node.span
    first = node.content_span
    return first if "\n" not in node.source else Span(first.start, first.start + 1)


# Texts


def _check_text(
    visit: Visit, node: Scalar, text_type: TextType, owner: NodeView | None, snapshot: Snapshot
) -> Iterator[Report]:
    if text_type.choices:
        yield from _check_choice(visit, node, text_type.choices)
    elif text_type.format is Format.DURATION:
        yield from _check_duration(visit, node, text_type)
    elif text_type.format is Format.OUTPUT_PATH:
        yield from _check_output(visit, node, owner, snapshot)
    elif text_type.non_empty and text_type.format is not Format.IDENTIFIER and not node.text.strip():
        yield Report(visit.document, _place(visit), f"{_name(visit)} is empty")


def _check_choice(visit: Visit, node: Scalar, choices: tuple[str, ...]) -> Iterator[Report]:
    text = node.text.strip()
    if text in choices:
        return
    slip = next((choice for choice in choices if choice.casefold() == text.casefold()), None)
    listed = ", ".join(f'"{choice}"' for choice in choices)
    what = f"one of {listed}" if len(choices) > 1 else listed
    message = f'{_name(visit)} must be {what}, not "{_shown(text)}"{did_you_mean(text, choices)}'
    if slip is not None:
        fixes = (_replace(visit, node, slip, safe=True),)
    elif len(choices) == 1:
        fixes = tuple(_replace(visit, node, choice) for choice in choices)
    else:
        fixes = rename_to_nearest(visit.document, _inside(node), text, choices)
    yield Report(visit.document, _place(visit), message, fixes=fixes)


def _check_duration(visit: Visit, node: Scalar, text_type: TextType) -> Iterator[Report]:
    text = node.text.strip()
    seconds = parse_duration(text)
    if seconds is not None and seconds >= 0:
        return
    if seconds is not None:
        fix = _replace(visit, node, text.lstrip("-"))
        yield Report(visit.document, _place(visit), f"{_name(visit)} must not be negative", fixes=(fix,))
        return
    if _NUMBER.fullmatch(text):
        fixes = tuple(_replace(visit, node, f"{text}{unit}") for unit in ("s", "ms", "m"))
        message = f"{text} has no unit: {_name(visit)} is {describe(text_type)}"
        yield Report(visit.document, _place(visit), message, fixes=fixes)
        return
    meant = _from_words(text)
    fixes = (_replace(visit, node, meant, safe=True),) if meant is not None else ()
    hint = f'; did you mean "{meant}"?' if meant is not None else ""
    message = f'{_name(visit)} must be {describe(text_type)}, not "{_shown(text)}"{hint}'
    yield Report(visit.document, _place(visit), message, fixes=fixes)


def _from_words(text: str) -> str | None:
    """``5 minutes`` as a Go duration."""
    match = _IN_WORDS.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    for words, unit, factor in _UNITS:
        if match["unit"].casefold() in words:
            number = float(match["number"]) * factor
            return f"{number:g}{unit}" if parse_duration(f"{number:g}{unit}") is not None else None
    return None


def _check_output(visit: Visit, node: Scalar, owner: NodeView | None, snapshot: Snapshot) -> Iterator[Report]:
    if owner is None or owner.node.id is None:
        return
    text = node.text.strip()
    shape = output_shape(owner, snapshot.bundle)
    path = bare_reference(text)
    if path is None:
        meant = _output_meant(text, owner.id)
        fixes = (_replace(visit, node, meant),) if meant is not None else ()
        message = f'an output is written as id and key: "{meant or owner.id + ".key"}"'
        yield Report(visit.document, _place(visit), message, fixes=fixes)
    elif path.root != owner.id:
        meant = ".".join((owner.id, *path.path))
        message = f'a task lists its own outputs: "{meant}", not those of "{path.root}"'
        yield Report(
            visit.document, node.span_of(path.segments[0].span), message, fixes=(_replace(visit, node, meant),)
        )
    elif step(shape, path.path[0]) is None:
        fields = tuple(shape.fields)
        key, span = path.path[0], node.span_of(path.segments[1].span)
        message = f'{owner.type_name} has no output "{key}"{did_you_mean(key, fields)}'
        yield Report(visit.document, span, message, fixes=rename_to_nearest(visit.document, span, key, fields))


def _output_meant(text: str, own_id: str) -> str | None:
    """The entry of ``outputs`` that a reference with its marks, or a key alone, was meant to be."""
    pieces = scan(text)
    marked = pieces[0] if len(pieces) == 1 else None
    meant = str(marked) if isinstance(marked, Reference) and not marked.problem else f"{own_id}.{text}"
    return meant if bare_reference(meant) is not None else None


# Numbers


def _check_range(visit: Visit, node: Scalar, number_type: IntegerType | NumberType) -> Iterator[Report]:
    value = node.value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return
    if isinstance(number_type, IntegerType) and not isinstance(value, int):
        return
    low, high = number_type.minimum, number_type.maximum
    if math.isnan(value):
        yield Report(visit.document, _place(visit), f"{_name(visit)} must be a number")
        return
    bound = low if low is not None and value < low else high if high is not None and value > high else None
    if bound is None:
        return
    span = f"from {low} to {high}" if low is not None and high is not None else f"at least {low}"
    span = f"at most {high}" if low is None else span
    message = f"{_name(visit)} must be {span}, not {_shown(node.text)}"
    yield Report(visit.document, _place(visit), message, fixes=(_replace(visit, node, str(bound)),))


# Edits


def _replace(visit: Visit, node: Scalar, new_text: str, *, safe: bool = False) -> Fix:
    return replace_text(visit.document, _inside(node), new_text, f'Change to "{new_text}"', safe=safe)


def _inside(node: Node) -> Span:
    """What a new word replaces: the content, so that quotes stay."""
    return node.content_span if isinstance(node, Scalar) and node.text and "\n" not in node.source else node.span


def _shown(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def _items(part: Part, snapshot: Snapshot) -> Iterator[tuple[Visit, NodeView | None]]:
    """Every value that may not be allowed; an entry of ``outputs`` comes with the node that it stands in."""
    owner = part if isinstance(part, NodeView) else None
    outputs: set[int] = set()
    for visit in snapshot.doubtful_visits_of(part):
        node, declared = visit.node, visit.type
        is_output = False
        if type(declared) is TextType:
            if not (declared.choices or declared.format or declared.non_empty) or (
                type(node) is Scalar and is_allowed(node.text.strip(), declared)
            ):
                continue
            is_output = declared.format is Format.OUTPUT_PATH
        elif type(declared) is ListType:
            if owner is not None and visit.container is owner.node.mapping and _is_called(visit, "outputs"):
                outputs.add(id(node))
            if not declared.non_empty:
                continue
        elif type(declared) is not IntegerType and type(declared) is not NumberType:
            continue
        yield visit, owner if is_output and id(visit.container) in outputs else None


def _is_called(visit: Visit, key: str) -> bool:
    return visit.pair is not None and visit.pair.name == key


RULE = Rule(
    "MFO204", "invalid-value", Severity.ERROR, select.Selector(WRITTEN, _items, is_doubtful=True), check, fix="safe"
)
