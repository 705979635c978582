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
from mfo_dialect.catalogue.values import describe, takes_kind
from mfo_dialect.findings import Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule


def check(use: Use, snapshot: Snapshot) -> Iterator[Report]:
    """Report a reference that stands alone where its target's kind is known not to fit."""
    if not use.alone or use.reader is not Reader.CONFIG or use.reference.problem or use.value_type is None:
        return
    resolution = snapshot.resolution(use)
    if resolution.outcome is not Outcome.KNOWN or takes_kind(use.value_type, resolution.shape.kind):
        return
    message = f"{use.reference} is a {resolution.shape}, but {describe(use.value_type)} is needed here"
    yield Report(use.document, use.span, message)


RULE = Rule("MFO408", "reference-type-mismatch", Severity.ERROR, select.uses, check)
