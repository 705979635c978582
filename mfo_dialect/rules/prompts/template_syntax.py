"""A prompt template's text is broken.

## What it finds

Actions that are not closed, ``if``, ``range`` or ``with`` without ``end``, undefined template variables and templates,
in all prompts, error templates and agents' texts; in the language that the template's ``engine`` names. The place is
exact inside block scalars too.

## Why it matters

The prompt cannot be rendered, so every task that uses it fails.

## Bad

```yaml prompts.yml
templates:
  greeting:
    user_prompt: |
      Hello {{ if .name }}{{ .name }}
      #     ^^^^^^^^^^^^^^ MFO603
```

## Good

```yaml prompts.yml
templates:
  greeting:
    user_prompt: |
      Hello {{ if .name }}{{ .name }}{{ end }}
```

## Fix

Correct the action that is underlined.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mfo_dialect import templates
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.template_texts import TemplateText, first_causes
from mfo_dialect.findings import Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.text import Span


def check(text: TemplateText, _snapshot: Snapshot) -> Iterator[Report]:
    """Report the problems of one template text, and actions whose first brace is missing."""
    problems = first_causes(text.template.problems)
    for problem in problems:
        if problem.kind is not templates.ProblemKind.UNKNOWN_FUNCTION:
            yield Report(text.document, text.scalar.span_of(problem.span), problem.message)
    for match in _half_opened(text.template.source) if not problems else ():
        span = text.scalar.span_of(Span(*match.span()))
        message = f"this is text, as a brace is missing before it: write {{{match[0]}"
        yield Report(text.document, span, message, severity=Severity.WARNING)


def _half_opened(source: str) -> Iterable[re.Match[str]]:
    if source.count("{") == 2 * source.count("{{"):  # no brace stands alone
        return ()
    return _HALF_OPENED.finditer(source)


_HALF_OPENED = re.compile(r"(?<!\{)\{-? ?\.[A-Za-z_][\w.]* ?-?\}\}")


RULE = Rule("MFO603", "template-syntax", Severity.ERROR, select.template_texts, check)
