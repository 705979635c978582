"""Random flows, random orders of completion, kill -9 again and again: both engines give what an undisturbed run gives."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import contextmanager

import pytest

from mfo_runtime.client import ClientSettings, MfoClient
from mfo_runtime.flow import load_flow
from mfo_runtime.flow.history import history_of
from mfo_runtime.journal import Journal
from tests.effort import IS_LONG, PATIENCE

from .forking import forked
from .pool import NOWHERE, Counting, ended_steps, until, worker
from .programs import Program

PROGRAMS, KILLS = (60, 50) if IS_LONG else (5, 2)
LONGEST = 3.0
"""Seconds until a worker is killed although nothing more arrives: all may have ended."""


@pytest.fixture
def programs(tmp_path):
    chance = random.Random(None if IS_LONG else 11)
    folder = tmp_path / "programs"
    for number in range(PROGRAMS):
        path = folder / f"p{number:03}" / "workflow_definition.yml"
        path.parent.mkdir(parents=True)
        path.write_text(Program(chance).text)
    return folder


def undisturbed(folder, url):
    """What each flow gives: its states, and its outputs."""

    async def run_all():
        async with MfoClient(ClientSettings(base_url=NOWHERE)) as client:
            return [await load_flow(str(path)).run({"url": url}, client) for path in sorted(folder.glob("*/*.yml"))]

    return [seen(outcome.to_data()) for outcome in asyncio.run(run_all())]


def seen(outcome):
    values = {name: found["json"]["value"] for name, found in outcome["outputs"].items() if found and "json" in found}
    return outcome["state"], outcome["states"], values


def killed_now_and_then(start, server, chance, recorded):
    """Kill what ``start`` starts after some requests, several times; nothing that was recorded is asked for again.

    Gives what was said by what was killed.
    """
    done, before, said = set(), 0, []
    for _ in range(KILLS):
        with start() as process:
            wanted = len(server.keys) + chance.randint(1, PROGRAMS * 4)
            over = time.monotonic() + LONGEST
            until(lambda wanted=wanted, over=over: len(server.keys) >= wanted or time.monotonic() > over)
            process.kill()
            process.wait()
        said += process.said
        assert done.isdisjoint(key for _, key in server.keys[before:])
        done, before = recorded(), len(server.keys)
    return "".join(said)


def test_workers_that_are_killed(any_pool, programs, tmp_path):
    chance, server = random.Random(), Counting(random.Random())
    with server.serving() as url:
        expected = undisturbed(programs, url)
        server.keys.clear()
        runs = [any_pool.submit(path, url=url) for path in sorted(programs.glob("*/*.yml"))]
        said = killed_now_and_then(
            lambda: worker(any_pool.url, tmp_path),
            server,
            chance,
            lambda: ended_steps((run, any_pool.history(run)) for run in runs),
        )
        with worker(any_pool.url, tmp_path) as last:
            found = [seen(any_pool.outcome(run)) for run in runs]
        said += "".join(last.said)
    assert found == expected
    joined_anew = said.count("lost its lease")  # as a worker may that is kept from its heartbeats
    assert max(server.repeated.values(), default=0) <= KILLS + 1 + joined_anew


@contextmanager
def driver(folder, url, home):
    """The engine of one machine, as a process that is killed when the block ends."""
    with forked(folder, url, home, home=home, module="tests.distributed.alone") as process:
        assert process.stderr.readline().startswith("working on")
        yield process


def test_one_machine_that_is_killed(programs, tmp_path):
    chance, server = random.Random(), Counting(random.Random())
    journal = Journal(tmp_path)
    with server.serving() as url:
        expected = undisturbed(programs, url)
        server.keys.clear()
        killed_now_and_then(
            lambda: driver(programs, url, tmp_path),
            server,
            chance,
            lambda: ended_steps((run.id, history_of(journal.events(run))) for run in journal.runs()),
        )
        with driver(programs, url, tmp_path) as process:
            assert process.wait(60) == 0
    states = [
        seen_in(history_of(journal.events(journal.find(path.parent.name)))) for path in sorted(programs.glob("*/*.yml"))
    ]
    assert states == [values for _, _, values in expected]


def seen_in(history):
    """The last value of each task."""
    found = {}
    for node in history.nodes:
        if node.attempts and node.state == "succeeded":
            found[node.node.rpartition("/")[2].partition("[")[0]] = node.value["json"]["value"]
    return found


NAIVE = """\
name: naive
input_schema: {type: object, required: [url], properties: {url: {type: string}}}
tasks:
  - {id: left, type: http_request, config: {method: POST, url: "${INPUT.url}/left"}}
  - {id: right, type: http_request, config: {method: POST, url: "${INPUT.url}/right"}}
  - {id: after_left, type: http_request, config: {method: POST, url: "${INPUT.url}/after_left"}, dependencies: [left]}
  - {id: second, type: http_request, config: {method: POST, url: "${INPUT.url}/second"}, dependencies: [right]}
  - {id: third, type: http_request, config: {method: POST, url: "${INPUT.url}/third"}, dependencies: [second]}
  - {id: fourth, type: http_request, config: {method: POST, url: "${INPUT.url}/fourth"}, dependencies: [third]}
"""


@pytest.mark.parametrize("module", ["mfo_runtime", "tests.distributed.naive_worker"])
def test_steps_that_are_numbered_as_they_begin_are_not_found_again(module, pool, tmp_path):
    """What begins after what depends on which task ends first; a replay knows all endings at once."""
    flow = tmp_path / "naive.mfo.yml"
    flow.write_text(NAIVE)
    server = Counting(random.Random(), longest=0)
    for task in ("left", "after_left"):
        server.hold(task)
    with server.serving() as url:
        run = pool.submit(flow, url=url)
        with worker(pool.url, tmp_path, module=module):
            until(lambda: pool.states(run).get("fourth") == "succeeded")
            server.let_go("left")
            assert server.arrived["after_left"].wait(PATIENCE)
            until(lambda: pool.states(run).get("left") == "succeeded")
        server.let_go("after_left")
        with worker(pool.url, tmp_path, module=module):
            until(lambda: pool.run(run).state not in {"queued", "running"})
    assert pool.run(run).state == ("succeeded" if module == "mfo_runtime" else "failed")
