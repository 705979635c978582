"""Two keys of one map exclude each other.

## What it finds

Keys of which one map takes exactly one, or at most one, such as ``prompt`` and ``prompt_template_id``; and error
handling both on a task and in its config, which is a warning.

## Why it matters

Only one of them can count, and a reader cannot tell which.

## Bad

```yaml workflow.yml
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    config:
      prompt_template_id: greeting
      prompt: Say hello
#     ^^^^^^ MFO205 keep one
  - id: again
    type: mfo_api_chat_send
    config: {prompt_template_id: greeting}
```

```yaml prompts.yml
templates:
  greeting:
    user_prompt: Say hello
```

## Good

```yaml workflow.yml
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    config:
      prompt_template_id: greeting
```

```yaml prompts.yml
templates:
  greeting:
    user_prompt: Say hello
```

## Fix

Keep the key that is meant and remove the other one.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Fix, Place, Related, Severity
from mfo_dialect.rules.layout import remove_pair, text_of
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.rules.shape.maps import MapView, has_value, map_views
from mfo_dialect.syntax import Mapping, Pair, follow

_HANDLING = "error_handling"


def check(view: MapView, snapshot: Snapshot) -> Iterator[Report]:
    """Report the keys of one map that exclude each other."""
    told: set[str | None] = set()
    for group in (*view.type.one_of, *view.type.at_most_one_of):
        if sum(name in view.mapping for name in group) <= 1:
            continue
        pairs = [pair for pair in _pairs(view.mapping) if pair.name in group and has_value(view.mapping, pair.name)]
        names = {pair.name for pair in pairs}
        if len(names) > 1 and told.isdisjoint(names):
            told |= names
            yield _report(view, pairs, snapshot)
    if view.type.title == "task":
        yield from _check_handling(view, snapshot)


def _pairs(mapping: Mapping) -> list[Pair]:
    """The pairs that count, in the order in which they are written; a doubled key once."""
    found = {pair.name: pair for pair in reversed(list(mapping.effective_pairs()))}
    return sorted(found.values(), key=lambda pair: pair.key.span.start)


def _report(view: MapView, pairs: list[Pair], snapshot: Snapshot) -> Report:
    names = [f'"{pair.name}"' for pair in pairs]
    message = f"{', '.join(names[:-1])} and {names[-1]} exclude each other in {view.title}: keep one"
    others = (pairs[0], *pairs[2:])
    related = tuple(Related(Place(view.document, pair.key.span), f'"{pair.name}" stands here') for pair in others)
    older_first = sorted((pairs[1], *others), key=lambda pair: not _is_older(view, pair))

    def fixes() -> tuple[Fix, ...]:
        text = text_of(snapshot, view.document)
        edits = ((pair, remove_pair(view.document, view.mapping, pair, text)) for pair in older_first)
        return tuple(Fix(f'Remove "{pair.name}"', (edit,)) for pair, edit in edits if edit is not None)

    return Report(view.document, pairs[1].key.span, message, related, fixes)


def _is_older(view: MapView, pair: Pair) -> bool:
    key = view.keys.get(pair.name or "")
    return key is not None and bool(key.replacement)


def _check_handling(view: MapView, snapshot: Snapshot) -> Iterator[Report]:
    config = view.mapping.get("config")
    own = view.mapping.pair(_HANDLING)
    if not isinstance(config, Mapping) or own is None or not isinstance(follow(own.value), Mapping):
        return
    inner = config.pair(_HANDLING)
    if inner is None or not isinstance(follow(inner.value), Mapping):
        return

    def fixes() -> tuple[Fix, ...]:
        removal = remove_pair(view.document, config, inner, text_of(snapshot, view.document))
        return (Fix("Remove it from config", (removal,)),) if removal is not None else ()

    related = (Related(Place(view.document, own.key.span), "the one that counts"),)
    message = "the task has error_handling too, and that one counts: keep one of the two"
    yield Report(view.document, inner.key.span, message, related, fixes, severity=Severity.WARNING)


RULE = Rule("MFO205", "conflicting-keys", Severity.ERROR, map_views, check, fix="unsafe")
