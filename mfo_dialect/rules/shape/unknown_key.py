"""A map has a key that means nothing there.

## What it finds

A key that is misspelt, written with other capitals or dashes, or belongs to another map: one level down, such as a
config key beside ``config``, or further up, such as ``dependencies`` inside ``config``. Keys that start with ``x-`` are
yours, anywhere.

## Why it matters

The engine would ignore what you wrote, and run the flow without it.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter}
  - id: store
    type: mfo_api_memory_store
    config:
      key: copy
      value: "${fetch.value}"
    dependencies: [fetch]
    proirity: high
#   ^^^^^^^^ MFO201 did you mean "priority"?
```

## Good

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter}
  - id: store
    type: mfo_api_memory_store
    config:
      key: copy
      value: "${fetch.value}"
    dependencies: [fetch]
    priority: high
```

## Fix

Write the key that was meant, or move the key to the map that it belongs to; both are offered where they are clear.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Fix, Severity
from mfo_dialect.rules.fixes import replace_text
from mfo_dialect.rules.layout import text_of
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.rules.shape.maps import (
    Direction,
    MapView,
    Meaning,
    is_doubtful,
    is_written_twice,
    map_views,
    meaning_of,
    unknown_pairs,
    with_article,
)
from mfo_dialect.rules.shape.moving import move_down, move_up
from mfo_dialect.syntax import Mapping, Node, Pair, Scalar, Sequence, follow, is_merge_key
from mfo_dialect.text import Span

_MAX_LISTED = 6
_MAX_TYPES = 3


def check(view: MapView, snapshot: Snapshot) -> Iterable[Report]:
    """Report the unknown keys of one map."""
    pairs = list(unknown_pairs(view))
    if not pairs or is_written_twice(view) or is_doubtful(view.mapping, view.document, snapshot):
        return ()
    if any(is_doubtful(merged, view.document, snapshot) for merged in _merged(view.mapping)):
        pairs = [pair for pair in pairs if any(pair is written for written in view.mapping.pairs)]
    return (_report(view, pair, snapshot) for pair in pairs)


def _merged(mapping: Mapping) -> Iterator[Node]:
    """The maps that merge keys name."""
    for pair in () if mapping.is_plain else mapping.pairs:
        if is_merge_key(pair.key):
            value = follow(pair.value)
            yield from map(follow, value.items) if isinstance(value, Sequence) else (value,)


def _report(view: MapView, pair: Pair, snapshot: Snapshot) -> Report:
    name = pair.name or ""
    meaning = meaning_of(view, name)
    message = f'"{name}" is no key of {view.title}{_hint(view, name, meaning, snapshot)}'
    return Report(
        view.document,
        _key_span(pair),
        message,
        fixes=lambda: tuple(_fixes(view, pair, meaning, text_of(snapshot, view.document))),
    )


def _key_span(pair: Pair) -> Span:
    key = follow(pair.key)
    return key.content_span if isinstance(key, Scalar) else key.span


def _hint(view: MapView, name: str, meaning: Meaning | None, snapshot: Snapshot) -> str:
    match meaning:
        case Meaning(direction=Direction.DOWN, child=child) if child is not None:
            return f': it belongs one level down, into "{child.name}"'
        case Meaning(direction=Direction.UP, owner=owner) if owner is not None:
            level = "one level up" if owner is view.parent else "further up"
            return f": it belongs {level}, to {with_article(owner.type.title)}"
        case Meaning(name=meant) if meant in view.mapping:
            return f': "{meant}" is, and it is already there'
        case Meaning(name=meant):
            return f'; did you mean "{meant}"?'
        case None:
            return _other_types(view, name, snapshot) or _listed(view)


def _other_types(view: MapView, name: str, snapshot: Snapshot) -> str:
    """The task types whose config has the key."""
    if view.under != "config" or not view.type.title.startswith("config of"):
        return ""
    types = [t.name for t in snapshot.bundle.project.all_task_types if t.key(name) is not None]
    return f": {', '.join(types)} has it" if 0 < len(types) <= _MAX_TYPES else ""


def _listed(view: MapView) -> str:
    free = [key.name for key in view.keys.values() if not key.replacement and key.name not in view.mapping]
    if not free or len(free) > _MAX_LISTED:
        return ""
    return f": there {'is' if len(free) == 1 else 'are'} also {', '.join(free)}" if view.mapping.pairs else ""


def _fixes(view: MapView, pair: Pair, meaning: Meaning | None, text: str) -> Iterator[Fix]:
    if meaning is None or not any(pair is written for written in view.mapping.pairs):
        return
    if meaning.direction is Direction.HERE:
        if meaning.name not in view.mapping:
            slip = _folded(meaning.name) == _folded(pair.name or "")
            title = f'Change to "{meaning.name}"'
            yield replace_text(view.document, _key_span(pair), meaning.name, title, safe=slip)
    elif meaning.direction is Direction.DOWN and meaning.child is not None:
        edits = move_down(view, pair, meaning.child, text)
        if edits:
            yield Fix(f'Move it into "{meaning.child.name}"', edits)
    elif meaning.owner is view.parent and view.parent is not None and not view.in_list:
        edits = move_up(view, view.parent, pair, text)
        if edits:
            yield Fix(f"Move it to {view.parent.title}", edits)


def _folded(name: str) -> str:
    return name.replace("-", "").replace("_", "").casefold()


RULE = Rule("MFO201", "unknown-key", Severity.ERROR, map_views, check, fix="safe")
