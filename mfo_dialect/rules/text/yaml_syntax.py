"""The text is not valid YAML.

## What it finds

Every place at which YAML's grammar is broken, not only the first: quotes and brackets that are not closed, wrong
indentation, a missing space after a colon, text that a merge left behind. The rest of the document is still read.

## Why it matters

The engine cannot run a file that it cannot read, and a reader cannot tell what was meant.

## Bad

```yaml workflow.yml
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    config:
      prompt: "Say hello
      #       ^ MFO101
    timeout: 30s
```

## Good

```yaml workflow.yml
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    config:
      prompt: "Say hello"
    timeout: 30s
```

## Fix

Close the quote or bracket, or correct the indentation, at the place that is underlined.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule


def check(source: Source, _snapshot: Snapshot) -> Iterator[Report]:
    """Report the problems of one text."""
    for problem in source.tree.problems:
        related = tuple(Related(Place(source.key, span), words) for span, words in problem.related)
        yield Report(source.key, problem.span, problem.message, related)


RULE = Rule("MFO101", "yaml-syntax", Severity.ERROR, select.sources, check)
