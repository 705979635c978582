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
from mfo_dialect.findings import Severity
from mfo_dialect.rules.layout import line_start
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.rules.text.problems import Found, problems_of, related_of
from mfo_dialect.syntax import Problem, ProblemKind

_KINDS = (ProblemKind.SYNTAX, ProblemKind.CONFLICT_MARKER, ProblemKind.TOO_LARGE, ProblemKind.TOO_DEEP)


def check(found: Found, _snapshot: Snapshot) -> Iterator[Report]:
    """Report one problem of a text."""
    source, problem = found
    if not (problem.kind is ProblemKind.SYNTAX and _is_behind_a_tab(source, problem)):
        yield Report(source.key, problem.span, problem.message, related_of(source, problem))


def _is_behind_a_tab(source: Source, problem: Problem) -> bool:
    """Whether the line is indented with a tab, which is reported as such."""
    start = line_start(source.text, problem.span.start)
    margin = source.text[start : problem.span.start]
    return not margin.strip() and "\t" in margin


def _items(snapshot: Snapshot) -> Iterator[Found]:
    return problems_of(snapshot, *_KINDS)


RULE = Rule("MFO101", "yaml-syntax", Severity.ERROR, _items, check)
