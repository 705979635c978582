"""A value that starts with ``{{`` stands without quotes.

## What it finds

``key: {{ .name }}``: YAML takes the braces for maps, not for a template.

## Why it matters

The value becomes a map with a map for its key, or the file cannot be read at all; the template is never rendered.

## Bad

```yaml prompts.yml
templates:
  greeting:
    user_prompt: {{ .question }}
    #            ^^^^^^^^^^^^^^^ MFO104 quoted
    variables: [question]
```

## Good

```yaml prompts.yml
templates:
  greeting:
    user_prompt: "{{ .question }}"
    variables: [question]
```

## Fix

Put the value in quotes.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Severity
from mfo_dialect.rules.fixes import replace_text
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.rules.text.problems import Found, problems_where
from mfo_dialect.syntax import ProblemKind


def check(found: Found, _snapshot: Snapshot) -> Iterator[Report]:
    """Report one template without quotes."""
    source, problem = found
    written = source.text[problem.span.start : problem.span.end]
    fix = replace_text(source.key, problem.span, _in_quotes(written), "Put it in quotes", safe=True)
    yield Report(source.key, problem.span, problem.message, fixes=(fix,))


def _in_quotes(written: str) -> str:
    """Double quotes where nothing must be escaped for them, else single ones."""
    if '"' in written or "\\" in written:
        return "'" + written.replace("'", "''") + "'"
    return f'"{written}"'


_ITEMS = problems_where(ProblemKind.UNQUOTED_TEMPLATE)
RULE = Rule("MFO104", "unquoted-template", Severity.ERROR, _ITEMS, check, fix="safe")
