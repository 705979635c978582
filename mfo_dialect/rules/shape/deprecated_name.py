"""An older name is used.

## What it finds

Task types with ``slop_`` names, keys that have a new name (``message`` of a chat task), and references to older outputs
(``response.content``). All of them still work.

## Why it matters

Readers look for the present names in the documentation, and the older ones will go one day.

## Bad

```yaml workflow.yml
name: greet
tasks:
  - id: hello
    type: slop_api_chat_send
    #     ^^^^^^^^^^^^^^^^^^ MFO207 mfo_api_chat_send
    config:
      message: Say hello
#     ^^^^^^^ MFO207 prompt
  - id: store
    type: mfo_api_memory_store
    config:
      key: greeting
      value: "${hello.response.content}"
      #               ^^^^^^^^^^^^^^^^ MFO207 hello.message
    dependencies: [hello]
```

## Good

```yaml workflow.yml
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    config:
      prompt: Say hello
  - id: store
    type: mfo_api_memory_store
    config:
      key: greeting
      value: "${hello.message}"
    dependencies: [hello]
```

## Fix

Write the present name. It means the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.outputs import output_shape
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Use
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.task_types import BUILT_IN, OLDER_NAMES
from mfo_dialect.catalogue.values import Key, Names, TextType, ValueType
from mfo_dialect.findings import Severity, Tag
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import replace_text
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.syntax import Mapping, Scalar
from mfo_dialect.text import Span

_TAGS = (Tag.DEPRECATED,)
_REPLACED_PATHS = {"response.content": "message"}


def check(item: Visit | Use, snapshot: Snapshot) -> Iterator[Report]:
    """Report the older name that a value, a key or a reference uses."""
    return _check_use(item, snapshot) if isinstance(item, Use) else _check_visit(item, snapshot)


def _check_visit(item: Visit, snapshot: Snapshot) -> Iterator[Report]:
    if isinstance(item.type, TextType) and item.type.names is Names.TASK_TYPE and isinstance(item.node, Scalar):
        yield from _check_type(item, item.node, snapshot)
    if item.key is not None and item.key.replacement and item.pair is not None:
        yield from _check_key(item, item.key.replacement)


def _check_type(visit: Visit, node: Scalar, snapshot: Snapshot) -> Iterator[Report]:
    present = OLDER_NAMES.get(node.text)
    if present is None or node.text in BUILT_IN or node.text in snapshot.bundle.project.task_types:
        return
    config = visit.container.get("config") if isinstance(visit.container, Mapping) else None
    by_request = isinstance(config, Mapping) and "request_body" in config
    message = f'"{node.text}" is an older name: write "{present.name}"'
    fix = replace_text(visit.document, node.content_span, present.name, f'Change to "{present.name}"', safe=True)
    fixes = () if by_request else (fix,)
    yield Report(visit.document, node.content_span, message, fixes=fixes, tags=_TAGS)


def _check_key(visit: Visit, present: str) -> Iterator[Report]:
    pair, container = visit.pair, visit.container
    if pair is None or not isinstance(pair.key, Scalar) or not isinstance(container, Mapping) or present in container:
        return
    span = pair.key.content_span
    fix = replace_text(visit.document, span, present, f'Change to "{present}"', safe=True)
    message = f'"{pair.name}" is an older name: write "{present}"'
    yield Report(visit.document, span, message, fixes=(fix,), tags=_TAGS)


def _check_use(use: Use, snapshot: Snapshot) -> Iterator[Report]:
    if not use.reference.segments or use.reference.problem:
        return
    resolution = snapshot.resolution(use)
    path, depth = use.reference.segments, resolution.depth
    if resolution.node is None or len(path) <= depth:
        return
    field = output_shape(resolution.node, snapshot.bundle).fields.get(path[depth].name)
    if field is None or not field.deprecated:
        return
    written = ".".join(segment.name for segment in path[depth : depth + 2])
    new_name = _REPLACED_PATHS.get(written)
    root = ".".join(segment.name for segment in path[:depth])
    first, last = path[depth], path[depth + 1 if new_name else depth]
    span = use.scalar.span_of(Span(first.span.start, last.span.end))
    message = f'"{written if new_name else path[depth].name}" is an older output: read "{root}.{field.deprecated}"'
    fixes = ()
    if new_name and not first.bracketed and not last.bracketed:
        fixes = (replace_text(use.document, span, new_name, f'Change to "{new_name}"', safe=True),)
    yield Report(use.document, span, message, fixes=fixes, tags=_TAGS)


def _may_be_older(declared: ValueType, key: Key | None) -> bool:
    return (isinstance(declared, TextType) and declared.names is Names.TASK_TYPE) or bool(key and key.replacement)


_ITEMS = (select.visits_where(_may_be_older), select.uses)
RULE = Rule("MFO207", "deprecated-name", Severity.HINT, _ITEMS, check, topics=("deprecated",), fix="safe")
