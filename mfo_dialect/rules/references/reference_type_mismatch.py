"""A reference gives a value of a type that cannot stand there.

## What it finds

A reference that is a whole value, whose target is known to be a map or a list where text or a number is needed, or
the other way round. Inside text every value is turned into text, and what is not known is left alone.

## Why it matters

The server refuses the request, after the tasks before it were paid for.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: read_page
    type: http_request
    config: {url: "https://example.org/letters"}
  - id: keep
    type: mfo_api_notification_create
    config:
      title: A letter
      message: ${read_page.headers}
      #        ^^^^^^^^^^^^^^^^^^^^ MFO408 map
    dependencies: [read_page]
```

## Good

```yaml workflow.yml
name: letters
tasks:
  - id: read_page
    type: http_request
    config: {url: "https://example.org/letters"}
  - id: keep
    type: mfo_api_notification_create
    config:
      title: A letter
      message: ${read_page.body}
    dependencies: [read_page]
```

## Fix

Read a field of the value, or put the reference inside text.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.resolve import Outcome
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Reader, Use
from mfo_dialect.catalogue.values import (
    BooleanType,
    IntegerType,
    ListType,
    MapType,
    NumberType,
    TextType,
    ValueType,
    describe,
)
from mfo_dialect.findings import Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.shapes import Kind

_COLLECTIONS = {Kind.MAP, Kind.LIST}


def check(use: Use, snapshot: Snapshot) -> Iterator[Report]:
    """Report a reference that stands alone where its target's kind is known not to fit."""
    if not use.alone or use.reader is not Reader.CONFIG or use.reference.problem or use.value_type is None:
        return
    resolution = snapshot.resolution(use)
    if resolution.outcome is not Outcome.KNOWN or _fits(resolution.shape.kind, use.value_type):
        return
    message = f"{use.reference} is a {resolution.shape}, but {describe(use.value_type)} is needed here"
    yield Report(use.document, use.span, message)


def _fits(kind: Kind, value_type: ValueType) -> bool:
    if kind in {Kind.ANY, Kind.NULL}:
        return True
    match value_type:
        case TextType():
            return kind not in _COLLECTIONS
        case IntegerType():
            return kind in {Kind.INTEGER, Kind.NUMBER}
        case NumberType():
            return kind in {Kind.INTEGER, Kind.NUMBER}
        case BooleanType():
            return kind is Kind.BOOLEAN
        case MapType():
            return kind is Kind.MAP
        case ListType():
            return kind is Kind.LIST
        case _:
            return True


RULE = Rule("MFO408", "reference-type-mismatch", Severity.ERROR, select.uses, check)
