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
from mfo_dialect.records import record
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import rename_to_nearest, replace_text
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import perhaps
from mfo_dialect.syntax import Scalar, follow

_PLAIN = re.compile(r"[\w-]+")
_MOST = 100


@record
class Wrong:
    """What is to be said of a name that a level does not have, whoever names it.

    Attributes:
        elsewhere: the node of another level that has it.
        named: a node that has it for a ``name``.
        near: ids of the level that may have been meant, nearest first.
    """

    elsewhere: NodeView | None = None
    named: NodeView | None = None
    near: tuple[str, ...] = ()


def check(view: NodeView, snapshot: Snapshot) -> Iterator[Report]:
    """Report the names in a node's edges that its level does not have."""
    node, by_id = view.node, view.level.by_id
    for key, scalars in (("dependencies", node.dependencies), ("successors", node.successors)):
        for scalar in scalars:
            name = scalar.text
            if name in by_id or not name.strip():
                continue
            if node.mapping.get(key) is scalar and not _PLAIN.fullmatch(name.strip()):
                continue
            wrong = snapshot.kept((view.level, name), _wrong)
            if wrong is not None:
                yield _report(view, scalar, key, wrong)


def _wrong(asked: tuple[LevelView, str], _snapshot: Snapshot) -> Wrong | None:
    """What is to be said of a name that a level does not have; found once for all who write it. None where it may be there."""
    level, name = asked
    if _is_meant_as_id(name, level) or level.flow.damaged or level.level.damaged:
        return None
    elsewhere = level.flow.by_id.get(name)
    if elsewhere is not None:
        return Wrong(elsewhere=elsewhere)
    named = next(iter(level.titled(name)), None)
    if named is not None:
        return Wrong(named=named)
    return Wrong(near=tuple(near for near in level.near_ids(name, _MOST) if _PLAIN.fullmatch(near)))


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


def _report(view: NodeView, scalar: Scalar, key: str, wrong: Wrong) -> Report:
    name, span = scalar.text, scalar.content_span
    if wrong.elsewhere is not None:
        return _report_elsewhere(view, scalar, wrong.elsewhere)
    if wrong.named is not None:
        right = wrong.named.id
        fix = replace_text(view.document, span, right, f'Change to the id "{right}"')
        return Report(view.document, span, f'"{name}" is the name of a node; {key} hold ids: "{right}"', fixes=(fix,))
    near = wrong.near
    if near and view.id in near:
        near = tuple(one for one in near if one != view.id)
    return Report(
        view.document,
        span,
        f'no node has the id "{name}"{perhaps(near)}',
        fixes=lambda: rename_to_nearest(view.document, span, name, near),
    )


def _report_elsewhere(view: NodeView, scalar: Scalar, elsewhere: NodeView) -> Report:
    """A name of another level: the subflow around it can be named in its place, or the edge belongs further out."""
    name, span = scalar.text, scalar.content_span
    related = (Related(Place(elsewhere.document, elsewhere.name_span), f'"{name}" stands here'),)
    message = f'"{name}" is on another level, and edges never cross a subflow\'s border'
    around = next((outer for outer in elsewhere.path if outer.level is view.level and outer is not view), None)
    if around is not None:
        fix = replace_text(view.document, span, around.id, f'Change to the subflow "{around.id}"')
        return Report(view.document, span, f'{message}: name the subflow "{around.id}"', related, (fix,))
    own = next((outer for outer in view.path if outer.level is elsewhere.level), None)
    if own is not None and own is not elsewhere:
        message += f': the edge belongs to the subflow "{own.id}"'
    return Report(view.document, span, message, related)


RULE = Rule("MFO302", "unknown-node", Severity.ERROR, select.nodes, check, fix="unsafe")
