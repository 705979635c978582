"""A reference starts with a name that is not there.

## What it finds

A ``${...}`` or ``$<...>`` whose first name is neither a node of the taskflow nor one of the roots ``INPUT``,
``TRIGGER``, ``TASKFLOW``, ``SYSTEM``, ``SECRET``, ``ENV``; a root that cannot be read at this place; and a ``${`` that
holds no path at all. A path whose first name cannot be told because a part of the file is unreadable is left alone.

## Why it matters

The task fails when the run comes to it, after the tasks before it were paid for.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: fetch_letter
    type: mfo_api_memory_get
    config: {key: letter}
  - id: answer
    type: mfo_api_chat_send
    config:
      prompt: "Answer ${fetch_leter.value} in ${HOME}"
      #                 ^^^^^^^^^^^ MFO401 did you mean "fetch_letter"
      #                                         ^^^^ MFO401 $${HOME}
    dependencies: [fetch_letter]
```

## Good

```yaml workflow.yml
name: letters
tasks:
  - id: fetch_letter
    type: mfo_api_memory_get
    config: {key: letter}
  - id: answer
    type: mfo_api_chat_send
    config:
      prompt: "Answer ${fetch_letter.value} in $${HOME}"
    dependencies: [fetch_letter]
```

## Fix

Write the name that was meant; the nearest ones are offered. A ``${`` that is meant as text is written ``$${``.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.resolve import Outcome
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Use
from mfo_dialect.findings import Fix, Severity
from mfo_dialect.references import Spelling
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import rename_to_nearest, replace_text
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.text import Span

_WITHOUT_ROOT = (Outcome.MISPLACED_ROOT, Outcome.UNKNOWN_ROOT)


def check(use: Use, snapshot: Snapshot) -> Iterator[Report]:
    """Report a reference that is no path, or whose root is not there."""
    if use.reference.problem:
        if use.scalar.damaged:
            return
        span = use.scalar.span_of(use.reference.problem_span)
        yield Report(use.document, span, f"{use.reference.problem}{_escape_hint(use)}", fixes=_escape(use))
        return
    resolution = snapshot.resolution(use)
    if resolution.outcome not in _WITHOUT_ROOT:
        return
    root, span = use.reference.root, use.segment_span(0)
    if resolution.outcome is Outcome.MISPLACED_ROOT:
        yield Report(use.document, span, _misplaced(root, use))
    else:
        likely = did_you_mean(root, resolution.choices)
        fixes = rename_to_nearest(use.document, span, root, resolution.choices)
        if len(use.reference.segments) == 1 and not likely:
            message = f'"{root}" is neither a node nor a root{_escape_hint(use)}'
            yield Report(use.document, span, message, fixes=_escape(use))
        else:
            yield Report(use.document, span, f'no node or root is called "{root}"{likely}', fixes=fixes)


def _misplaced(root: str, use: Use) -> str:
    if use.level is None:
        return f"{root} cannot be read in a trigger's input_mapping, only TRIGGER can"
    if root == "TRIGGER":
        return "TRIGGER can only be read where triggers start the taskflow; map it to an input in a trigger's input_mapping"
    return f"{root} cannot be read here"


def _escape_hint(use: Use) -> str:
    if use.reference.spelling is not Spelling.DOLLAR:
        return ""
    written = use.scalar.text[use.reference.span.start : use.reference.span.end]
    return f"; to write it as text, write $${written[1:]}" if len(written) < 40 and "\n" not in written else ""  # noqa: PLR2004 - what fits a line


def _escape(use: Use) -> tuple[Fix, ...]:
    if use.reference.spelling is not Spelling.DOLLAR:
        return ()
    start = use.span.start
    return (replace_text(use.document, Span(start, start), "$", "Escape it: write $${ for the text ${"),)


RULE = Rule("MFO401", "unknown-reference", Severity.ERROR, select.lost_uses, check, fix="unsafe")
