"""Looking into a journal from outside: the last values, and nothing at all where it cannot be read; never a trace."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys

import pytest

from mfo_runtime.client import ClientSettings, MfoClient
from mfo_runtime.flow import Keeping, RunOptions, load_flow
from mfo_runtime.journal import JOURNAL_FILE, Journal, glancing
from mfo_runtime.journal.glancing import seen_values

FLOW = """\
name: sums
tasks:
  - {id: one, type: transform, config: {values: {x: "INPUT.start + TASKFLOW.iterations.again", long: 'repeat("ab", 4000)'}}}
  - {id: last, type: transform, config: {values: {z: one.x}}}
conditions:
  - id: again
    type: expr
    config: {expression: "TASKFLOW.iterations.again < 2"}
    dependencies: [one]
    successors: [one, last]
subflows:
  - id: group
    dependencies: [last]
    tasks:
      - {id: inner, type: transform, config: {values: {y: "one.x * 10"}}}
"""


@pytest.fixture
def flow(tmp_path):
    path = tmp_path / "sums.mfo.yml"
    path.write_text(FLOW, encoding="utf-8")
    return load_flow(str(path))


def run(flow, folder, **inputs):
    async def go():
        with Journal(folder) as journal:
            async with MfoClient(ClientSettings(base_url="http://127.0.0.1:9")) as client:
                return await flow.run(inputs, client, RunOptions(keeping=Keeping(journal)))

    return asyncio.run(go())


def look(flow, folder, *sources, **options):
    found = seen_values(folder / JOURNAL_FILE, flow.view.document, "sums", sources, **options)
    return None if found is None else {source: [one.value for one in values] for source, values in found.items()}


def test_the_last_values_of_the_last_runs_come_first(flow, tmp_path):
    run(flow, tmp_path, start=1, password="hush-hush")
    run(flow, tmp_path, start=7)
    assert look(flow, tmp_path, "INPUT") == {"INPUT": [{"start": 7}, {"start": 1, "password": "[redacted]"}]}
    found = look(flow, tmp_path, "one", "group/inner", "again", "nothing", "TRIGGER", runs=1)
    assert found["one"] == [{"x": 9, "long": "ab" * 4000}]
    assert found["group/inner"] == [{"y": 90}]
    assert found["again"] == [{"result": False, "branch": 1}]
    assert found.keys() == {"one", "group/inner", "again"}


def test_runs_of_other_flows_do_not_count(flow, tmp_path):
    run(flow, tmp_path, start=1)
    journal = tmp_path / JOURNAL_FILE
    assert seen_values(journal, flow.view.document, "other", ["one"]) == {}
    assert seen_values(journal, "/elsewhere.yml", "sums", ["one"]) == {}


def test_a_look_leaves_no_trace(flow, tmp_path):
    assert look(flow, tmp_path / "nowhere", "one") == {}
    run(flow, tmp_path, start=1)
    before = sorted(tmp_path.iterdir()), (tmp_path / JOURNAL_FILE).stat().st_mtime_ns
    assert look(flow, tmp_path, "one")
    assert (sorted(tmp_path.iterdir()), (tmp_path / JOURNAL_FILE).stat().st_mtime_ns) == before
    assert not (tmp_path / "nowhere").exists()


def test_a_look_sees_what_a_run_under_way_has_committed(flow, tmp_path):
    run(flow, tmp_path, start=1)
    with sqlite3.connect(tmp_path / JOURNAL_FILE, isolation_level=None) as other:
        other.execute('UPDATE runs SET begun_with = \'{"inputs":{"start":5}}\'')
        assert look(flow, tmp_path, "INPUT") == {"INPUT": [{"start": 5}]}
        other.execute("BEGIN EXCLUSIVE")
        other.execute("DELETE FROM runs")
        assert look(flow, tmp_path, "INPUT") == {"INPUT": [{"start": 5}]}
        other.execute("ROLLBACK")
    other.close()


def test_what_a_killed_process_committed_is_seen(flow, tmp_path):
    run(flow, tmp_path, start=1)
    code = f"""
import os, sqlite3
one = sqlite3.connect({str(tmp_path / JOURNAL_FILE)!r}, isolation_level=None)
one.execute("UPDATE runs SET begun_with = '{{\\"inputs\\":3}}'")
os.kill(os.getpid(), {signal.SIGKILL:d})
"""
    subprocess.run([sys.executable, "-c", code], check=False)
    before = sorted(tmp_path.iterdir())
    assert look(flow, tmp_path, "INPUT") == {"INPUT": [3]}
    assert sorted(tmp_path.iterdir()) == before
    (tmp_path / f"{JOURNAL_FILE}-shm").unlink()
    assert look(flow, tmp_path, "INPUT") == {}
    assert not (tmp_path / f"{JOURNAL_FILE}-shm").exists()


def test_a_look_that_takes_too_long_may_be_had_another_time(flow, tmp_path, monkeypatch):
    run(flow, tmp_path, start=1)
    with monkeypatch.context() as patch:
        patch.setattr(glancing, "_STEPS_A_LOOK_AT_THE_CLOCK", 1)
        patch.setattr(glancing, "_PATIENCE", -1.0)
        assert look(flow, tmp_path, "INPUT") is None
    assert look(flow, tmp_path, "INPUT") == {"INPUT": [{"start": 1}]}


DAMAGE = [
    "PRAGMA user_version = 9999",
    "PRAGMA user_version = 0",
    "DROP TABLE events",
    "ALTER TABLE events RENAME COLUMN value TO worth",
    "UPDATE events SET value = '{', content = NULL",
    "UPDATE contents SET data = x'00'",
    "DELETE FROM contents",
]


@pytest.mark.parametrize("statement", DAMAGE)
def test_a_newer_or_broken_journal_is_silent(flow, tmp_path, statement):
    run(flow, tmp_path, start=1)
    connection = sqlite3.connect(tmp_path / JOURNAL_FILE, isolation_level=None)
    connection.execute(statement)
    connection.close()
    assert look(flow, tmp_path, "one") == {}


def test_a_locked_journal_is_silent_and_not_waited_for(flow, tmp_path):
    run(flow, tmp_path, start=1)
    connection = sqlite3.connect(tmp_path / JOURNAL_FILE, isolation_level=None)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("UPDATE runs SET state = 'failed'")
    assert look(flow, tmp_path, "one") == {}
    connection.close()


@pytest.mark.parametrize("content", [b"", b"no database at all, but some text" * 100])
def test_what_is_no_journal_is_silent(flow, tmp_path, content):
    (tmp_path / JOURNAL_FILE).write_bytes(content)
    assert look(flow, tmp_path, "one") == {}
    (tmp_path / JOURNAL_FILE).unlink()
    (tmp_path / JOURNAL_FILE).mkdir()
    assert look(flow, tmp_path, "one") == {}
