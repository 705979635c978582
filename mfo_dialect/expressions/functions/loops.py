"""The builtin functions that take a predicate: an expression evaluated for each item of a list."""

# Values are of any type here; what they are is looked at one by one.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false, reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cmp_to_key
from typing import Any

from mfo_dialect.expressions.functions.declaration import Function, Parameter, parameter, signature
from mfo_dialect.expressions.types import ANY, ANY_MAP, BOOLEAN, INTEGER, LIST, NUMBER, TEXT, Type
from mfo_dialect.expressions.values import Groups, NilList, Pair, Pairs, type_name
from mfo_dialect.expressions.values.arithmetic import add
from mfo_dialect.expressions.values.budget import Budget, Failure
from mfo_dialect.expressions.values.collections import UNHASHABLE, stored_key
from mfo_dialect.expressions.values.comparing import less

NO_ITEM = object()
_ALIKE = frozenset({str, int})
_LISTS = frozenset({list, NilList, Pair, Pairs})


class Loop:
    """One pass over the items of a list; what ``#``, ``#index`` and ``#acc`` mean while it runs.

    Attributes:
        items: what is passed over.
        index: the number of the current item, from 0.
        item: the current item; ``NO_ITEM`` where what is passed over has a length and no items.
        accumulator: what ``reduce`` has so far.
    """

    __slots__ = ("_budget", "_cost", "_evaluate", "accumulator", "index", "item", "items")

    def __init__(self, collection: Any, evaluate: Callable[[], Any], budget: Budget, cost: int) -> None:
        """Pass over ``collection``; ``evaluate`` gives the predicate's value for the current item, at ``cost`` steps."""
        self.items: list[Any] = _items(collection)
        self.index = 0
        self.item: Any = None
        self.accumulator: Any = None
        self._evaluate = evaluate
        self._budget = budget
        self._cost = cost

    def current(self) -> Any:
        """The current item.

        Raises:
            Failure: there is none to be had.
        """
        if self.item is NO_ITEM:
            raise Failure("the items of a map have no numbers; use keys() or values()")
        return self.item

    def values(self) -> Iterator[Any]:
        """The predicate's value for each item."""
        for index, item in enumerate(self.items):
            yield self._value(index, item)

    def values_backwards(self) -> Iterator[Any]:
        """The predicate's value for each item, the last first."""
        for index in range(len(self.items) - 1, -1, -1):
            yield self._value(index, self.items[index])

    def value_at(self, index: int) -> Any:
        """The predicate's value for the item of that number."""
        return self._value(index, self.items[index])

    def _value(self, index: int, item: Any) -> Any:
        self.index = index
        self.item = item
        self._budget.steps -= self._cost
        if self._budget.steps < 0:
            self._budget.spend(0)
        return self._evaluate()

    def take(self, items: int) -> None:
        """Count new items against the budget."""
        self._budget.take(items)

    def plus(self, left: Any, right: Any) -> Any:
        """The sum of two values."""
        return add(left, right, self._budget)


def _items(collection: Any) -> list[Any]:
    if type(collection) in _LISTS:
        return collection
    if isinstance(collection, bytes):
        return list(collection)
    if isinstance(collection, str):
        return list(collection.encode("utf-8", "replace"))
    if isinstance(collection, dict):
        return [NO_ITEM] * len(collection)
    raise Failure(f"expected an array, got {type_name(collection)}")


def _holds(value: Any) -> bool:
    if value is True or value is False:
        return value
    raise Failure(f"the predicate gives {type_name(value)}, not a boolean")


def _all(loop: Loop) -> bool:
    return all(_holds(value) for value in loop.values())


def _any(loop: Loop) -> bool:
    return any(_holds(value) for value in loop.values())


def _none(loop: Loop) -> bool:
    return not any(_holds(value) for value in loop.values())


def _one(loop: Loop) -> bool:
    return _count(loop) == 1


def _count(loop: Loop, enough: int | None = None) -> int:
    found = 0
    for value in loop.values():
        if _holds(value):
            found += 1
            if found == enough:
                break
    return found


def _filter(loop: Loop) -> list[Any]:
    found = [loop.current() for value in loop.values() if _holds(value)]
    loop.take(len(found))
    return found


def _map(loop: Loop) -> list[Any]:
    loop.take(len(loop.items))
    return list(loop.values())


def _sum(loop: Loop) -> Any:
    total: Any = 0
    for value in loop.values():
        total = loop.plus(value, total)
    return total


def _find(loop: Loop, *, must: bool = False) -> Any:
    return _first(loop, loop.values(), must=must)


def _find_last(loop: Loop, *, must: bool = False) -> Any:
    return _first(loop, loop.values_backwards(), must=must)


def _first(loop: Loop, values: Iterator[Any], *, must: bool) -> Any:
    for value in values:
        if _holds(value):
            return loop.current()
    if must:
        raise Failure("no item fits, so there is none to take")
    return None


def _find_index(loop: Loop) -> int | None:
    return next((loop.index for value in loop.values() if _holds(value)), None)


def _find_last_index(loop: Loop) -> int | None:
    return next((loop.index for value in loop.values_backwards() if _holds(value)), None)


def _group_by(loop: Loop) -> Groups:
    groups = Groups()
    for key in loop.values():
        if isinstance(key, (*UNHASHABLE, bytes)):
            raise Failure(f"{type_name(key)} cannot be the key of a group")
        groups.setdefault(stored_key(key), []).append(loop.current())
    return groups


def _sort_by(loop: Loop, order: Any = "asc") -> list[Any]:
    if order not in {"asc", "desc"}:
        raise Failure('the order is "asc" or "desc"')
    keyed = [(value, loop.current()) for value in loop.values()]
    loop.take(len(keyed))
    return [item for _, item in in_order(keyed, first_of=True, descending=order == "desc")]


def in_order(values: list[Any], *, first_of: bool = False, descending: bool = False) -> list[Any]:
    """The values sorted, of pairs by their first with ``first_of``; equal ones keep their order.

    Raises:
        Failure: two of them have no order.
    """
    keys = {type(value[0] if first_of else value) for value in values}
    if len(keys) == 1 and keys <= _ALIKE:
        return sorted(values, key=(lambda pair: pair[0]) if first_of else None, reverse=descending)

    def compare(left: Any, right: Any) -> int:
        one, two = (left[0], right[0]) if first_of else (left, right)
        return -1 if less(one, two) else int(less(two, one))

    return sorted(values, key=cmp_to_key(compare), reverse=descending)


NOTHING = object()


def _reduce(loop: Loop, initial: Any = NOTHING) -> Any:
    items = loop.items
    start = 0
    if initial is NOTHING:
        if not items:
            raise Failure("reduce of an empty array needs an initial value")
        loop.item = items[0]
        initial, start = loop.current(), 1
    loop.accumulator = initial
    for index in range(start, len(items)):
        loop.accumulator = loop.value_at(index)
    return loop.accumulator


_LIST = parameter("array", LIST)


def _predicate(name: str = "predicate", *, optional: bool = False) -> Parameter:
    return Parameter(name, ANY, optional, is_predicate=True)


def _looping(
    name: str, result: Type, documentation: str, example: str, implementation: Callable[..., Any], *more: Parameter
) -> Function:
    parameters = more if any(one.is_predicate for one in more) else (_predicate(), *more)
    return Function(name, (signature(result, _LIST, *parameters),), documentation, example, implementation)


_DOC_ITEM = "`#` is the item, `.field` its field."

LOOP_FUNCTIONS = (
    _looping(
        "all", BOOLEAN, f"Whether the predicate holds for every item. {_DOC_ITEM}", "all([1, 2], # > 0) == true", _all
    ),
    _looping(
        "any", BOOLEAN, f"Whether the predicate holds for an item. {_DOC_ITEM}", "any([1, 2], # > 1) == true", _any
    ),
    _looping("one", BOOLEAN, f"Whether it holds for exactly one item. {_DOC_ITEM}", "one([1, 2], # > 1) == true", _one),
    _looping(
        "none", BOOLEAN, f"Whether the predicate holds for no item. {_DOC_ITEM}", "none([1, 2], # > 2) == true", _none
    ),
    _looping(
        "filter",
        LIST,
        f"The items for which the predicate holds. {_DOC_ITEM}",
        "filter(0..4, # % 2 == 0) == [0, 2, 4]",
        _filter,
    ),
    _looping(
        "map",
        LIST,
        f"The value of the expression for each item. {_DOC_ITEM} `#index` is its number.",
        "map([1, 2], # * 2) == [2, 4]",
        _map,
        _predicate("expression"),
    ),
    _looping(
        "find", ANY, f"The first item for which it holds, or nil. {_DOC_ITEM}", "find([1, 2, 3], # > 1) == 2", _find
    ),
    _looping(
        "findIndex",
        INTEGER,
        f"The number of the first item for which it holds, or nil. {_DOC_ITEM}",
        "findIndex([1, 2, 3], # > 1) == 1",
        _find_index,
    ),
    _looping(
        "findLast",
        ANY,
        f"The last item for which it holds, or nil. {_DOC_ITEM}",
        "findLast([1, 2, 3], # > 1) == 3",
        _find_last,
    ),
    _looping(
        "findLastIndex",
        INTEGER,
        f"The number of the last item for which it holds, or nil. {_DOC_ITEM}",
        "findLastIndex([1, 2, 3], # > 1) == 2",
        _find_last_index,
    ),
    _looping(
        "count",
        INTEGER,
        f"For how many items the predicate holds; without one, how many items are true. {_DOC_ITEM}",
        "count([1, 2, 3], # > 1) == 2",
        _count,
        _predicate(optional=True),
    ),
    _looping(
        "sum",
        NUMBER,
        f"The sum of the items, or of the expression's value for each. {_DOC_ITEM}",
        "sum([1, 2, 3]) == 6",
        _sum,
        _predicate("expression", optional=True),
    ),
    _looping(
        "groupBy",
        ANY_MAP,
        f"A map from each value of the expression to the items that have it. {_DOC_ITEM}",
        'groupBy([{name: "a"}], .name).a == [{name: "a"}]',
        _group_by,
        _predicate("expression"),
    ),
    _looping(
        "sortBy",
        LIST,
        f'The items in the order of the expression\'s values, `"asc"` or `"desc"`. {_DOC_ITEM}',
        "sortBy([3, 1], #) == [1, 3]",
        _sort_by,
        _predicate("expression"),
        parameter("order", TEXT, optional=True),
    ),
    _looping(
        "reduce",
        ANY,
        "One value from all items: `#` is the item, `#acc` the value so far, `#index` the item's number. Without an "
        "initial value the first item is one.",
        "reduce(1..4, #acc + #, 0) == 10",
        _reduce,
        _predicate("expression"),
        parameter("initial", ANY, optional=True),
    ),
)
