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
from dataclasses import dataclass

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import scalars_at
from mfo_dialect.catalogue.values import AnyType, TextType
from mfo_dialect.findings import Severity
from mfo_dialect.rules.layout import line_start
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.rules.text.problems import Found, problems_of, related_of
from mfo_dialect.syntax import Problem, ProblemKind, Scalar, Style
from mfo_dialect.text import Span

_KINDS = (ProblemKind.SYNTAX, ProblemKind.CONFLICT_MARKER, ProblemKind.TOO_LARGE, ProblemKind.TOO_DEEP)


@dataclass(frozen=True, slots=True, eq=False)
class _HalfQuoted:
    document: str
    scalar: Scalar


def check(found: Found | _HalfQuoted, _snapshot: Snapshot) -> Iterator[Report]:
    """Report one problem of a text, or a quote that YAML takes for a part of the text."""
    if isinstance(found, _HalfQuoted):
        end = found.scalar.span.end
        message = 'this " ends a text that starts without one, so that it is a part of the text'
        yield Report(found.document, Span(end - 1, end), message, severity=Severity.WARNING)
        return
    source, problem = found
    if not (problem.kind is ProblemKind.SYNTAX and _is_behind_a_tab(source, problem)):
        yield Report(source.key, problem.span, problem.message, related_of(source, problem))


def _is_half_quoted(scalar: Scalar) -> bool:
    """Whether a text without quotes ends in one that nothing opens; inches follow a number."""
    source = scalar.source
    is_last = scalar.style is Style.PLAIN and source.endswith('"') and source.count('"') == 1
    return is_last and len(source) > 1 and not source[-2].isdigit() and not scalar.damaged


def _is_behind_a_tab(source: Source, problem: Problem) -> bool:
    """Whether the line is indented with a tab, which is reported as such."""
    start = line_start(source.text, problem.span.start)
    margin = source.text[start : problem.span.start]
    return not margin.strip() and "\t" in margin


def _items(snapshot: Snapshot) -> Iterator[Found | _HalfQuoted]:
    yield from problems_of(snapshot, *_KINDS)
    for visit in snapshot.visits:
        if type(visit.node) is Scalar and not visit.node.text.endswith('"'):
            continue
        if isinstance(visit.type, AnyType) or (isinstance(visit.type, TextType) and _is_free(visit.type)):
            for scalar in scalars_at(visit):
                if scalar.text.endswith('"') and _is_half_quoted(scalar):
                    yield _HalfQuoted(visit.document, scalar)


def _is_free(text_type: TextType) -> bool:
    """Whether any text will do, so that nothing else is said of it."""
    return not (text_type.choices or text_type.names or text_type.format)


RULE = Rule("MFO101", "yaml-syntax", Severity.ERROR, _items, check)
