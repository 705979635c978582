"""The project file is wrong.

## What it finds

An ``mfo.toml``, or the ``[tool.mfo]`` table of ``pyproject.toml``, that is not TOML, has a key that there is not,
a value of the wrong type, or a rule that there is not.

## Why it matters

A setting that is misspelt does not count, and nobody notices.

## Bad

```yaml workflow.yml
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    config: {prompt: "Say hello"}
```

```toml mfo.toml
[rules]
  unknown-outputs = "warning"
# ^^^^^^^^^^^^^^^ MFO902 did you mean "unknown-output"
  MFO401 = "hnit"
#          ^^^^^^ MFO902 did you mean "hint"
  [bundel]
#  ^^^^^^ MFO902 did you mean "bundle"
prompts = ["shared/*.yml"]
```

## Good

```yaml workflow.yml
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    config: {prompt: "Say hello"}
```

```toml mfo.toml
[rules]
unknown-output = "warning"
[bundle]
prompts = ["shared/*.yml"]
```

## Fix

Write the key or value that was meant; the nearest ones are named, and the quick
fix of an editor writes them. ``check --fix`` changes no project file for this.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, cast

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.catalogue.config_keys import PROJECT_FILE
from mfo_dialect.catalogue.values import (
    AnyType,
    BooleanType,
    EitherType,
    Format,
    IntegerType,
    ListType,
    MapType,
    NumberType,
    SchemaType,
    TextType,
    ValueType,
    describe,
)
from mfo_dialect.durations import parse_duration
from mfo_dialect.findings import Edit, Fix, Place, Severity
from mfo_dialect.model.project import Project
from mfo_dialect.records import record
from mfo_dialect.rules import select
from mfo_dialect.rules.choosing import rule_names, selectors
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import did_you_mean, nearest

Path = tuple[str | int, ...]


@record
class _Wrong:
    """A mistake.

    Attributes:
        path: of what it is about.
        message: words.
        is_value: whether it is about the value there, or about the key.
        meant: what may have been meant.
    """

    path: Path
    message: str
    is_value: bool = True
    meant: str = ""


def check(bundle: Bundle, _snapshot: Snapshot) -> Iterator[Report]:
    """Report what is wrong with the bundle's project file."""
    project = bundle.project
    if project.toml is None:
        return
    if project.problem is not None:
        yield Report(project.document, project.problem.span, project.problem.message)
        return
    for wrong in (*_check(project.data, PROJECT_FILE, ()), *_check_rules(project)):
        place = project.value_of(*wrong.path) if wrong.is_value else project.place_of(*wrong.path)
        yield Report(project.document, place, wrong.message, fixes=partial(_fixes, wrong, project))


def _fixes(wrong: _Wrong, project: Project) -> tuple[Fix, ...]:
    """Write what may have been meant; nothing where the mistake's own place is not found."""
    toml = project.toml
    places = toml.places if toml is not None else None
    path = (*project.table, *wrong.path)
    if not wrong.meant or places is None:
        return ()
    if wrong.is_value:
        spans, text = [places.values[path]] if path in places.values else [], json.dumps(wrong.meant)
    else:
        spans, text = places.keys.get(tuple(map(str, path)), []), wrong.meant
    edits = tuple(Edit(Place(project.document, span), text) for span in spans)
    return (Fix(f'Change to "{wrong.meant}"', edits),) if edits else ()


def _check_rules(project: Project) -> Iterator[_Wrong]:
    from mfo_dialect.rules import RULES  # noqa: PLC0415 - the list holds this rule

    known = rule_names(RULES)
    for name in project.section("rules"):
        if name not in known:
            words = f'there is no rule "{name}"{did_you_mean(name, known)}'
            yield _Wrong(("rules", name), words, is_value=False, meant=_meant(name, known))
    for key in ("select", "ignore"):
        written = project.section("check").get(key)
        for place, selector in enumerate(cast("list[Any]", written) if isinstance(written, list) else ()):
            if isinstance(selector, str) and selector and selector not in selectors(RULES):
                words = f'there is no rule, family or tag "{selector}"{did_you_mean(selector, selectors(RULES))}'
                yield _Wrong(("check", key, place), words, meant=_meant(selector, selectors(RULES)))


def _meant(wrong: str, names: Iterable[str]) -> str:
    return next(iter(nearest(wrong, names)), "")


def _check(value: Any, value_type: ValueType, path: Path) -> Iterator[_Wrong]:
    if not _fits(value, value_type):
        yield _Wrong(path, f'"{_name(path) or "the file"}" must be {describe(value_type)}')
        return
    match value_type:
        case MapType():
            yield from _check_table(cast("Mapping[str, Any]", value), value_type, path)
        case ListType(item=item):
            for place, one in enumerate(cast("list[Any]", value)):
                yield from _check(one, item, (*path, place))
        case TextType(choices=choices) if choices and value not in choices:
            words = f'"{value}" is not {describe(value_type)}{did_you_mean(value, choices)}'
            yield _Wrong(path, words, meant=_meant(value, choices))
        case TextType(format=Format.DURATION) if parse_duration(value) is None:
            yield _Wrong(path, f'"{value}" is not {describe(value_type)}')
        case TextType(non_empty=True) if not value.strip():
            yield _Wrong(path, f'"{_name(path)}" is empty')
        case _:
            return


def _name(path: Path) -> str:
    """The last key of a path."""
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _check_table(table: Mapping[str, Any], map_type: MapType, path: Path) -> Iterator[_Wrong]:
    keys = {key.name: key for key in map_type.keys}
    for name, value in table.items():
        key = keys.get(name)
        value_type = key.type if key is not None else map_type.others
        if value_type is None:
            words = f'{map_type.title} has no key "{name}"{did_you_mean(name, keys)}'
            yield _Wrong((*path, name), words, is_value=False, meant=_meant(name, keys))
        else:
            yield from _check(value, value_type, (*path, name))
    for key in keys.values():
        if key.required and key.name not in table:
            yield _Wrong(path, f'{map_type.title} needs the key "{key.name}"', is_value=False)


def _fits(value: object, value_type: ValueType) -> bool:
    match value_type:
        case MapType():
            return isinstance(value, Mapping)
        case SchemaType():
            return isinstance(value, Mapping | bool)
        case ListType():
            return isinstance(value, list)
        case TextType():
            return isinstance(value, str)
        case IntegerType(minimum=least):
            return isinstance(value, int) and not isinstance(value, bool) and (least is None or value >= least)
        case NumberType(minimum=least):
            return isinstance(value, int | float) and not isinstance(value, bool) and (least is None or value >= least)
        case BooleanType():
            return isinstance(value, bool)
        case EitherType(options=options):
            return any(_fits(value, option) for option in options)
        case AnyType():
            return True


RULE = Rule("MFO902", "invalid-project-file", Severity.ERROR, select.whole_bundle, check, fix="unsafe")
