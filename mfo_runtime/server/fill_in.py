"""Fills an event into the texts of an action: ``${event.job.id}`` becomes the id of the event's job.

These are texts for the server (dialect section 6): only ``event`` is a root here, and no expression is evaluated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

_REFERENCE = re.compile(r"\$\{\s*event((?:\.[A-Za-z0-9_-]+)+)\s*\}")
_MAX_DEPTH = 50


def fill_in(template: Any, event: Mapping[str, Any], depth: int = 0) -> Any:
    """The same value with every reference replaced: alone in a text it keeps its type, inside a text it becomes text.

    A path that leads nowhere is null, which inside a text is nothing at all.
    """
    if depth > _MAX_DEPTH:
        return template
    match template:
        case str():
            alone = _REFERENCE.fullmatch(template.strip())
            return _look_up(event, alone[1]) if alone else fill_in_text(template, event)
        case dict():
            items = cast("dict[str, Any]", template).items()
            return {key: fill_in(value, event, depth + 1) for key, value in items}
        case list():
            return [fill_in(value, event, depth + 1) for value in cast("list[Any]", template)]
        case _:
            return template


def fill_in_text(template: str, event: Mapping[str, Any]) -> str:
    """The text with every reference replaced by its value's text."""
    return _REFERENCE.sub(lambda reference: _text(_look_up(event, reference[1])), template)


def fill_in_body(template: str, event: Mapping[str, Any]) -> str:
    """The body of a request: where the template is JSON the result is too, whatever the event's texts contain."""
    try:
        document = json.loads(template)
    except (ValueError, RecursionError):
        return fill_in_text(template, event)
    return json.dumps(fill_in(document, event), ensure_ascii=False)


def _look_up(event: Mapping[str, Any], path: str) -> Any:
    value: Any = event
    for name in path.split(".")[1:]:
        match value:
            case dict():
                value = cast("dict[str, Any]", value).get(name)
            case list() if name.isdecimal():
                items = cast("list[Any]", value)
                value = items[int(name)] if len(name) < 10 and int(name) < len(items) else None  # noqa: PLR2004 - digits of any index
            case _:
                return None
    return value


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
