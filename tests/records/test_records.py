"""A record is what the standard library's dataclass would be."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field, fields, is_dataclass, replace
from functools import cached_property
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfo_dialect.records import record


class _Point:
    """A place."""

    x: int
    y: int = 7
    tags: list[str] = field(default_factory=list[str])
    note: str = field(default="", compare=False, repr=False)
    kept: dict[str, int] = field(default_factory=dict[str, int], init=False, repr=False, compare=False)


def _named(cls: Any, name: str) -> Any:
    """A class of its own, as decorators change the one that they are given."""
    own = {key: value for key, value in vars(cls).items() if key not in {"__dict__", "__weakref__"}}
    return type(name, (), {**own, "__qualname__": name, "__module__": __name__})


Record: Any = record(_named(_Point, "Record"))
Standard: Any = dataclass(frozen=True, slots=True)(_named(_Point, "Standard"))


@record
class Only:
    """One field."""

    value: float


@record(order=True)
class Ordered:
    """Ordered by its fields."""

    first: int
    second: str


@record(eq=False, slots=False)
class Apart:
    """Equal to itself alone; keeps what follows."""

    value: int

    @cached_property
    def double(self) -> int:
        """Twice the value."""
        return 2 * self.value


@record
class Checked:
    """Looks at itself once made."""

    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("upside down")


@record(guarded=False)
class Unguarded:
    """Of which thousands are made."""

    x: int
    y: int = 7
    tags: list[str] = field(default_factory=list[str])


arguments = st.tuples(
    st.integers(0, 3), st.integers(0, 3), st.lists(st.sampled_from("ab"), max_size=2), st.text(max_size=2)
)


@given(arguments, arguments)
def test_it_compares_and_shows_as_a_dataclass_does(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    ours, theirs = (Record(*one), Record(*other)), (Standard(*one), Standard(*other))
    assert (ours[0] == ours[1]) == (theirs[0] == theirs[1])
    assert repr(ours[0]) == repr(theirs[0]).replace("Standard", "Record")
    assert ours[0] != theirs[0]


@pytest.mark.parametrize("make", [Record, Standard])
def test_fields_have_their_defaults_and_factories(make: Callable[..., Any]) -> None:
    one, other = make(1), make(y=2, x=1, note="n")
    assert (one.x, one.y, one.tags, one.note, one.kept) == (1, 7, [], "", {})
    assert (other.y, other.note) == (2, "n")
    assert one.tags is not other.tags
    assert one.kept is not make(1).kept
    for wrong in ((), (1, 2, [], "", {}), ("a", "b", "c", "d", "e", "f")):
        with pytest.raises(TypeError):
            make(*wrong)
    with pytest.raises(TypeError):
        make(1, kept={})


def test_it_never_changes() -> None:
    one = Record(1)
    with pytest.raises(FrozenInstanceError):
        one.x = 2
    with pytest.raises(FrozenInstanceError):
        del one.x
    with pytest.raises(FrozenInstanceError):
        one.unknown = 2
    assert one.x == 1


def test_it_is_a_dataclass_to_others() -> None:
    one = Only(1.5)
    assert is_dataclass(one)
    assert [each.name for each in fields(one)] == ["value"]
    assert replace(Ordered(1, "a"), second="b") == Ordered(1, "b")
    match Ordered(1, "a"):
        case Ordered(first, second):
            assert (first, second) == (1, "a")


def test_hashes_follow_equality() -> None:
    assert hash(Ordered(1, "a")) == hash(Ordered(1, "a"))
    assert len({Ordered(1, "a"), Ordered(1, "a"), Ordered(1, "b")}) == 2
    assert len({Apart(1), Apart(1)}) == 2
    nothing = float("nan")
    assert Only(nothing) == Only(nothing), "as tuples compare"


def test_order_is_that_of_tuples() -> None:
    values = [Ordered(2, "a"), Ordered(1, "b"), Ordered(1, "a")]
    assert sorted(values) == [Ordered(1, "a"), Ordered(1, "b"), Ordered(2, "a")]
    assert Ordered(1, "a") <= Ordered(1, "a") < Ordered(1, "b") >= Ordered(1, "b") > Ordered(1, "a")
    with pytest.raises(TypeError):
        assert Only(1) < Only(2)  # type: ignore[operator]


@pytest.mark.parametrize("value", [Only(2), Ordered(1, "a"), Apart(3), Checked(1, 2)])
def test_it_can_be_copied_and_sent_to_other_processes(value: Any) -> None:
    for twin in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert repr(twin) == repr(value)


def test_what_follows_is_kept_where_there_is_room() -> None:
    assert Apart(4).double == 8
    assert not hasattr(Only(1), "__dict__")


def test_a_class_may_look_at_its_values() -> None:
    assert Checked(1, 2).high == 2
    with pytest.raises(ValueError, match="upside down"):
        Checked(2, 1)


def test_a_record_of_a_record_has_the_fields_of_both() -> None:
    @record
    class Named(Only):
        """With a name."""

        name: str = "n"

    assert repr(Named(1)).endswith("Named(value=1, name='n')")
    assert (Only(1), Named(2, "m")) == (Only(1), Named(2, "m"))
    assert Named(1) != Only(1)


def test_a_record_without_a_guard_is_as_any_other() -> None:
    value = Unguarded(1, tags=["a"])
    assert repr(value) == "Unguarded(x=1, y=7, tags=['a'])"
    assert value == Unguarded(1, 7, ["a"])
    assert replace(value, y=8) == Unguarded(1, 8, ["a"])
    assert pickle.loads(pickle.dumps(value)) == copy.deepcopy(value) == value
    assert Unguarded(1).tags is not Unguarded(1).tags
    assert not hasattr(value, "__dict__")
