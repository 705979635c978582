"""A line is indented with tabs.

## What it finds

Tabs in the margin of a line, where YAML allows spaces only. Lines that follow each other are one finding.

## Why it matters

YAML refuses the file. An editor may show a tab as wide as the spaces beside it, so nobody sees what is wrong.

## Bad

```yaml workflow.yml
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    config:
  ␉  prompt: "Say hello"
# ^^^ MFO103 spaces
```

## Good

```yaml workflow.yml
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    config:
      prompt: "Say hello"
```

## Fix

Put spaces in place of the tabs. The fix takes the width of a tab with which the
whole file reads best.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Edit, Fix, Place, Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.layout import line_start, next_line
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.rules.text.problems import problems_of
from mfo_dialect.rules.text.walking import nodes_below
from mfo_dialect.syntax import ProblemKind, Scalar, parse
from mfo_dialect.text import Span, TextEdit, apply_edits

_MARGIN = re.compile(r"[ \t]*")
_WIDTHS = (2, 4, 8, 1)
_MAX_TRIED = 200_000


def check(source: Source, _snapshot: Snapshot) -> Iterator[Report]:
    """Report the runs of lines with tabs in their margins."""
    found = list(problems_of(source, ProblemKind.TAB))
    margins = [_margins(source.text, problem.span.start) for problem in found]
    width = _best_width(source.text, [span for spans in margins for span in spans]) if found else 0
    for problem, spans in zip(found, margins, strict=True):
        edits = tuple(
            Edit(Place(source.key, span), source.text[span.start : span.end].expandtabs(width)) for span in spans
        )
        fixes = (Fix("Indent with spaces", edits, safe=True),) if edits else ()
        yield Report(source.key, problem.span, problem.message, fixes=fixes)


def _margins(text: str, offset: int) -> list[Span]:
    """The margins with tabs of the lines from here on, up to the first line that has none."""
    spans: list[Span] = []
    start = line_start(text, offset)
    while start < len(text):
        margin = _MARGIN.match(text, start)
        stop = margin.end() if margin is not None else start
        end = next_line(text, start)
        if "\t" in text[start:stop]:
            spans.append(Span(start, stop))
        elif text[start:end].strip():
            break
        start = end
    return spans


def _best_width(text: str, margins: list[Span]) -> int:
    """The width of a tab with which the text has the fewest problems, then the fewest keys without a value."""
    if len(text) > _MAX_TRIED:
        return _WIDTHS[0]
    return min(_WIDTHS, key=lambda width: _oddities(text, list(dict.fromkeys(margins)), width))


def _oddities(text: str, margins: list[Span], width: int) -> tuple[int, int]:
    edits = [TextEdit(span, text[span.start : span.end].expandtabs(width)) for span in margins]
    tree = parse(apply_edits(text, edits))
    roots = (document.root for document in tree.documents if document.root is not None)
    missing = sum(isinstance(node, Scalar) and node.is_missing for root in roots for node in nodes_below(root))
    return len(tree.problems), missing


RULE = Rule("MFO103", "tab-indentation", Severity.ERROR, select.sources, check, fix="safe")
