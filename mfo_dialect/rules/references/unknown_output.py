"""A reference reads something that is known not to be there.

## What it finds

A path whose first name is right and a later one is not: an output that the task's type does not give, a field that a
tool's parameters or an ``output_schema`` do not have, an input that the ``input_schema`` does not list, a node that a
subflow does not hold. Paths below anything that is not declared are left alone.

## Why it matters

The task that reads it fails when the run comes to it, after the tasks before it were paid for.

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
      prompt: "Answer ${fetch_letter.values}"
      #                              ^^^^^^ MFO402 did you mean "value"
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
      prompt: "Answer ${fetch_letter.value}"
    dependencies: [fetch_letter]
```

## Fix

Read one of the names that the message lists.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.resolve import Outcome, Resolution
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Use
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.model.workflow import Subflow
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import rename_to_nearest
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.shapes import Kind
from mfo_dialect.suggestions import did_you_mean

_DECLARED_ELSEWHERE = ("SECRET", "ENV")
_MOST_NAMES = 8


def check(use: Use, snapshot: Snapshot) -> Iterator[Report]:
    """Report the first segment that is known to be absent."""
    if use.reference.problem:
        return
    resolution = snapshot.resolution(use)
    if resolution.outcome is not Outcome.ABSENT or _is_for_another_rule(use, resolution):
        return
    wrong = use.reference.segments[resolution.failed_at].name
    span = use.segment_span(resolution.failed_at)
    message = f"{_subject(use, resolution)}{_nearest_or_all(wrong, resolution.choices)}"
    related = ()
    if resolution.node is not None:
        place = Place(resolution.node.document, resolution.node.name_span)
        related = (Related(place, f'"{resolution.node.id}" stands here'),)
    yield Report(use.document, span, message, related, rename_to_nearest(use.document, span, wrong, resolution.choices))


def _is_for_another_rule(use: Use, resolution: Resolution) -> bool:
    """Whether it is a trigger's field, or a secret or a variable of the environment that is not declared."""
    root = use.reference.root
    if resolution.node is not None:
        is_inner = isinstance(resolution.node.node, Subflow) and resolution.failed_at == resolution.depth
        return is_inner and resolution.node.flow.damaged
    return root == "TRIGGER" or (root in _DECLARED_ELSEWHERE and resolution.failed_at == 1)


def _subject(use: Use, resolution: Resolution) -> str:
    index = resolution.failed_at
    wrong = use.reference.segments[index].name
    before = ".".join(segment.name for segment in use.reference.segments[:index])
    if resolution.parent.kind is not Kind.MAP:
        article = "an" if str(resolution.parent)[0] in "aeiou" else "a"
        return f'"{before}" is {article} {resolution.parent} and has nothing called "{wrong}"'
    if resolution.node is not None and isinstance(resolution.node.node, Subflow) and index == resolution.depth:
        return f'subflow "{before}" holds no node "{wrong}"'
    if resolution.node is not None and index == resolution.depth:
        return f'"{before}" has no output "{wrong}"'
    if before == "INPUT":
        return f'the input_schema has no "{wrong}"'
    return f'"{before}" has no "{wrong}"'


def _nearest_or_all(wrong: str, choices: tuple[str, ...]) -> str:
    likely = did_you_mean(wrong, choices)
    if likely or not choices:
        return likely
    listed = ", ".join(choices[:_MOST_NAMES])
    return f"; there {'is' if len(choices) == 1 else 'are'} {listed}{', ...' if len(choices) > _MOST_NAMES else ''}"


RULE = Rule("MFO402", "unknown-output", Severity.ERROR, select.lost_uses, check, fix="unsafe")
