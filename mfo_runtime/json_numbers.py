"""What counts as a number in data that comes as JSON or YAML: true and false do not, though they are Python's numbers."""

from __future__ import annotations

from typing import TypeGuard


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a number, whole or not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_whole_number(value: object) -> TypeGuard[int]:
    """Whether a value is a whole number, written as one."""
    return isinstance(value, int) and not isinstance(value, bool)
