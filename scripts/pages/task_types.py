"""The page of the task types, read from the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mfo_dialect.catalogue.error_handling import ERROR_HANDLING
from mfo_dialect.catalogue.task_types import TASK_TYPES, TaskType
from mfo_dialect.catalogue.values import MapType
from mfo_dialect.shapes import Kind, Shape
from scripts.pages.keys import key_table
from scripts.pages.tables import NOTE, OURS, table


def task_types() -> str:
    """The page of all built-in task types."""
    lines = [
        NOTE,
        "# Task types",
        "",
        "Every built-in task type, its `config` and what later tasks may read. What is marked *our choice* is not said",
        "by MFO's own documents. Custom types are declared in the project file; see [the dialect](dialect.md#task-types).",
        "",
        *(f"- [`{one.name}`](#{one.name}): {one.summary}" for one in TASK_TYPES),
    ]
    for task_type in TASK_TYPES:
        lines += ["", *_task_type(task_type)]
    lines += [
        "",
        "## Error handling",
        "",
        "The keys of `error_handling`, on a task or in the config of `mfo_api_chat_send`.",
        "",
        *key_table(ERROR_HANDLING),
    ]
    return "\n".join(lines) + "\n"


def _task_type(task_type: TaskType) -> Iterator[str]:
    yield from (f"## {task_type.name}", "", task_type.summary)
    if task_type.source:
        yield from ("", f"The type, or its shape, is {OURS}.")
    if task_type.older_names:
        yield from ("", f"Older names, deprecated: {', '.join(f'`{name}`' for name in task_type.older_names)}.")
    for names in task_type.config.one_of:
        yield from ("", f"Exactly one of {_names(names)} must be there.")
    for names in task_type.config.at_most_one_of:
        yield from ("", f"At most one of {_names(names)} may be there.")
    if task_type.config.keys:
        yield from ("", "Config:", "", *key_table(task_type.config))
    else:
        yield from ("", "It has no config.")
    if task_type.older_config is not None:
        known = {key.name for key in task_type.config.keys}
        more = tuple(key for key in task_type.older_config.keys if key.name not in known)
        yield from ("", "Under its older names also:", "", *key_table(MapType("config", more)))
    rows = [
        [
            f"`{name}`",
            _shape_word(shape),
            f"Deprecated: read `{shape.deprecated}`." if shape.deprecated else shape.description,
        ]
        for name, shape in task_type.outputs.fields.items()
    ]
    if task_type.outputs.rest is not None:
        rows.append(["*each name*", "any value", ""])
    yield from ("", "Outputs:", "", *table(("output", "value", ""), rows))


def _shape_word(shape: Shape) -> str:
    return "any value" if shape.kind is Kind.ANY else str(shape)


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
