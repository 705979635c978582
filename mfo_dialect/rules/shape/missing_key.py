"""A map lacks keys that it needs.

## What it finds

Required keys that are not there, all of one map in one finding; groups of which one key must be there; a task without
the ``config`` that its type needs. A workflow file without ``workflow_name`` is a warning.

## Why it matters

The engine cannot run what is not said: which task type, which tool, which prompt.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: store
    #   ^^^^^ MFO202 "config" is missing
    type: mfo_api_memory_store
  - id: again
    type: mfo_api_memory_store
    config:
      key: letter
#     ^^^ MFO202 "value" is missing
```

## Good

```yaml workflow.yml
name: letters
tasks:
  - id: store
    type: mfo_api_memory_store
    config:
      key: letter
      value: a text
```

## Fix

Write the keys. The fix inserts them with values that are to be replaced.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.catalogue.task_types import current_name
from mfo_dialect.catalogue.values import Key, MapType
from mfo_dialect.findings import Edit, Fix, Place, Severity
from mfo_dialect.model.access import text_at
from mfo_dialect.model.kinds import DocumentKind
from mfo_dialect.records import record
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import quoted, replace_text
from mfo_dialect.rules.layout import insert_lines, line_start, text_of
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.rules.shape.maps import (
    Direction,
    MapView,
    has_value,
    is_doubtful,
    is_of_other_shape,
    is_written_twice,
    map_views,
    meaning_of,
    unknown_pairs,
)
from mfo_dialect.rules.shape.placeholders import (
    Placeholder,
    block_lines,
    easiest,
    flow_text,
    needed_keys,
    placeholder_map,
)
from mfo_dialect.suggestions import nearest
from mfo_dialect.syntax import Mapping, Pair, Scalar
from mfo_dialect.text import Span

_WORKFLOW_NAME = "workflow_name"


@record
class _Missing:
    """One thing that a map lacks: a key, or one of several."""

    keys: tuple[Key, ...]

    @property
    def words(self) -> str:
        return " or ".join(f'"{key.name}"' for key in self.keys if not key.replacement)


def _is_empty_workflow(source: Source) -> bool:
    """Whether a file that is a workflow by its name holds nothing at all, or only comments."""
    return source.kind is DocumentKind.WORKFLOW and all(document.root is None for document in source.documents)


def check(view: MapView | Source, snapshot: Snapshot) -> Iterator[Report]:
    """Report what one map lacks, in one finding."""
    if isinstance(view, Source):
        if _is_empty_workflow(view) and not view.tree.problems:
            yield Report(view.key, Span(0, 0), 'this workflow is empty: it needs a "name" and "tasks"')
        return
    if _is_line_of_another(view, snapshot):
        return
    missing = [lack for lack in _missing(view) if not _is_explained(view, lack)]
    if missing and not is_written_twice(view) and not is_doubtful(view.mapping, view.document, snapshot):
        yield _report(view, missing, snapshot)


def _is_line_of_another(view: MapView, snapshot: Snapshot) -> bool:
    """Whether a node is nothing but an id that another node has: its line was written twice, which is told there."""
    if len(view.mapping.pairs) != 1 or view.mapping.pairs[0].name != "id":
        return False
    named = text_at(view.mapping, "id")
    return named is not None and any(named.text in flow.doubled for flow in snapshot.flows)


def _missing(view: MapView) -> Iterator[_Missing]:
    mapping, keys = view.mapping, view.keys
    has_conditions = bool(view.type.needs) or _WORKFLOW_NAME in keys
    for key in keys.values():
        is_needed = key.required or (has_conditions and _is_needed_here(view, key.name))
        if is_needed and key.name not in mapping:
            yield _Missing((key,))
    for group in (*view.type.one_of, *view.type.any_of):
        if not any(name in mapping for name in group):
            yield _Missing(tuple(keys[name] for name in group if name in keys))


def _is_needed_here(view: MapView, name: str) -> bool:
    """Keys that are needed because of what stands beside or around them."""
    if name == _WORKFLOW_NAME:
        return view.type.title == "workflow file"
    return any(needed == name and has_value(view.mapping, key) for key, needed in view.type.needs)


def _is_explained(view: MapView, lack: _Missing) -> bool:
    """Whether another finding tells of the key already: it is misspelt, or stands in the map around or inside."""
    names = {key.name for key in lack.keys}
    if view.parent is None and any(is_of_other_shape(view, pair.name or "") for pair in view.mapping.pairs):
        return True
    for pair in unknown_pairs(view):
        meaning = meaning_of(view, pair.name or "")
        if meaning is None:
            continue
        if meaning.direction is Direction.HERE and meaning.name in names:
            return True
        if meaning.direction is Direction.DOWN and meaning.child is not None and meaning.child.name in names:
            return True
    return _stands_around(view, names) or _stands_inside(view, names)


def _stands_around(view: MapView, names: set[str]) -> bool:
    parent = view.parent
    return parent is not None and any(pair.name in names for pair in unknown_pairs(parent))


def _stands_inside(view: MapView, names: set[str]) -> bool:
    for key in view.keys.values():
        child = view.mapping.get(key.name)
        if isinstance(key.type, MapType) and isinstance(child, Mapping) and key.type.others is None:
            known = {inner.name for inner in key.type.keys}
            if any(pair.name in names and pair.name not in known for pair in child.pairs):
                return True
    return False


def _report(view: MapView, missing: list[_Missing], snapshot: Snapshot) -> Report:
    only_the_name = [key.name for lack in missing for key in lack.keys] == [_WORKFLOW_NAME]
    severity = Severity.WARNING if only_the_name else None
    listed = [lack.words for lack in missing]
    words = listed[0] if len(listed) == 1 else ", ".join(listed[:-1]) + f" and {listed[-1]}"
    verb = "is" if len(listed) == 1 else "are"
    slip = _slip(view, missing)
    hint = f': is it meant by "{slip[0].name}"?' if slip is not None else _what_config_needs(view, missing)
    message = f"{words} {verb} missing in {view.title}{hint}"
    fixes = (_rename(view, *slip),) if slip is not None else lambda: tuple(_fixes(view, missing, snapshot))
    return Report(view.document, _place(view), message, fixes=fixes, severity=severity, missing=tuple(listed))


def _slip(view: MapView, missing: list[_Missing]) -> tuple[Pair, str] | None:
    """In a map that takes any keys, the one that is nearly the only missing key."""
    if view.type.others is None or len(missing) != 1 or len(missing[0].keys) != 1:
        return None
    name = missing[0].keys[0].name
    free = (pair for pair in view.mapping.pairs if pair.name not in view.keys)
    return next(((pair, name) for pair in free if nearest(pair.name or "", (name,))), None)


def _rename(view: MapView, pair: Pair, name: str) -> Fix:
    return replace_text(view.document, pair.key.span, name, f'Change to "{name}"')


def _place(view: MapView) -> Span:
    """The map's id, else its first key, else all of it."""
    named = text_at(view.mapping, "id", "taskflow_id")
    if named is not None and view.parent is not None:
        return named.content_span if named.text else named.span
    if view.mapping.pairs:
        key = view.mapping.pairs[0].key
        return key.content_span if isinstance(key, Scalar) else key.span
    return view.mapping.span


def _what_config_needs(view: MapView, missing: list[_Missing]) -> str:
    config = next((lack.keys[0] for lack in missing if lack.keys[0].name == "config"), None)
    if config is None or not isinstance(config.type, MapType):
        return ""
    listed = [f'"{key.name}"' for key in config.type.keys if key.required]
    listed += [" or ".join(f'"{name}"' for name in _current(config.type, group)) for group in config.type.one_of]
    said = text_at(view.mapping, "type")
    owner = current_name(said.text) if said is not None else view.title
    return f": {owner} needs {', '.join(listed)}"


def _current(map_type: MapType, group: tuple[str, ...]) -> list[str]:
    replaced = {key.name for key in map_type.keys if key.replacement}
    return [name for name in group if name not in replaced]


def _fixes(view: MapView, missing: list[_Missing], snapshot: Snapshot) -> Iterator[Fix]:
    values = _values(view, missing, snapshot)
    if values is None:
        return
    edit = _insertion(view, values, text_of(snapshot, view.document))
    if edit is not None:
        yield Fix("Add " + " and ".join(f'"{name}"' for name in values), (edit,))


def _values(view: MapView, missing: list[_Missing], snapshot: Snapshot) -> dict[str, Placeholder] | None:
    found: dict[str, Placeholder] = {}
    for lack in missing:
        key = easiest(lack.keys)
        special = _known_value(view, key.name, snapshot)
        inner = {key.name: special} if special is not None else placeholder_map((key,))
        if inner is None:
            return None
        found |= inner
    return found


def _known_value(view: MapView, name: str, snapshot: Snapshot) -> str | None:
    match name:
        case "id" | "taskflow_id":
            return _fresh_id(view, snapshot)
        case "type":
            return _guessed_type(view, snapshot)
        case "name" | "workflow_name" if view.parent is None:
            stem = view.document.rsplit("/", 1)[-1].split(".", 1)[0]
            return quoted(stem or "workflow")
        case _:
            return None


def _fresh_id(view: MapView, snapshot: Snapshot) -> str:
    stem = view.type.title.replace(" ", "_")
    taken = {node.id for node in snapshot.nodes} | {flow.taskflow.name for flow in snapshot.flows}
    return next(name for number in range(1, len(taken) + 2) if (name := f"{stem}_{number}") not in taken)


def _guessed_type(view: MapView, snapshot: Snapshot) -> str | None:
    """The only task type that the written config fits."""
    config = view.mapping.get("config")
    if view.type.title == "condition":
        return "expr"
    if view.type.title != "task" or not isinstance(config, Mapping):
        return None
    written = {pair.name for pair in config.pairs}
    fitting = [
        task_type.name
        for task_type in snapshot.bundle.project.all_task_types
        if written <= {key.name for key in task_type.config.keys}
        and all(key.name in written for key in needed_keys(task_type.config) if key.required)
    ]
    return fitting[0] if len(fitting) == 1 else None


_FIRST_KEYS = frozenset({"name", _WORKFLOW_NAME})


def _insertion(view: MapView, values: dict[str, Placeholder], text: str) -> Edit | None:
    mapping = view.mapping
    if not mapping.flow:
        start = mapping.pairs[0].key.span.start if mapping.pairs else -1
        if view.parent is None and values.keys() <= _FIRST_KEYS and line_start(text, start) == start:
            return Edit(Place(view.document, Span(start, start)), "".join(f"{line}\n" for line in block_lines(values)))
        return insert_lines(view.document, mapping, "\n".join(block_lines(values)), text)
    inner = flow_text(values)[1:-1]
    if not mapping.pairs:
        return Edit(Place(view.document, mapping.span), "{" + inner + "}")
    end = mapping.pairs[-1].span.end
    return Edit(Place(view.document, Span(end, end)), f", {inner}")


RULE = Rule("MFO202", "missing-key", Severity.ERROR, (map_views, select.sources), check, fix="unsafe")
