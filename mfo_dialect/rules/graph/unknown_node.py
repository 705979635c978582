"""A dependency or successor names a node that is not there.

## What it finds

An id in ``dependencies`` or ``successors`` that no node of the same level has: a misspelling, the ``name`` of a node
in place of its id, or a node of another level, which edges cannot reach.

## Why it matters

The edge is missing, so the node runs too early or never waits for what it needs.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: fetch_letter
    type: mfo_api_memory_get
    config: {key: letter}
  - id: answer
    type: mfo_api_chat_send
    config: {prompt: "Answer ${fetch_letter.value}"}
    dependencies: [fetch_letter, fetch_leter]
    #                            ^^^^^^^^^^^ MFO302
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
    config: {prompt: "Answer ${fetch_letter.value}"}
    dependencies: [fetch_letter]
```

## Fix

Write the id of the node that was meant; the nearest ids are offered.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.model.access import text_at
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import rename_to_nearest, replace_text
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import Scalar


def check(view: NodeView, _snapshot: Snapshot) -> Iterator[Report]:
    """Report the names in a node's edges that its level does not have."""
    for key, scalars in (("dependencies", view.node.dependencies), ("successors", view.node.successors)):
        for scalar in scalars:
            if scalar.text not in view.level.by_id and not view.flow.damaged:
                yield _report(view, scalar, key)


def _report(view: NodeView, scalar: Scalar, key: str) -> Report:
    wrong, span = scalar.text, scalar.content_span
    elsewhere = view.flow.by_id.get(wrong)
    if elsewhere is not None:
        related = (Related(Place(view.document, elsewhere.name_span), f'"{wrong}" stands here'),)
        return Report(
            view.document, span, f'"{wrong}" is on another level: edges never cross a subflow\'s border', related
        )
    named = next((other for other in view.level.nodes if _title(other) == wrong), None)
    if named is not None:
        fix = replace_text(view.document, span, named.id, f'Change to the id "{named.id}"')
        return Report(
            view.document, span, f'"{wrong}" is the name of a node; {key} hold ids: "{named.id}"', fixes=(fix,)
        )
    names = tuple(name for name in view.level.by_id if name != view.id)
    return Report(
        view.document,
        span,
        f'no node has the id "{wrong}"{did_you_mean(wrong, names)}',
        fixes=rename_to_nearest(view.document, span, wrong, names),
    )


def _title(view: NodeView) -> str | None:
    title = text_at(view.node.mapping, "name")
    return title.text if title is not None else None


RULE = Rule("MFO302", "unknown-node", Severity.ERROR, select.nodes, check)
