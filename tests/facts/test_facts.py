"""Facts: after any changes, every value is what computing all anew would give, and little is computed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.facts import CircularFactError, FactIndex, Facts, FactTable, Input
from tests.effort import examples


def test_a_fact_is_computed_again_when_what_it_read_has_changed() -> None:
    facts = Facts()
    price, count = facts.input(2), facts.input(3)
    total = facts.derive(lambda: price.get() * count.get(), is_kept=True)
    assert total.get() == 6
    count.set(5)
    assert facts.settle()
    assert (total.get(), list(facts.changed)) == (10, [total])


def test_an_equal_value_stops_there() -> None:
    facts = Facts()
    number = facts.input(2)
    is_even = facts.derive(lambda: number.get() % 2 == 0)
    words = facts.derive(lambda: "even" if is_even.get() else "odd", is_kept=True)
    words.get()
    computed = facts.computed
    number.set(4)
    facts.settle()
    assert (facts.computed - computed, facts.changed) == (1, {})


def test_only_what_was_read_counts() -> None:
    facts = Facts()
    which, one, other = facts.input(0), facts.input("a"), facts.input("b")
    chosen = facts.derive(lambda: one.get() if which.get() == 0 else other.get(), is_kept=True)
    assert chosen.get() == "a"
    computed = facts.computed
    other.set("c")
    facts.settle()
    assert facts.computed == computed
    which.set(1)
    facts.settle()
    assert chosen.get() == "c"


def test_nothing_is_computed_for_who_is_going_to_look_again_anyway() -> None:
    facts = Facts()
    computed: list[tuple[str, ...]] = []
    names: Input[tuple[str, ...]] = facts.input(("a", "b"))
    which = facts.input("a")

    def nearest_of() -> str:
        computed.append(names.get())
        return names.get()[-1]

    nearest = facts.derive(nearest_of)
    words = facts.derive(lambda: nearest.get() if which.get() not in names.get() else "", is_kept=True)
    which.set("c")
    assert words.get() == "b"
    names.set(("a", "c"))
    facts.settle()
    assert (words.get(), computed) == ("", [("a", "b")])
    names.set(("a", "d"))
    facts.settle()
    assert (words.get(), computed) == ("d", [("a", "b"), ("a", "d")])


def test_what_nobody_reads_is_forgotten() -> None:
    facts = Facts()
    number = facts.input(1)
    double = facts.derive(lambda: number.get() * 2)
    kept = facts.derive(double.get, is_kept=True)
    assert kept.get() == 2
    kept.forget()
    assert not number.is_read
    assert double.get() == 2
    assert not number.is_read


def test_many_questions_at_once_compute_each_fact_once() -> None:
    facts = Facts()
    number = facts.input(1)
    double = facts.derive(lambda: number.get() * 2)
    with facts.reading():
        assert (double.get(), double.get(), facts.computed) == (2, 2, 1)
    assert not number.is_read


def test_who_asks_many_things_once_has_nothing_noted_but_what_is_computed() -> None:
    facts = Facts()
    table: FactTable[int, int] = FactTable(facts)
    for key in range(10):
        table.set(key, key)
    total = facts.derive(lambda: sum(table[key] for key in range(5)))
    with facts.reading():
        assert [table.get(key) for key in range(10)] == list(range(10))
        assert (total.get(), facts.frame) == (10, None)
        assert facts.held == {total: None}
        table.set(3, 30)  # whoever was computed hears of it all the same
        facts.settle()
        assert total.get() == 37
    assert (facts.frame, facts.held) == (None, None)


def test_a_failure_is_a_value_that_can_be_mended() -> None:
    facts = Facts()
    divisor = facts.input(0)
    share = facts.derive(lambda: 10 // divisor.get())
    shown = facts.derive(lambda: f"{share.get()}", is_kept=True)
    with pytest.raises(ZeroDivisionError):
        shown.get()
    divisor.set(5)
    facts.settle()
    assert shown.get() == "2"


def test_a_fact_that_needs_itself_says_so() -> None:
    facts = Facts()
    cells: list[Any] = []
    cells.append(facts.derive(lambda: cells[0].get() + 1))
    with pytest.raises(CircularFactError):
        cells[0].get()


def test_what_never_changes_is_computed_once_and_kept() -> None:
    facts = Facts(is_live=False)
    table: FactTable[str, int] = FactTable(facts)
    table.set("a", 20)
    double = facts.derive(lambda: (table.get("a") or 0) * 2)
    more = facts.derive(lambda: double.get() + 2)
    assert (more.get(), more.get(), double.get(), table["a"]) == (42, 42, 40, 20)
    assert facts.frame is None


def test_work_stops_when_there_is_no_time_and_goes_on_later() -> None:
    facts = Facts()
    number = facts.input(1)
    sums = [facts.derive(lambda add=add: number.get() + add, is_kept=True) for add in range(10)]
    for one in sums:
        one.get()
    number.set(2)
    times = iter([True] * 3 + [False])
    assert not facts.settle(lambda: next(times))
    assert len(facts.changed) == 3
    assert facts.settle()
    assert [one.get() for one in sums] == [2 + add for add in range(10)]


def test_a_table_tells_only_who_asked_for_the_name() -> None:
    facts = Facts()
    table: FactTable[str, int] = FactTable(facts)
    table.set("a", 1)
    reads_a = facts.derive(lambda: table.get("a"), is_kept=True)
    reads_b = facts.derive(lambda: table.get("b"), is_kept=True)
    names = facts.derive(lambda: sorted(table), is_kept=True)
    assert (reads_a.get(), reads_b.get(), names.get()) == (1, None, ["a"])
    table.set("a", 2)
    facts.settle()
    assert list(facts.changed) == [reads_a]
    facts.changed.clear()
    table.set("b", 7)
    facts.settle()
    assert set(facts.changed) == {reads_b, names}
    assert (reads_b.get(), names.get()) == (7, ["a", "b"])
    assert (dict(table), table.get("c", 5), list(table.values())) == ({"a": 2, "b": 7}, 5, [2, 7])
    with pytest.raises(KeyError):
        _ = table["c"]


def test_an_index_holds_all_that_have_a_name() -> None:
    facts = Facts()
    index: FactIndex[str, str] = FactIndex(facts)
    index.add("red", "rose")
    index.add("red", "cherry")
    red = facts.derive(lambda: index.get("red"), is_kept=True)
    assert red.get() == ("rose", "cherry")
    index.remove("red", "rose")
    facts.settle()
    assert red.get() == ("cherry",)
    index.remove("red", "cherry")
    facts.settle()
    assert (red.get(), "red" in index, list(index)) == ((), False, [])


@st.composite
def _programs(draw: st.DrawFn) -> tuple[int, list[list[int]], list[tuple[int, int]]]:
    inputs = draw(st.integers(1, 4))
    formulas = draw(st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=4), min_size=1, max_size=12))
    changes = draw(st.lists(st.tuples(st.integers(0, inputs - 1), st.integers(0, 3)), max_size=20))
    return inputs, formulas, changes


@given(_programs(), st.sets(st.integers(0, 11)))
@settings(max_examples=examples(200), deadline=None)
def test_after_any_changes_all_is_as_computed_anew(
    program: tuple[int, list[list[int]], list[tuple[int, int]]], kept: set[int]
) -> None:
    inputs, formulas, changes = program
    facts = Facts()
    cells: list[Any] = [facts.input(0) for _ in range(inputs)]

    def formula(sources: list[Any]) -> int:
        first = sources[0].get()  # what is read depends on what was read
        return (first + sum(source.get() for source in sources[1 : 1 + first])) % 4

    for number, sources in enumerate(formulas):
        read = [cells[source % len(cells)] for source in sources]
        cells.append(facts.derive(lambda read=read: formula(read), is_kept=number in kept))

    def anew(values: list[int]) -> list[int]:
        known = list(values)
        for sources in formulas:
            read = [known[source % len(known)] for source in sources]
            known.append((read[0] + sum(read[1 : 1 + read[0]])) % 4)
        return known

    values = [0] * inputs
    for cell in cells:
        cell.get()
    for number, (which, value) in enumerate(changes):
        values[which] = value
        cells[which].set(value)
        if number % 3:
            facts.settle()
            assert [cell.get() for cell in cells] == anew(values)
    assert [cell.get() for cell in cells] == anew(values)
