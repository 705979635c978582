"""A text is one slip away from a reference.

## What it finds

A value that looks like ``node.key``, is read as text because no node has that name, and is one letter away from a
node's id, with one of that node's outputs behind the dot. The same for the roots ``INPUT``, ``TRIGGER``, ``TASKFLOW``,
``SECRET`` and ``SYSTEM``, and in the input mapping of a trigger. Also found: references of which a mark or a name is
missing, as in ``$fetch.value}``, ``{fetch.value}`` and ``fetch..value``.

## Why it matters

The words themselves are sent to the model or the server, in place of what they were to stand for.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: fetch_letter
    type: mfo_api_memory_get
    config: {key: letter}
  - id: store
    type: mfo_api_memory_store
    config:
      key: copy
      value: fetch_leter.value
      #      ^^^^^^^^^^^ MFO405 did you mean "fetch_letter"?
    dependencies: [fetch_letter]
```

## Good

```yaml workflow.yml
name: letters
tasks:
  - id: fetch_letter
    type: mfo_api_memory_get
    config: {key: letter}
  - id: store
    type: mfo_api_memory_store
    config:
      key: copy
      value: fetch_letter.value
    dependencies: [fetch_letter]
```

## Fix

Write the id that was meant. A text that is meant as it stands can be written with ``$$`` before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mfo_dialect.analysis.resolve import Outcome, Scope, resolve, roots_in_scope
from mfo_dialect.analysis.scopes import FlowView, NodeView, TriggerView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Use
from mfo_dialect.findings import Severity
from mfo_dialect.references import RESERVED_ROOTS
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import replace_text
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import edit_distance

_NAME = re.compile(r"[\w-]+")
_LEAST_LETTERS = 4
_MOST_NAMES = 3


def _paths(part: FlowView | NodeView | TriggerView, snapshot: Snapshot) -> Iterator[Use]:
    return snapshot.bare_paths_of(part)


def check(use: Use, snapshot: Snapshot) -> Iterator[Report]:
    """Report a path whose root is nearly that of something that has what the path asks for."""
    scope = Scope(snapshot.bundle, use.level, use.trigger)
    if use.reference.problem:
        yield Report(use.document, use.span, f"this is text, but nearly a reference: {use.reference.problem}")
        return
    wrong, path = use.reference.root, use.reference.path
    if len(wrong) < _LEAST_LETTERS or (use.level is not None and use.level.flow.damaged):
        return
    meant = [name for name in roots_in_scope(scope) if _is_slip(wrong, name) and _leads_on((name, *path), scope)]
    if meant:
        span = use.segment_span(0)
        fixes = tuple(
            replace_text(use.document, span, name, f'Change to "{name}"', safe=len(meant) == 1)
            for name in meant[:_MOST_NAMES]
        )
        message = f'this is text, as nothing is called "{wrong}"; did you mean "{meant[0]}"?'
        yield Report(use.document, span, message, fixes=fixes)


def _is_slip(wrong: str, name: str) -> bool:
    if not _NAME.fullmatch(name) or abs(len(wrong) - len(name)) > 1 or (name in RESERVED_ROOTS and not wrong.isupper()):
        return False
    return wrong.casefold() == name.casefold() or edit_distance(wrong, name) == 1


def _leads_on(names: tuple[str, ...], scope: Scope) -> bool:
    """Whether there may be what a path asks for; of a node, surely its first key."""
    found = resolve(names[:2], scope)
    if found.node is not None:
        return found.outcome is Outcome.KNOWN or names[1] in resolve(names[:1], scope).shape.fields
    return found.outcome in {Outcome.KNOWN, Outcome.UNKNOWN}


_PATHS = select.Selector((FlowView, NodeView, TriggerView), _paths)
RULE = Rule("MFO405", "probable-reference", Severity.WARNING, _PATHS, check, fix="safe")
