"""The builtin functions for lists and maps."""

# Values are of any type here; what they are is looked at one by one.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false, reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mfo_dialect.expressions.functions.declaration import ArgumentFault, Function, expect_count, parameter, signature
from mfo_dialect.expressions.functions.loops import in_order
from mfo_dialect.expressions.functions.values import integer_of, list_of, map_of, strict_integer_of
from mfo_dialect.expressions.types import ANY, ANY_MAP, INTEGER, LIST, MAP, TEXT, TEXTS, Type, TypeKind, is_list
from mfo_dialect.expressions.values import AnyMap, NilList, Pair, Pairs, type_name
from mfo_dialect.expressions.values.budget import Budget, Failure
from mfo_dialect.expressions.values.collections import UNHASHABLE, plain_key, stored_key
from mfo_dialect.expressions.values.comparing import equal
from mfo_dialect.expressions.values.printing import sort_keys

_MAX_DEPTH = 150
_PAIR = 2


def _first(_: Budget, items: Any) -> Any:
    return _at(items, 0)


def _last(_: Budget, items: Any) -> Any:
    return _at(items, -1)


def _at(items: Any, index: int) -> Any:
    if isinstance(items, AnyMap):
        return items.get(stored_key(index))
    if isinstance(items, str):
        items = items.encode("utf-8", "replace")
    if isinstance(items, (list, bytes)) and items:
        return items[index]
    return None


def _get(_: Budget, collection: Any, key: Any) -> Any:
    if isinstance(collection, AnyMap):
        if isinstance(key, UNHASHABLE):
            raise Failure(f"{type_name(key)} cannot be a key")
        return collection.get(stored_key(key))
    if isinstance(collection, dict):
        if not isinstance(key, str) and key is not None:
            raise Failure(f"expected a string as key, got {type_name(key)}")
        return collection.get(key or "")
    if isinstance(collection, str):
        collection = collection.encode("utf-8", "replace")
    if isinstance(collection, (list, bytes)):
        index = integer_of(key)
        index += len(collection) if index < 0 else 0
        return collection[index] if 0 <= index < len(collection) else None
    return None


def _take(_: Budget, items: Any, count: Any) -> list[Any]:
    values, most = list_of(items), strict_integer_of(count)
    if most < 0:
        raise Failure(f"cannot take {most} items")
    return values[:most]


def _reverse(budget: Budget, items: Any) -> list[Any]:
    values = list_of(items)
    budget.take(len(values))
    return values[::-1]


def _uniq(budget: Budget, items: Any) -> list[Any]:
    seen: set[Any] = set()
    kept: list[Any] = []
    others: list[Any] = []
    for item in list_of(items):
        if type(item) in {int, float, str, bool}:
            key = (type(item) is bool, item)
            if key in seen:
                continue
            seen.add(key)
        else:
            budget.spend(2 * len(others))
            if any(equal(item, other, budget) for other in others):
                continue
            others.append(item)
        kept.append(item)
    return kept


def _concat(budget: Budget, *lists: Any) -> list[Any]:
    joined: list[Any] = []
    for items in lists:
        joined += list_of(items)
    budget.take(len(joined))
    return joined or NilList()


def _flatten(budget: Budget, items: Any) -> list[Any]:
    flat = _flat(budget, list_of(items), 0)
    budget.take(len(flat))
    return flat


def _flat(budget: Budget, items: list[Any], depth: int) -> list[Any]:
    if depth > _MAX_DEPTH:
        raise Failure("the array is nested too deeply")
    budget.spend(len(items))
    flat: list[Any] = []
    for item in items:
        if isinstance(item, (list, bytes)):
            flat += _flat(budget, list(item), depth + 1)
        else:
            flat.append(item)
    return flat


def _sort(budget: Budget, items: Any, order: Any = "asc") -> list[Any]:
    if order not in {"asc", "desc"}:
        raise Failure('the order is "asc" or "desc"')
    if type(items) not in {list, NilList}:
        return NilList()
    budget.take(len(items))
    return in_order(items, descending=order == "desc")


def _keys(_: Budget, entries: Any) -> list[Any]:
    return [plain_key(key) for key in sort_keys(map_of(entries))]


def _values(_: Budget, entries: Any) -> list[Any]:
    mapping = map_of(entries)
    return [mapping[key] for key in sort_keys(mapping)]


def _to_pairs(_: Budget, entries: Any) -> Pairs:
    mapping = map_of(entries)
    return Pairs(Pair((plain_key(key), mapping[key])) for key in sort_keys(mapping))


def _from_pairs(_: Budget, pairs: Any) -> AnyMap:
    made = AnyMap()
    for pair in list_of(pairs):
        if not isinstance(pair, list) or len(pair) != _PAIR:
            raise Failure("expected pairs of a key and a value")
        key, value = pair
        if isinstance(key, (*UNHASHABLE, bytes)):
            raise Failure(f"{type_name(key)} cannot be a key")
        made[stored_key(key)] = value
    return made


def _one_list(name: str, result: Type) -> Callable[[tuple[Type, ...]], Type]:
    def result_of(arguments: tuple[Type, ...]) -> Type:
        expect_count(arguments, 1)
        if not (arguments[0].is_unknown or is_list(arguments[0])):
            raise ArgumentFault(f"{name} takes an array, got {arguments[0]}")
        return result

    return result_of


def _one_item(name: str) -> Callable[[tuple[Type, ...]], Type]:
    check = _one_list(name, ANY)

    def result_of(arguments: tuple[Type, ...]) -> Type:
        check(arguments)
        [argument] = arguments
        return argument.item or ANY if argument == TEXTS or argument.kind is TypeKind.BYTES else ANY

    return result_of


def _one_map(name: str) -> Callable[[tuple[Type, ...]], Type]:
    def result_of(arguments: tuple[Type, ...]) -> Type:
        expect_count(arguments, 1)
        if not (arguments[0].is_unknown or arguments[0].kind is TypeKind.MAP):
            raise ArgumentFault(f"{name} takes a map, got {arguments[0]}")
        return LIST

    return result_of


def _take_result(arguments: tuple[Type, ...]) -> Type:
    expect_count(arguments, 2)
    items, count = arguments
    if not (items.is_unknown or is_list(items)):
        raise ArgumentFault(f"take takes an array, got {items}")
    if not (
        count.is_unknown or count.is_integer or count.kind in {TypeKind.DURATION, TypeKind.MONTH, TypeKind.WEEKDAY}
    ):
        raise ArgumentFault(f"take takes an integer as count, got {count}")
    return Type(TypeKind.LIST, items.identity, items.item if items.identity else ANY) if is_list(items) else ANY


def _concat_result(arguments: tuple[Type, ...]) -> Type:
    if not arguments:
        raise ArgumentFault("concat needs an argument")
    for argument in arguments:
        if not (argument.is_unknown or is_list(argument)):
            raise ArgumentFault(f"concat takes arrays, got {argument}")
    return LIST


_LIST, _MAP = parameter("array", LIST), parameter("map", MAP)

COLLECTION_FUNCTIONS = (
    Function(
        "first", (signature(ANY, _LIST),), "The first item, or nil.", "first([1, 2]) == 1", _first, _one_item("first")
    ),
    Function("last", (signature(ANY, _LIST),), "The last item, or nil.", "last([1, 2]) == 2", _last, _one_item("last")),
    Function(
        "get",
        (signature(ANY, parameter("collection"), parameter("key")),),
        "The item of that number or the value of that key; nil where there is none.",
        "get([1, 2], 5) == nil",
        _get,
    ),
    Function(
        "take",
        (signature(LIST, _LIST, parameter("count", INTEGER)),),
        "The first items, at most `count`.",
        "take([1, 2, 3], 2) == [1, 2]",
        _take,
        _take_result,
    ),
    Function(
        "reverse",
        (signature(LIST, _LIST),),
        "The items from last to first.",
        "reverse([3, 1]) == [1, 3]",
        _reverse,
        _one_list("reverse", LIST),
    ),
    Function(
        "uniq",
        (signature(LIST, _LIST),),
        "The items, each once.",
        "uniq([1, 2, 1]) == [1, 2]",
        _uniq,
        _one_list("uniq", LIST),
    ),
    Function(
        "concat",
        (signature(LIST, parameter("arrays", LIST, repeats=True)),),
        "The items of all arrays in one.",
        "concat([1], [2]) == [1, 2]",
        _concat,
        _concat_result,
    ),
    Function(
        "flatten",
        (signature(LIST, _LIST),),
        "The items, those of arrays within the array included.",
        "flatten([[1], [2, [3]]]) == [1, 2, 3]",
        _flatten,
        _one_list("flatten", LIST),
    ),
    Function(
        "sort",
        (
            signature(LIST, _LIST, parameter("order", TEXT)),
            signature(LIST, parameter("array", TEXTS), parameter("order", TEXT)),
            signature(LIST, parameter("array", TEXTS)),
            signature(LIST, _LIST),
        ),
        'The items in order, `"asc"` or `"desc"`.',
        "sort([3, 1]) == [1, 3]",
        _sort,
    ),
    Function(
        "keys", (signature(LIST, _MAP),), "The keys of the map.", 'keys({a: 1}) == ["a"]', _keys, _one_map("keys")
    ),
    Function(
        "values",
        (signature(LIST, _MAP),),
        "The values of the map.",
        "values({a: 1}) == [1]",
        _values,
        _one_map("values"),
    ),
    Function(
        "toPairs",
        (signature(LIST, _MAP),),
        "The keys and values of the map, as pairs.",
        'first(toPairs({a: 1}))[0] == "a"',
        _to_pairs,
        _one_map("toPairs"),
    ),
    Function(
        "fromPairs",
        (signature(ANY_MAP, parameter("pairs", LIST)),),
        "The map that pairs of a key and a value make.",
        'fromPairs([["a", 1]]).a == 1',
        _from_pairs,
        _one_list("fromPairs", ANY_MAP),
    ),
)
