"""A prompt template calls a function that is not there.

## What it finds

A name in an action that is neither a function of the template language nor one that MFO registers.

## Why it matters

The prompt cannot be rendered, so every task that uses it fails.

## Bad

```yaml prompts.yml
templates:
  greeting:
    user_prompt: Hello {{ .name | uper }}.
    #                             ^^^^ MFO606 upper
```

## Good

```yaml prompts.yml
templates:
  greeting:
    user_prompt: Hello {{ .name | upper }}.
```

## Fix

Write the function that was meant; the nearest ones are offered.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect import templates
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.template_texts import TemplateText, first_causes, template_texts
from mfo_dialect.findings import Severity
from mfo_dialect.rules.fixes import rename_to_nearest
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import did_you_mean


def check(text: TemplateText, _snapshot: Snapshot) -> Iterator[Report]:
    """Report the unknown functions of one template text."""
    for problem in first_causes(text.template.problems):
        if problem.kind is templates.ProblemKind.UNKNOWN_FUNCTION:
            span = text.scalar.span_of(problem.span)
            wrong = text.template.source[problem.span.start : problem.span.end]
            names = tuple(templates.FUNCTIONS)
            fixes = rename_to_nearest(text.document, span, wrong, names)
            yield Report(
                text.document, span, f'no function is called "{wrong}"{did_you_mean(wrong, names)}', fixes=fixes
            )


RULE = Rule("MFO606", "unknown-template-function", Severity.ERROR, template_texts, check, fix="unsafe")
