"""When what closed documents took is cleared out: not while the client says anything, once for all, and not never."""

import gc

import pytest

from mfo_lsp.server.house import House


class Hours:
    """A clock, and what is to be called when."""

    def __init__(self):
        self.now = 0.0
        self.waiting = []

    def later(self, seconds, call):
        self.waiting.append((self.now + seconds, call))

    def pass_by(self, seconds):
        until = self.now + seconds
        while self.waiting and min(at for at, _ in self.waiting) <= until:
            first = min(self.waiting, key=lambda one: one[0])
            self.waiting.remove(first)
            self.now = first[0]
            first[1]()
        self.now = until


@pytest.fixture
def collected(monkeypatch):
    """The times at which the collector went through all that there is."""
    done = []
    for name in ("freeze", "unfreeze"):
        monkeypatch.setattr(gc, name, lambda: None)
    monkeypatch.setattr(gc, "collect", lambda: done.append(hours.now))
    hours = Hours()
    house = House(hours.later, lambda: hours.now)
    house.is_ours = True
    return house, hours, done


def test_documents_that_are_closed_together_are_cleared_out_once(collected):
    house, hours, done = collected
    for _ in range(10):
        house.note_use()
        house.clear_soon()
    hours.pass_by(10)
    assert done == [1]
    house.clear_soon()
    hours.pass_by(10)
    assert done == [1, 11]


def test_nothing_is_cleared_out_while_somebody_types(collected):
    house, hours, done = collected
    house.clear_soon()
    for _ in range(20):
        house.note_use()
        hours.pass_by(0.4)
    assert done == []
    hours.pass_by(3)
    assert len(done) == 1


def test_nothing_is_cleared_out_while_much_is_built(collected):
    house, hours, done = collected
    house.clear_soon()
    house.is_ours = False  # the thresholds are those of this process
    with house.building():
        house.is_ours = True
        hours.pass_by(5)
        assert done == []
        house.is_ours = False
    hours.pass_by(5)
    assert len(done) == 1


def test_who_never_rests_has_it_cleared_out_all_the_same(collected):
    house, hours, done = collected
    house.clear_soon()
    for _ in range(200):
        house.note_use()
        hours.pass_by(0.5)
    assert len(done) == 1


def test_a_process_that_is_somebody_elses_is_left_alone(collected):
    house, hours, done = collected
    house.is_ours = False
    house.clear_soon()
    hours.pass_by(10)
    assert (done, hours.waiting) == ([], [])
