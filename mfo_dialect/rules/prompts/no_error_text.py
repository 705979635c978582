"""An error template does not say what was wrong.

## What it finds

A text of ``error_handling_templates`` that does not read ``{{ .error }}``.

## Why it matters

The model is asked again without being told what to mend, and makes the same mistake.

## Bad

```yaml prompts.yml
templates:
  greeting:
    user_prompt: Say hello.
    error_handling_templates:
      try_again: Please try again.
    # ^^^^^^^^^ MFO610
```

## Good

```yaml prompts.yml
templates:
  greeting:
    user_prompt: Say hello.
    error_handling_templates:
      try_again: "Please try again, this was wrong: {{ .error }}"
```

## Fix

Add ``{{ .error }}`` to the text.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Severity
from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.syntax import Scalar


def check(template: PromptTemplate, _snapshot: Snapshot) -> Iterator[Report]:
    """Report the error templates that do not read the error."""
    for name, node in template.error_templates.values():
        if not isinstance(node, Scalar) or node.is_missing:
            continue
        text = template.read(node)
        if text.problems or text.reads_everything or any(read.name == "error" for read in text.reads):
            continue
        advice = f'error template "{name.text}" does not say what was wrong: add {{{{ .error }}}}'
        yield Report(template.document, name.content_span, advice)


RULE = Rule("MFO610", "no-error-text", Severity.WARNING, select.templates, check)
