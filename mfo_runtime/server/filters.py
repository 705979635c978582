"""Filters of event triggers, in the dialect's expression language (dialect section 7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mfo_runtime.server.failures import invalid


def check_filter(text: str) -> None:
    """See that a filter can be read.

    Raises:
        ApiError: it cannot, with what is wrong and where.
    """
    raise invalid(f"filters cannot be evaluated by this server: {text[:40]}", "filter")


def passes(text: str, event: Mapping[str, Any]) -> bool:
    """Whether an event passes a filter.

    Raises:
        ValueError: the filter has no boolean result for this event; the message says why.
    """
    raise ValueError(f"filters cannot be evaluated by this server: {text[:40]} ({len(event)} names)")


def meets(condition: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether an event has, at each dotted path of a condition, the value that stands there."""
    return all(_at(event, path) == expected for path, expected in condition.items())


def _at(event: Mapping[str, Any], path: str) -> Any:
    value: Any = event
    for name in path.split("."):
        if not isinstance(value, Mapping) or name not in value:
            return None
        value = value[name]  # pyright: ignore[reportUnknownVariableType]
    return value  # pyright: ignore[reportUnknownVariableType]
