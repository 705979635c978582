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

from collections.abc import Iterable, Iterator

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.analysis.parts import WRITTEN
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import Visit, scalars_at
from mfo_dialect.catalogue.values import AnyType, Key, TextType, ValueType
from mfo_dialect.findings import Severity
from mfo_dialect.rules.doubtful_values import doubtful_where
from mfo_dialect.rules.layout import line_start
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.rules.select import Selector
from mfo_dialect.rules.text.problems import Found, problems_where, related_of
from mfo_dialect.syntax import Problem, ProblemKind, Scalar, Style
from mfo_dialect.text import Span

_KINDS = (ProblemKind.SYNTAX, ProblemKind.CONFLICT_MARKER, ProblemKind.TOO_LARGE, ProblemKind.TOO_DEEP)


def check(found: Found | Visit, _snapshot: Snapshot) -> Iterable[Report]:
    """Report one problem of a text, or the quotes in one value that YAML takes for a part of the text."""
    if not isinstance(found, Visit):
        return _problem(found)
    return _half_quoted(found)


def _half_quoted(visit: Visit) -> Iterator[Report]:
    for scalar in scalars_at(visit):
        if scalar.text.endswith('"') and _is_half_quoted(scalar):
            end = scalar.span.end
            message = 'this " ends a text that starts without one, so that it is a part of the text'
            yield Report(visit.document, Span(end - 1, end), message, severity=Severity.WARNING)


def _problem(found: Found) -> Iterator[Report]:
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


def _is_any_text(declared: ValueType, _key: Key | None) -> bool:
    return isinstance(declared, AnyType) or (isinstance(declared, TextType) and _is_free(declared))


def _is_free(text_type: TextType) -> bool:
    """Whether any text will do, so that nothing else is said of it."""
    return not (text_type.choices or text_type.names or text_type.format)


_ITEMS = (problems_where(*_KINDS), Selector(WRITTEN, doubtful_where(_is_any_text), is_doubtful=True))
RULE = Rule("MFO101", "yaml-syntax", Severity.ERROR, _ITEMS, check)
