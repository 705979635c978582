"""An index whose parts come, go and say other keys: what it gives is what asking all of them anew would give."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfo_dialect.analysis.live_index import LiveIndex
from mfo_dialect.facts import Facts


class Parts:
    """Parts are numbers, which stand in their order; each says keys."""

    def __init__(self) -> None:
        self.keys: dict[int, tuple[str, ...]] = {}
        self.places = 0
        self.index: LiveIndex[int] = LiveIndex(Facts(), lambda part: self.keys[part], self.place, {})

    def place(self, part: int) -> int:
        self.places += 1
        return part

    def say(self, part: int, *keys: str) -> None:
        self.keys[part] = keys
        self.index.ask(part)

    def drop(self, part: int) -> None:
        del self.keys[part]
        self.index.drop(part)

    def saying(self, key: str) -> tuple[int, ...]:
        return tuple(part for part in sorted(self.keys) if key in self.keys[part])


@pytest.mark.parametrize("most", [12, 60])
@given(seed=st.integers(0, 2**40))
def test_a_key_gives_the_parts_that_say_it_in_their_order(most: int, seed: int) -> None:
    chance, parts = random.Random(seed), Parts()
    for _ in range(3 * most):
        part = chance.randrange(most)
        if part in parts.keys and chance.random() < 0.3:
            parts.drop(part)
        else:
            parts.say(part, *chance.choices("aab", k=chance.randrange(4)))
        key = chance.choice("ab")
        assert parts.index.get(key) == parts.saying(key)
        assert parts.index.count(key) == sum(said.count(key) for said in parts.keys.values())
        firsts = [parts.saying(key)[0] for key in parts.index]
        assert firsts == sorted(firsts)
        assert {*parts.index} == {*"".join(map("".join, parts.keys.values()))}


def test_what_many_parts_say_takes_no_more_of_each_than_what_few_say() -> None:
    parts = Parts()
    for part in range(500):
        parts.say(part, "same", f"own {part}")
    assert parts.places < 3 * 500
    assert parts.index.get("same") is parts.index.get("same")
