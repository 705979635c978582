"""A value is of another type than its key takes.

## What it finds

Text where a number belongs, one value where a list belongs, a number where text belongs, and the like. A reference may
turn out to be anything, so it is not reported. A key without a value is reported only where a value is needed:
elsewhere it counts as not written.

## Why it matters

The engine would have to guess, or the server would refuse the call.

## Bad

```yaml workflow.yml
name: letters
config:
  max_concurrency: "four"
  #                 ^^^^ MFO203 a whole number
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: 42}
    #             ^^ MFO203 text
  - id: again
    type: mfo_api_memory_delete
    config: {key: letter}
    dependencies: fetch
    #             ^^^^^ MFO203 a list
```

## Good

```yaml workflow.yml
name: letters
config:
  max_concurrency: 4
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: "42"}
  - id: again
    type: mfo_api_memory_delete
    config: {key: letter}
    dependencies: [fetch]
```

## Fix

Write the value in the type that is named. Quotes, brackets and the words for true and false are offered as fixes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mfo_dialect.analysis.parts import WRITTEN, Part
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import Visit
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
    SchemaType,
    TextType,
    ValueType,
    describe,
)
from mfo_dialect.findings import Fix, Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import replace_text
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.rules.shape.maps import has_value, is_doubtful, is_null
from mfo_dialect.rules.shape.reading import has_own_tag, may_be_reference
from mfo_dialect.syntax import Alias, Mapping, Node, Scalar, Sequence, Style
from mfo_dialect.text import Span

_TRUE = frozenset({"true", "yes", "on", "y", "1"})
_FALSE = frozenset({"false", "no", "off", "n", "0"})
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})")
_WORDS = re.compile(r"[\w-]+(?:\s*,\s*[\w-]+)*")
_MAX_JSON = 20_000

Found = tuple[Visit, MapType | None]


def check(found: Found, snapshot: Snapshot) -> Iterator[Report]:
    """Report one value that is not what its key takes."""
    visit, container = found
    node = visit.node
    if isinstance(node, Alias) or node.damaged or has_own_tag(node):
        return
    if is_null(node):
        if _is_said_elsewhere(visit):
            return
        if visit.container is not None and not is_doubtful(visit.container, visit.document, snapshot):
            yield from _report_null(visit, container)
    elif not _fits(node, visit.type) and not may_be_reference(node, visit.type) and not _is_stray(visit, snapshot):
        message = f"{describe(visit.type)} belongs {_where(visit)}, not {_what(node)}"
        yield Report(visit.document, _span(visit), message, fixes=tuple(_fixes(visit)))


def _is_said_elsewhere(visit: Visit) -> bool:
    """Whether the key of a missing value is written again, or is itself a mistake."""
    pair, container = visit.pair, visit.container
    if pair is None or visit.key is None or not isinstance(container, Mapping):
        return False
    return pair.name != visit.key.name or sum(other.name == pair.name for other in container.pairs) > 1


def _is_stray(visit: Visit, snapshot: Snapshot) -> bool:
    """Whether a map or list may stand where it does only because lines around it could not be read."""
    container = visit.container
    if isinstance(visit.node, Scalar) or container is None:
        return False
    return is_doubtful(container, visit.document, snapshot)


def _where(visit: Visit) -> str:
    return f'under "{visit.pair.name}"' if visit.pair is not None else "here"


def _span(visit: Visit) -> Span:
    """Of a scalar its content, of a map or list the key above it, or its first character."""
    node = visit.node
    if isinstance(node, Scalar) and node.text:
        return node.content_span if "\n" not in node.source else Span(node.span.start, node.span.start + 1)
    return _holder_span(visit)


def _holder_span(visit: Visit) -> Span:
    key = visit.pair.key if visit.pair is not None else None
    if isinstance(key, Scalar):
        return key.content_span
    start = visit.node.span.start
    if isinstance(visit.node, Scalar) and visit.node.is_missing:
        return Span(max(start - 1, 0), start)
    return Span(start, start + 1)


# What there is


def _what(node: Node) -> str:
    match node:
        case Mapping():
            return "a map"
        case Sequence():
            return "a list"
        case Scalar(value=bool()):
            return "true or false"
        case Scalar(value=int() | float()):
            return f"the number {_shown(node.text)}"
        case Scalar():
            return f'the text "{_shown(node.text)}"' if "\n" not in node.text else "text"
        case _:
            return "this"


def _shown(text: str, most: int = 40) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def _fits(node: Node, value_type: ValueType) -> bool:
    """Whether a value that is not null has the right type; what it says is judged elsewhere."""
    match value_type:
        case AnyType():
            return True
        case TextType():
            return isinstance(node, Scalar) and _is_text(node, value_type)
        case IntegerType():
            return isinstance(node, Scalar) and type(node.value) is int
        case NumberType():
            return isinstance(node, Scalar) and type(node.value) in {int, float}
        case BooleanType():
            return isinstance(node, Scalar) and isinstance(node.value, bool)
        case SchemaType(names=names):
            is_word = isinstance(node, Scalar) and (isinstance(node.value, bool) or (names and _is_string(node)))
            return isinstance(node, Mapping) or bool(is_word)
        case ListType():
            return isinstance(node, Sequence)
        case MapType():
            return isinstance(node, Mapping)
        case EitherType(options=options):
            return any(_fits(node, option) for option in options)


def _is_string(node: Scalar) -> bool:
    return isinstance(node.value, str)


def _is_text(node: Scalar, text_type: TextType) -> bool:
    """Whether a scalar will do as text; where other rules read it for what it says, they report it."""
    if _is_string(node) or text_type.choices or text_type.names in {Names.NODE, Names.BRANCH, Names.TASK_TYPE}:
        return True
    if _LEADING_ZERO.fullmatch(node.text):
        return True
    match text_type.format:
        case Format.DURATION | Format.EXPRESSION | Format.CRON | Format.TIMEZONE | Format.OUTPUT_PATH:
            return True
        case Format.IDENTIFIER:
            return not _IDENTIFIER.fullmatch(node.text)
        case _:
            return False


# What there is not


def _report_null(visit: Visit, container: MapType | None) -> Iterator[Report]:
    if visit.pair is None:
        message = f"this item has no value: {describe(visit.type)} belongs here"
        yield Report(visit.document, _holder_span(visit), message)
    elif _is_needed(visit, container):
        message = f'"{visit.pair.name}" has no value: {describe(visit.type)} belongs here'
        yield Report(visit.document, _holder_span(visit), message)


def _is_needed(visit: Visit, container: MapType | None) -> bool:
    """Whether a map is wrong without the value of a key: it is required, or no other of its group has one."""
    key, mapping = visit.key, visit.container
    if key is None:
        return not isinstance(visit.type, SchemaType)
    if key.required:
        return True
    if container is None or not isinstance(mapping, Mapping):
        return False
    groups = (group for group in (*container.one_of, *container.any_of) if key.name in group)
    return any(not any(has_value(mapping, member) for member in group) for group in groups)


def _items(part: Part, snapshot: Snapshot) -> list[Found]:
    """Every value that may be wrong, with the declaration of the map that holds it."""
    doubtful = snapshot.doubtful_visits_of(part)
    wrong = {(id(visit.node), id(visit.type)) for visit in doubtful if _may_be_wrong(visit)}
    maps: dict[int, MapType] = {}
    found: list[Found] = []
    for visit in snapshot.visits_of(part) if wrong else ():
        if isinstance(visit.type, MapType):
            maps[id(visit.node)] = visit.type
        if (id(visit.node), id(visit.type)) in wrong:
            found.append((visit, maps.get(id(visit.container))))
    return found


def _may_be_wrong(visit: Visit) -> bool:
    node, declared = visit.node, visit.type
    if type(declared) is TextType:
        is_quoted = type(node) is Scalar and node.style is not Style.PLAIN and node.tag is None
        return not is_quoted and not (type(node) is Scalar and _is_string(node))
    if type(declared) is MapType:
        return not isinstance(node, Mapping)
    return type(declared) is not AnyType and not (type(declared) is ListType and type(node) is Sequence)


# How to mend it


def _fixes(visit: Visit) -> Iterator[Fix]:
    node, span = visit.node, visit.node.span
    if isinstance(node, Sequence):
        return
    if not isinstance(node, Scalar) or not node.source:
        return
    for option in visit.type.options if isinstance(visit.type, EitherType) else (visit.type,):
        new_text, title, safe = _mended(node, option)
        if new_text:
            yield replace_text(visit.document, span, new_text, title, safe=safe)


def _mended(node: Scalar, value_type: ValueType) -> tuple[str, str, bool]:
    text = node.text.strip()
    plain = node.style is Style.PLAIN
    match value_type:
        case TextType() if plain:
            return f'"{node.text}"', "Put it in quotes", True
        case IntegerType() if _WHOLE.fullmatch(text):
            return str(int(text)), "Write it without quotes", True
        case IntegerType() if _NUMBER.fullmatch(text) and float(text).is_integer():
            return str(int(float(text))), f"Change to {int(float(text))}", True
        case NumberType() if _NUMBER.fullmatch(text):
            return text, "Write it without quotes", True
        case BooleanType() if text.casefold() in _TRUE:
            return "true", "Change to true", not text.isdigit()
        case BooleanType() if text.casefold() in _FALSE:
            return "false", "Change to false", not text.isdigit()
        case ListType(item=TextType()) if plain and _WORDS.fullmatch(text):
            return f"[{text}]", "Make it a list", "," not in text
        case MapType() | SchemaType() | ListType() if not plain and _is_json(text, value_type):
            return text, "Write it as YAML", False
        case _:
            return "", "", False


def _is_json(text: str, value_type: ValueType) -> bool:
    if len(text) > _MAX_JSON or "\n" in text:
        return False
    import json  # noqa: PLC0415 - few texts are taken for JSON

    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, list if isinstance(value_type, ListType) else dict)


RULE = Rule(
    "MFO203", "wrong-type", Severity.ERROR, select.Selector(WRITTEN, _items, is_doubtful=True), check, fix="safe"
)
