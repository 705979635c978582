"""Classes of values: what ``dataclass(frozen=True, slots=True)`` makes, made in a tenth of the time.

The standard library compiles half a dozen methods for each class, at once. A check of one file makes more than a hundred classes,
few of whose methods are ever called, and would spend a third of its time with that. Here methods are closures over the fields, and
``__init__``, which must be quick itself, is compiled when the first value is made.

To all others a record is a dataclass: ``fields``, ``replace``, ``match`` and type checkers take it for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from reprlib import recursive_repr
from typing import Any, TypeVar, dataclass_transform, overload

_T = TypeVar("_T")
_Method = Callable[..., Any]


@overload
def record(cls: type[_T], /) -> type[_T]: ...
@overload
def record(
    *, eq: bool = True, order: bool = False, slots: bool = True, guarded: bool = True
) -> Callable[[type[_T]], type[_T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(
    cls: type[_T] | None = None,
    /,
    *,
    eq: bool = True,
    order: bool = False,
    slots: bool = True,
    guarded: bool = True,
) -> type[_T] | Callable[[type[_T]], type[_T]]:
    """Make a class of values that never change, from its annotated fields.

    Args:
        cls: the class.
        eq: whether values with equal fields are equal; else each is equal to itself alone.
        order: whether values are ordered by their fields, as tuples are.
        slots: whether values have no ``__dict__``; what is worked out of one and kept (``cached_property``) needs one.
        guarded: whether setting a field is refused when it is tried, and not by type checkers alone; without it a value is made
            in half the time, which is felt where thousands are made.
    """

    def decorate(plain: type[_T]) -> type[_T]:
        return _record(plain, eq=eq, order=order, slots=slots, guarded=guarded)

    return decorate if cls is None else decorate(cls)


def _record(plain: type[_T], *, eq: bool, order: bool, slots: bool, guarded: bool) -> type[_T]:
    cls: Any = dataclass(init=False, repr=False, eq=False, slots=slots)(plain)
    methods: dict[str, _Method] = {"__init__": _first_init, "__repr__": _repr}
    if guarded:
        methods |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
    if slots:
        methods |= {"__getstate__": _state, "__setstate__": _set_state}
    if eq:
        methods |= _comparing_methods(tuple(each.name for each in fields(cls) if each.compare), order=order)
    for name, method in methods.items():
        if name not in plain.__dict__:
            setattr(cls, name, method)
    return cls


# Making one


def _first_init(self: object, *arguments: object, **named: object) -> None:
    """Write the ``__init__`` of a class, which takes the place of this one, and call it."""
    owner: Any = next(cls for cls in type(self).__mro__ if cls.__dict__.get("__init__") is _first_init)
    owner.__init__ = _written_init(owner)
    owner.__init__(self, *arguments, **named)


def _written_init(cls: Any) -> _Method:
    """An ``__init__`` that sets each field, past ``__setattr__`` where that refuses."""
    is_guarded = cls.__setattr__ is not object.__setattr__
    known: dict[str, Any] = {"MISSING": MISSING, "set_field": object.__setattr__}
    parameters, lines = ["self"], list[str]()
    for number, each in enumerate(fields(cls)):
        known[f"default{number}"] = _default_of(each)
        if each.init:
            parameters.append(each.name if _is_needed(each) else f"{each.name}={_default_name(each, number)}")
        value = each.name if each.init else f"default{number}"
        if each.default_factory is not MISSING:
            value = f"default{number}()" + (f" if {each.name} is MISSING else {each.name}" if each.init else "")
        slot: Any = getattr(cls, each.name, None)
        if not each.init and _is_needed(each):
            continue  # set by ``__post_init__``, if at all
        if not is_guarded:
            lines.append(f"self.{each.name} = {value}")
        elif hasattr(slot, "__objclass__"):
            known[f"set{number}"] = slot.__set__  # quicker than by name
            lines.append(f"set{number}(self, {value})")
        else:
            lines.append(f"set_field(self, {each.name!r}, {value})")
    lines += ["self.__post_init__()"] if hasattr(cls, "__post_init__") else []
    text = f"def __init__({', '.join(parameters)}):\n " + "\n ".join(lines or ["pass"])
    exec(text, known)  # noqa: S102 - names of fields alone, as the standard library does
    known["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
    return known["__init__"]


def _is_needed(each: Field[Any]) -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def _default_of(each: Field[Any]) -> object:
    return each.default if each.default_factory is MISSING else each.default_factory


def _default_name(each: Field[Any], number: int) -> str:
    return "MISSING" if each.default_factory is not MISSING else f"default{number}"


# What all have in common


@recursive_repr()
def _repr(self: Any) -> str:
    shown = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{self.__class__.__qualname__}({shown})"


def _refuse_to_set(_self: object, name: str, _value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[object]:
    """What pickling keeps."""
    return [getattr(self, each.name) for each in fields(self)]


def _set_state(self: Any, state: Iterable[object]) -> None:
    for each, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)


# Comparing


def _comparing_methods(names: tuple[str, ...], *, order: bool) -> dict[str, _Method]:
    get = _getter(names)

    def equal(self: object, other: object) -> bool:
        return get(self) == get(other) if other.__class__ is self.__class__ else NotImplemented

    def hash_of(self: object) -> int:
        return hash(get(self))

    return {"__eq__": equal, "__hash__": hash_of, **(dict(_ordering_methods(get)) if order else {})}


def _ordering_methods(get: Callable[[Any], tuple[Any, ...]]) -> Iterator[tuple[str, _Method]]:
    def less(self: object, other: object) -> bool:
        return get(self) < get(other) if other.__class__ is self.__class__ else NotImplemented

    def less_or_equal(self: object, other: object) -> bool:
        return get(self) <= get(other) if other.__class__ is self.__class__ else NotImplemented

    def greater(self: object, other: object) -> bool:
        return get(self) > get(other) if other.__class__ is self.__class__ else NotImplemented

    def greater_or_equal(self: object, other: object) -> bool:
        return get(self) >= get(other) if other.__class__ is self.__class__ else NotImplemented

    yield from {"__lt__": less, "__le__": less_or_equal, "__gt__": greater, "__ge__": greater_or_equal}.items()


def _getter(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """The values of some fields as a tuple, however many there are."""
    if len(names) > 1:
        return attrgetter(*names)
    if names:
        get = attrgetter(*names)
        return lambda self: (get(self),)
    return lambda _: ()
