"""The database's transactions, and the claims of the workers."""

from __future__ import annotations

import threading

import pytest

from mfo_runtime.server.database import Database
from mfo_runtime.server.identifiers import Dates, Identifiers
from mfo_runtime.server.rows import jobs
from mfo_runtime.server.store import Store


@pytest.fixture
def database(tmp_path):
    opened = Database(tmp_path / "server.db")
    yield opened
    opened.close()


def counters(database):
    return [row["name"] for row in database.rows("SELECT name FROM counters ORDER BY name")]


def add(database, name):
    database.write("INSERT INTO counters VALUES (?, 0)", (name,))


def test_a_transaction_that_fails_writes_nothing_and_calls_nobody_back(database):
    called = []

    def fail():
        with database.transaction():
            add(database, "outer")
            with database.transaction():
                add(database, "inner")
                database.after_commit(lambda: called.append("failed"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert counters(database) == []
    with database.transaction():
        add(database, "next")
        database.after_commit(lambda: called.append(counters(database)))
        assert called == []
    assert called == [["next"]]


def test_a_transaction_is_not_seen_by_other_connections_until_it_ends(database, tmp_path):
    other = Database(tmp_path / "server.db")
    with database.transaction():
        add(database, "written")
        assert counters(other) == []
    assert counters(other) == ["written"]
    other.close()


def test_threads_take_turns(database):
    def write(number):
        for count in range(20):
            with database.transaction():
                add(database, f"{number} {count}")
                assert database.row("SELECT 1 FROM counters WHERE name = ?", (f"{number} {count}",))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counters(database)) == 80


class TestClaims:
    @pytest.fixture
    def store(self, database):
        return Store(database, Identifiers(database, 1), Dates(lambda: 0.0), 100)

    def test_each_job_is_claimed_once_and_in_order(self, store):
        made = [jobs.insert(store, "echo", number, {})["id"] for number in range(3)]
        assert [jobs.claim(store, worker) for worker in ("a", "b", "a", "b")] == [*made, None]

    def test_only_the_worker_that_holds_a_job_ends_it(self, store):
        job = jobs.insert(store, "echo", 1, {})["id"]
        jobs.claim(store, "slow")
        jobs.release(store, "slow")
        jobs.claim(store, "quick")
        assert jobs.finish(store, job, "slow", "late", "") is None
        assert jobs.finish(store, job, "quick", "in time", "")["result"] == "in time"
        assert jobs.finish(store, job, "quick", "twice", "") is None

    def test_a_cancelled_job_stays_cancelled(self, store):
        job = jobs.insert(store, "echo", 1, {})["id"]
        jobs.claim(store, "worker")
        assert jobs.cancel(store, job) is True
        assert jobs.finish(store, job, "worker", "late", "") is None
        assert jobs.cancel(store, job) is False
        assert jobs.fetch(store, job)["status"] == "cancelled"
