"""Making a result fit to leave: bounded in size and depth, lists and maps plain. It knows values only."""

# Values are of any type here; what they are is looked at one by one.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false, reportMissingTypeStubs=false

from __future__ import annotations

from typing import Any

from mfo_dialect.expressions.values import AnyMap
from mfo_dialect.expressions.values.budget import MAX_ITEMS, Budget, Failure
from mfo_dialect.expressions.values.collections import plain_key
from mfo_dialect.expressions.values.printing import print_value

_MAX_DEPTH = 150


def finished(value: Any, budget: Budget) -> Any:
    """The value as it leaves an evaluation: maps with keys of any type get keys of text.

    Raises:
        Failure: it is a function, too large, or nested too deeply.
    """
    if not isinstance(value, (list, dict)):
        return value
    return _copied(value, budget, [MAX_ITEMS], 0)


def _copied(value: Any, budget: Budget, left: list[int], depth: int) -> Any:
    if not isinstance(value, (list, dict)):
        return value
    left[0] -= len(value)
    if left[0] < 0:
        raise Failure("the result is too large")
    if depth >= _MAX_DEPTH:
        raise Failure("the result is nested too deeply")
    if isinstance(value, list):
        return [_copied(item, budget, left, depth + 1) for item in value]
    is_plain = not isinstance(value, AnyMap)
    return {
        (key if is_plain else _text_key(key, budget)): _copied(item, budget, left, depth + 1)
        for key, item in value.items()
    }


def _text_key(key: Any, budget: Budget) -> str:
    plain = plain_key(key)
    return plain if isinstance(plain, str) else print_value(plain, budget)
