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

from collections.abc import Iterator

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.template_texts import TemplateText, template_texts
from mfo_dialect.findings import Severity
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.templates import ProblemKind


def check(text: TemplateText, _snapshot: Snapshot) -> Iterator[Report]:
    """Report the problems of one template text."""
    for problem in text.template.problems:
        if problem.kind is not ProblemKind.UNKNOWN_FUNCTION:
            yield Report(text.document, text.scalar.span_of(problem.span), problem.message)


RULE = Rule("MFO603", "template-syntax", Severity.ERROR, template_texts, check)
