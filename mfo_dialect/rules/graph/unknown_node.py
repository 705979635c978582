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

import re
from collections.abc import Iterator

from mfo_dialect.analysis.scopes import LevelView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import rename_to_nearest, replace_text
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import perhaps
from mfo_dialect.syntax import Scalar, follow

_PLAIN = re.compile(r"[\w-]+")
_MOST = 100


def check(view: NodeView, snapshot: Snapshot) -> Iterator[Report]:
    """Report the names in a node's edges that its level does not have."""
    for key, scalars in (("dependencies", view.node.dependencies), ("successors", view.node.successors)):
        for scalar in scalars:
            wrong = scalar.text
            if view.node.mapping.get(key) is scalar and not _PLAIN.fullmatch(wrong.strip()):
                continue
            if not wrong.strip() or wrong in view.level.by_id or _is_meant_as_id(wrong, view.level):
                continue
            if not view.flow.damaged and not view.level.level.damaged:
                yield _report(view, scalar, key, snapshot)


def _is_meant_as_id(name: str, level: LevelView) -> bool:
    """Whether a node without an id says the name under a key that may be meant for one: that is reported there."""
    for view in level.unnamed:
        if "id" not in view.node.mapping:
            values = (
                follow(pair.value) for pair in view.node.mapping.pairs if pair.name not in {"type", "description"}
            )
            if any(isinstance(value, Scalar) and value.text == name for value in values):
                return True
    return False


def _report(view: NodeView, scalar: Scalar, key: str, snapshot: Snapshot) -> Report:
    wrong, span = scalar.text, scalar.content_span
    elsewhere = view.flow.by_id.get(wrong)
    if elsewhere is not None:
        return _report_elsewhere(view, scalar, elsewhere)
    named = next(iter(view.level.titled(wrong)), None)
    if named is not None:
        fix = replace_text(view.document, span, named.id, f'Change to the id "{named.id}"')
        return Report(
            view.document, span, f'"{wrong}" is the name of a node; {key} hold ids: "{named.id}"', fixes=(fix,)
        )
    near = tuple(name for name in snapshot.kept((view.level, wrong), _near_ids) if name != view.id)
    return Report(
        view.document,
        span,
        f'no node has the id "{wrong}"{perhaps(near)}',
        fixes=lambda: rename_to_nearest(view.document, span, wrong, near),
    )


def _near_ids(asked: tuple[LevelView, str], _snapshot: Snapshot) -> tuple[str, ...]:
    """The ids of a level that a wrong one may have been meant for, nearest first; found once for all who write it."""
    level, wrong = asked
    return tuple(name for name in level.near_ids(wrong, _MOST) if _PLAIN.fullmatch(name))


def _report_elsewhere(view: NodeView, scalar: Scalar, elsewhere: NodeView) -> Report:
    """A name of another level: the subflow around it can be named in its place, or the edge belongs further out."""
    wrong, span = scalar.text, scalar.content_span
    related = (Related(Place(elsewhere.document, elsewhere.name_span), f'"{wrong}" stands here'),)
    message = f'"{wrong}" is on another level, and edges never cross a subflow\'s border'
    around = next((outer for outer in elsewhere.path if outer.level is view.level and outer is not view), None)
    if around is not None:
        fix = replace_text(view.document, span, around.id, f'Change to the subflow "{around.id}"')
        return Report(view.document, span, f'{message}: name the subflow "{around.id}"', related, (fix,))
    own = next((outer for outer in view.path if outer.level is elsewhere.level), None)
    if own is not None and own is not elsewhere:
        message += f': the edge belongs to the subflow "{own.id}"'
    return Report(view.document, span, message, related)


RULE = Rule("MFO302", "unknown-node", Severity.ERROR, select.nodes, check, fix="unsafe")
