"""Which branch a condition's value takes (dialect section 4, rule 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mfo_runtime.engine.plan import NOWHERE
from mfo_runtime.errors import ConditionFailedError

_MAX_SHOWN = 80


def chosen_branch(value: Any, branches: Sequence[int], path: str) -> int | ConditionFailedError | None:
    """The number of the branch, None for no branch, or the error that the condition fails with.

    Args:
        value: what the expression gave.
        branches: the condition's branches, ``NOWHERE`` for one that leads to no node.
        path: the condition, for the error.
    """
    count = len(branches)
    if value is False and count == 1:
        return None
    if isinstance(value, bool):
        number = 0 if value else 1
    elif isinstance(value, int):
        number = value
    else:
        return ConditionFailedError(f"the expression gave {_shown(value)}, which is no branch", task=path)
    if not 0 <= number < count:
        has = f"{count} branch" if count == 1 else f"{count} branches"
        return ConditionFailedError(f"the expression gave {_shown(value)}, but the condition has {has}", task=path)
    if branches[number] == NOWHERE:
        return ConditionFailedError(f"branch {number} of the condition leads to no node", task=path)
    return number


def _shown(value: Any) -> str:
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case int() if abs(value) < 1 << 63:
            return str(value)
        case int():
            return "a very large number"
        case float():
            return f"the float {value!r}"
        case str():
            return f"the text {value[:_MAX_SHOWN]!r}"
        case list() | tuple():
            return "a list"
        case dict():
            return "a map"
        case _:
            return "a value of another kind"
