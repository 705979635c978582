"""The journal's file: what is in it, who may write to it, how long it is kept, and what is said when it cannot be used."""

from __future__ import annotations

import asyncio
import dataclasses
import multiprocessing
import os
import sqlite3
from contextlib import closing

import pytest

from mfo_runtime.errors import InvalidInputError, JournalError, NotResumableError, RunHeldError
from mfo_runtime.journal import JOURNAL_FILE, Definition, Event, Fired, Firing, Journal, NewRun, Retention, RunEnd
from mfo_runtime.journal.tables import STEPS
from tests.effort import PATIENCE

DAY = 24 * 3600.0


def new_run(name="run-1", *, started_at=1000.0, texts=None):
    return NewRun(name, "t", "/room/w.yml", Definition(texts or {"/room/w.yml": "name: t"}), "{}", started_at)


async def kept(log, *events):
    for event in events:
        log.add(event)
    await done(log.commit())


async def done(committing):
    if committing is not None:
        await committing


MANY = 300
"""Events that are not written on the thread that asks."""


def count(folder, table):
    with closing(sqlite3.connect(folder / JOURNAL_FILE)) as connection:
        return connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]


async def test_events_come_back_in_order_and_long_values_stand_once(tmp_path):
    long = '"' + "x" * 100_000 + '"'
    events = [
        Event(1.5, "running", "a", 1),
        Event(2.5, "succeeded", "a", 1, 1.0, long, {"usage": {"total_tokens": 3}}),
        Event(3.5, "succeeded", "b", 2, 0.5, long),
    ]
    with Journal(tmp_path) as journal:
        log = journal.begin(new_run())
        await kept(log, *events[:1])
        await kept(log, *events[1:])
        log.close()
        run = journal.find("run-1")
        assert list(journal.events(run)) == events
        assert journal.definition(run) == Definition({"/room/w.yml": "name: t"})
    assert count(tmp_path, "contents") == 3  # a text, the list of texts, and the value
    assert (tmp_path / JOURNAL_FILE).stat().st_mode & 0o777 == 0o600


async def test_what_is_committed_is_there_for_others_at_once(tmp_path):
    with Journal(tmp_path) as journal:
        log = journal.begin(new_run())
        log.add(Event(1.0, "running"))
        assert list(journal.events(journal.find("run-1"))) == []
        await done(log.commit())
        assert len(list(Journal(tmp_path).events(Journal(tmp_path).find("last")))) == 1
        assert log.commit() is None


async def test_commits_that_wait_together_keep_their_order(tmp_path):
    with Journal(tmp_path) as journal, closing(sqlite3.connect(tmp_path / JOURNAL_FILE)) as other:
        logs = [journal.begin(new_run(f"run-{number}")) for number in range(3)]
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        waiting = []
        for number in range(200):
            for _ in range(MANY if number % 50 == 0 else 1):
                logs[number % 3].add(Event(float(number), "running"))
            waiting.append(logs[number % 3].commit())
        assert None not in waiting, "what comes behind what waits does not overtake it"
        other.execute("ROLLBACK")
        await asyncio.gather(*waiting)
        for place in range(3):
            times = [event.time for event in journal.events(journal.find(f"run-{place}"))]
            assert sorted(set(times)) == [float(number) for number in range(place, 200, 3)]
            assert times == sorted(times)


async def test_a_commit_that_comes_alone_is_kept_at_once(tmp_path):
    with Journal(tmp_path) as journal:
        log = journal.begin(new_run())
        log.add(Event(1.0, "running"))
        assert log.commit() is None
        assert len(list(Journal(tmp_path).events(journal.find("last")))) == 1


@pytest.mark.parametrize(
    ("synchronous", "event"),
    [("full", Event(1.0, "running")), ("normal", Event(1.0, "succeeded", "a", 1, 1.0, '"' + "x" * 70_000 + '"'))],
)
async def test_what_takes_time_to_write_keeps_no_event_loop(synchronous, event, tmp_path):
    with Journal(tmp_path, synchronous) as journal:
        log = journal.begin(new_run())
        log.add(event)
        committing = log.commit()
        assert committing is not None
        await committing
        assert list(journal.events(journal.find("run-1"))) == [event]


async def test_while_another_process_writes_an_event_loop_goes_on(tmp_path):
    with Journal(tmp_path) as journal, closing(sqlite3.connect(tmp_path / JOURNAL_FILE)) as other:
        log = journal.begin(new_run())
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        log.add(Event(1.0, "running"))
        committing = log.commit()
        assert committing is not None
        other.execute("ROLLBACK")
        await committing
        assert len(list(journal.events(journal.find("run-1")))) == 1


async def test_the_log_of_what_was_written_stays_short(tmp_path):
    with Journal(tmp_path) as journal:
        log = journal.begin(new_run())
        for number in range(12_000):
            log.add(Event(float(number), "running", "a"))
            await done(log.commit())
        assert (tmp_path / f"{JOURNAL_FILE}-wal").stat().st_size < 40_000_000, "a page each would be 50 MB"
        assert len(list(journal.events(journal.find("run-1")))) == 12_000


def hold(folder, ready, release):
    with Journal(folder) as journal:
        log = journal.begin(new_run())
        ready.set()
        release.wait(PATIENCE)
        assert log is not None
        os._exit(0)  # without a word to anybody


def test_a_run_has_one_process_and_is_free_when_that_dies(tmp_path):
    context = multiprocessing.get_context("spawn")
    ready, release = context.Event(), context.Event()
    process = context.Process(target=hold, args=(tmp_path, ready, release))
    process.start()
    assert ready.wait(PATIENCE)
    with Journal(tmp_path) as journal:
        run = journal.find("run-1")
        assert journal.is_executed(run)
        with pytest.raises(RunHeldError, match=rf"Run run-1 is being executed by process {process.pid} on "):
            journal.resume(run)
        assert journal.prune(Retention(0, 0), now=1e12) == 0
        release.set()
        process.join()
        assert not journal.is_executed(run)
        log = journal.resume(run)
        with pytest.raises(RunHeldError, match=f"process {os.getpid()} on "):
            journal.resume(run)
        log.close()
        journal.resume(run).close()


def test_a_run_of_another_protocol_is_refused(tmp_path):
    with Journal(tmp_path) as journal:
        journal.begin(new_run()).close()
        with closing(sqlite3.connect(tmp_path / JOURNAL_FILE)) as connection:
            connection.execute("UPDATE runs SET protocol = 2")
            connection.commit()
        with pytest.raises(
            NotResumableError, match="begun under replay protocol 2; this version of mfo replays protocol 1"
        ):
            journal.resume(journal.find("run-1"))


def test_a_journal_of_a_later_version_is_refused(tmp_path):
    with closing(sqlite3.connect(tmp_path / JOURNAL_FILE)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(JournalError, match="written by a later version"):
        Journal(tmp_path).find("last")


@pytest.mark.parametrize("damage", ["no database at all", "\0" * 4096])
def test_a_damaged_file_is_named_and_left_as_it_is(damage, tmp_path):
    file = tmp_path / JOURNAL_FILE
    with Journal(tmp_path) as journal:
        journal.begin(new_run()).close()
    file.write_bytes(damage.encode() + file.read_bytes()[len(damage) :])
    before = file.read_bytes()
    for use in (lambda: Journal(tmp_path).find("last"), lambda: Journal(tmp_path).begin(new_run("run-2"))):
        with pytest.raises(
            JournalError, match=r"journal\.db cannot be used: it is (no journal, or )?damaged"
        ) as raised:
            use()
        assert raised.value.hint.startswith("Move the file away")
    assert file.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(JournalError, match="No such file or directory"):
        Journal(tmp_path / "nowhere").begin(new_run())


async def test_a_full_disk_is_told_and_what_was_kept_stays(tmp_path):
    with Journal(tmp_path) as journal:
        log = journal.begin(new_run())
        await kept(log, Event(1.0, "running", "a", 1))
        writer = journal._writer
        assert writer is not None
        writer.write(lambda connection: connection.execute("PRAGMA max_page_count = 30") and None)
        log.add(Event(2.0, "succeeded", "a", 1, 1.0, '"' + os.urandom(200_000).hex() + '"'))
        with pytest.raises(JournalError, match="the disk is full") as raised:
            await done(log.commit())
        assert "mfo run --resume" in raised.value.hint
        assert [event.kind for event in journal.events(journal.find("run-1"))] == ["running"]
        writer.write(lambda connection: connection.execute("PRAGMA max_page_count = 1000000") and None)
        await kept(log, Event(3.0, "succeeded", "a", 1))
        assert [event.kind for event in journal.events(journal.find("run-1"))] == ["running", "succeeded"]


async def test_a_commit_that_cannot_be_kept_takes_no_other_with_it(tmp_path):
    with Journal(tmp_path) as journal:
        good, bad = journal.begin(new_run()), journal.begin(new_run("run-2"))
        writer = journal._writer
        assert writer is not None
        for _ in range(MANY):
            bad.add(Event(1.0, "running", None))  # no row may be without a node
        good.add(Event(1.0, "running"))
        waiting = [bad.commit(), good.commit()]
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        assert isinstance(outcomes[0], JournalError)
        assert outcomes[1] is None
        assert len(list(journal.events(journal.find("run-1")))) == 1
        bad.add(Event(1.0, "running", None))
        with pytest.raises(JournalError, match="cannot be used"):
            bad.commit()


def test_runs_are_found_by_the_beginning_of_their_ids(tmp_path):
    with Journal(tmp_path) as journal:
        for name, started_at in (("abc1", 2.0), ("abd2", 3.0), ("ab", 1.0), ("100%", 0.5)):
            journal.begin(new_run(name, started_at=started_at)).close()
        assert journal.find("abc").id == "abc1"
        assert journal.find("ab").id == "ab"
        assert journal.find("last").id == "abd2"
        assert journal.find("100%").id == "100%"
        assert [run.id for run in journal.runs()] == ["abd2", "abc1", "ab", "100%"]
        for name, message in (("abx", 'no run "abx"'), ("%", 'no run "%"'), ("abd3", "no run")):
            with pytest.raises(InvalidInputError, match=message):
                journal.find(name)
        with pytest.raises(InvalidInputError, match='Several runs begin with "a"'):
            journal.find("a")
    with pytest.raises(JournalError, match="has a run ab already"):
        Journal(tmp_path).begin(new_run("ab"))


def test_a_journal_that_is_not_there_has_no_runs_and_is_not_made(tmp_path):
    assert list(Journal(tmp_path).runs()) == []
    with pytest.raises(InvalidInputError, match="The journal has no run"):
        Journal(tmp_path).find("last")
    assert list(tmp_path.iterdir()) == []


async def test_old_runs_are_forgotten_with_all_that_was_theirs(tmp_path):
    with Journal(tmp_path) as journal:
        for day in range(5):
            log = journal.begin(new_run(f"run-{day}", started_at=day * DAY, texts={"/w.yml": f"name: t{day}"}))
            await kept(log, Event(1.0, "succeeded", "a", 1, 1.0, '"' + f"{day}" * 2000 + '"'))
            log.end(RunEnd("succeeded", day * DAY, 1.0, None, {}))
            log.close()
        assert journal.prune(Retention(2.5, None), now=4 * DAY) == 2
        assert [run.id for run in journal.runs()] == ["run-4", "run-3", "run-2"]
        assert journal.prune(Retention(None, 1), now=4 * DAY) == 2
        assert [run.id for run in journal.runs()] == ["run-4"]
        assert (count(tmp_path, "events"), count(tmp_path, "contents"), count(tmp_path, "parts")) == (1, 3, 1)
        assert next(journal.events(journal.find("last"))).value_json == '"' + "4" * 2000 + '"'
    assert [file.name for file in (tmp_path / "locks").iterdir()] == ["run-4.lock"]


def test_a_run_that_was_broken_off_is_forgotten_for_its_age_alone(tmp_path):
    with Journal(tmp_path) as journal:
        journal.begin(new_run("old", started_at=0.0)).close()
        journal.begin(new_run("new", started_at=DAY)).close()
        assert journal.prune(Retention(None, 1), now=DAY) == 0
        assert journal.prune(Retention(0.5, None), now=DAY) == 1
        assert [run.id for run in journal.runs()] == ["new"]


def fire(journal, name, *keys, digest="d", moment=1000.0):
    return journal.begin_once(new_run(name), Firing("/w.yml#hook", keys, digest, moment))


def test_what_fires_twice_begins_one_run_whichever_of_its_names_comes_again(tmp_path):
    with Journal(tmp_path) as journal:
        fire(journal, "first", "delivery-1", "signature-1").close()
        assert fire(journal, "second", "delivery-1", "signature-2") == Fired("first", is_same=True)
        assert fire(journal, "third", "signature-1", digest="other") == Fired("first", is_same=False)
        fire(journal, "fourth").close()
        fire(journal, "fifth").close()
        assert {run.id for run in journal.runs()} == {"first", "fourth", "fifth"}
        assert not journal.is_executed(journal.find("first"))


def fire_from_another_process(folder, name, told):
    with Journal(folder) as journal:
        told.put(isinstance(fire(journal, name, "moment"), Fired))


def test_of_many_processes_that_fire_at_one_moment_one_begins_the_run(tmp_path):
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    others = [
        context.Process(target=fire_from_another_process, args=(tmp_path, f"run-{number}", told)) for number in range(3)
    ]
    for other in others:
        other.start()
    assert sorted(told.get(timeout=PATIENCE) for _ in others) == [False, True, True]
    for other in others:
        other.join(PATIENCE)
    assert len(list(Journal(tmp_path).runs())) == 1


def test_names_of_firings_are_forgotten_after_a_week(tmp_path):
    with Journal(tmp_path) as journal:
        fire(journal, "first", "key", moment=1000.0).close()
        journal.prune(Retention(None, None), now=1000.0 + 6 * DAY)
        assert isinstance(fire(journal, "second", "key"), Fired)
        journal.prune(Retention(None, None), now=1001.0 + 7 * DAY)
        assert not isinstance(fire(journal, "third", "key"), Fired)


def test_a_service_finds_its_runs_that_nobody_executes_any_more(tmp_path):
    def begun(name, keeper):
        return journal.begin(dataclasses.replace(new_run(name), trigger="hook", keeper=keeper))

    with Journal(tmp_path) as journal:
        held = begun("held", "triggers")
        for name, keeper in (("left", "triggers"), ("ended", "triggers"), ("by-hand", None)):
            log = begun(name, keeper)
            if name == "ended":
                log.end(RunEnd("succeeded", 2.0, 1.0, None, {}))
            log.close()
        assert [(run.id, run.trigger) for run in journal.left_alone("triggers")] == [("left", "hook")]
        held.close()
        assert {run.id for run in journal.left_alone("triggers")} == {"held", "left"}


def test_how_far_a_source_was_read_is_kept(tmp_path):
    assert Journal(tmp_path).position("events") is None
    with Journal(tmp_path) as journal:
        journal.set_position("events", "7")
        journal.set_position("events", "8")
    assert Journal(tmp_path).position("events") == "8"
    assert Journal(tmp_path).position("others") is None


def test_a_journal_of_an_earlier_version_is_brought_to_todays_tables(tmp_path):
    with closing(sqlite3.connect(tmp_path / JOURNAL_FILE)) as connection:
        for statement in STEPS[0]:
            connection.execute(statement)
        connection.execute(
            "INSERT INTO runs VALUES (1, 'old', 1, 't', '/w.yml', 'd', '{}', 1.0, 'succeeded', 2.0, 1.0, NULL, NULL, 'p')"
        )
        connection.execute("PRAGMA user_version = 1")
        connection.commit()
    with Journal(tmp_path) as journal:
        journal.begin(new_run("new")).close()
        assert [(run.id, run.trigger) for run in journal.runs()] == [("new", None), ("old", None)]


def test_whoever_reads_does_not_wait_for_whoever_writes(tmp_path, monkeypatch):
    monkeypatch.setattr("mfo_runtime.journal.connection.BUSY_SECONDS", 0.0)
    with Journal(tmp_path) as journal:
        journal.begin(new_run()).close()
    with closing(sqlite3.connect(tmp_path / JOURNAL_FILE, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert [run.id for run in Journal(tmp_path).runs()] == ["run-1"]


def test_a_run_that_has_gone_on_since_one_looked_is_not_gone_on_with(tmp_path):
    with Journal(tmp_path) as journal, Journal(tmp_path) as other:
        journal.begin(new_run()).close()
        seen = journal.find("run-1")
        log = other.resume(other.find("run-1"))
        log.end(RunEnd("failed", 5.0, 1.0, None, {}))
        log.close()
        with pytest.raises(RunHeldError, match="has gone on meanwhile"):
            journal.resume(seen)
        failed = journal.find("run-1")
        assert failed.state == "failed"
        log = other.resume(failed)
        log.end(RunEnd("failed", 6.0, 1.0, None, {}))
        log.close()
        with pytest.raises(RunHeldError):
            journal.resume(failed)
        journal.resume(journal.find("run-1")).close()
