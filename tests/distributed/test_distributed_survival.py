"""Workers that die, are halted or lose their database: every run ends, and nothing that was recorded is done again."""

from __future__ import annotations

import signal
from contextlib import ExitStack

import pytest

from mfo_runtime.distributed.status import look_at
from mfo_runtime.distributed.tables import workers
from tests.effort import IS_LONG, PATIENCE

from .pool import ended_steps, until, worker

FLOW = """\
name: four
config: {grace: 0s}
input_schema: {type: object, required: [url], properties: {url: {type: string}}}
tasks:
  - {id: one, type: http_request, config: {method: POST, url: "${INPUT.url}/one"}}
  - {id: two, type: http_request, config: {method: POST, url: "${INPUT.url}/two"}, dependencies: [one]}
  - {id: three, type: http_request, config: {method: POST, url: "${INPUT.url}/three"}, dependencies: [two]}
outputs: {value: "${three.json.value}"}
"""


@pytest.fixture
def flow(tmp_path):
    path = tmp_path / "four.mfo.yml"
    path.write_text(FLOW)
    return path


def tasks(server):
    return [task for task, _ in server.keys]


def test_another_worker_goes_on_when_one_is_killed(pool, flow, server, tmp_path):
    server.hold("two")
    run = pool.submit(flow, url=server.url)
    with worker(pool.url, tmp_path) as first:
        assert server.arrived["two"].wait(PATIENCE)
        with worker(pool.url, tmp_path):
            first.kill()
            server.let_go("two")
            pool.ends(run)
    assert tasks(server).count("one") == 1
    assert len({key for task, key in server.keys if task == "two"}) == 1
    assert pool.history(run).resumptions == 1


def test_a_worker_that_is_halted_does_nothing_more_when_it_wakes(pool, flow, server, tmp_path):
    server.hold("two")
    run = pool.submit(flow, url=server.url)
    with worker(pool.url, tmp_path, lease=2) as first:
        assert server.arrived["two"].wait(PATIENCE)
        first.send_signal(signal.SIGSTOP)
        recorded, before = ended_steps([(run, pool.history(run))]), len(server.keys)
        with worker(pool.url, tmp_path) as second:
            server.let_go("two")
            pool.ends(run)
            ended = len(server.keys)
            first.send_signal(signal.SIGCONT)
            until(lambda: sum(one.lives for one in look_at(pool.journal).workers) == 2)  # it joins anew
            second.send_signal(signal.SIGTERM)
            second.wait(PATIENCE)
        again = pool.submit(flow, url=server.url)
        pool.ends(again)  # and works again
    assert recorded == {f"{run}/one"}
    assert recorded.isdisjoint(key for _, key in server.keys[before:])
    assert not [key for _, key in server.keys[ended:] if key.startswith(run)]
    assert len({key for _, key in server.keys}) == 6


def test_a_worker_that_is_taken_for_dead_wrongly_stops_and_joins_anew(pool, flow, server, tmp_path):
    server.hold("two")
    run = pool.submit(flow, url=server.url)
    with worker(pool.url, tmp_path, lease=2):
        assert server.arrived["two"].wait(PATIENCE)
        recorded, before = ended_steps([(run, pool.history(run))]), len(server.keys)
        with pool.journal.database.writing() as connection:
            connection.execute(workers.delete())
        server.let_go("two")
        pool.ends(run)
    assert recorded == {f"{run}/one"}
    assert recorded.isdisjoint(key for _, key in server.keys[before:])
    assert len({key for _, key in server.keys}) == 3  # what was under way is done again under its key


def test_a_worker_that_is_interrupted_gives_back_what_it_executes(pool, flow, server, tmp_path):
    server.hold("two")
    run = pool.submit(flow, url=server.url)
    with worker(pool.url, tmp_path) as first:
        assert server.arrived["two"].wait(PATIENCE)
        first.send_signal(signal.SIGTERM)
        assert first.wait(PATIENCE) == 0
    assert look_at(pool.journal).workers == ()
    server.let_go("two")
    with worker(pool.url, tmp_path):
        pool.ends(run)
    assert tasks(server) == ["one", "two", "two", "three"]


WORKERS, RUNS, RESTARTS = (4, 100, ("fast", "immediate", "fast")) if IS_LONG else (1, 12, ("immediate",))


@pytest.mark.postgres
def test_nothing_is_lost_when_the_database_is_started_anew(postgres, pool, flow, server, tmp_path):
    runs, restarts = [pool.submit(flow, url=server.url) for _ in range(RUNS)], []
    with ExitStack() as stack:
        for _ in range(WORKERS):
            stack.enter_context(worker(pool.url, tmp_path, "--concurrency", "4"))
        for number, mode in enumerate(RESTARTS):
            until(lambda number=number: len(server.keys) > (number + 0.7) * 3 * RUNS / (len(RESTARTS) + 1))
            restarts.append((ended_steps((run, pool.history(run)) for run in runs), len(server.keys)))
            postgres.stop(mode)
            postgres.start()
        for run in runs:
            pool.ends(run)
    assert len({key for _, key in server.keys}) == 3 * RUNS
    for recorded, before in restarts:
        assert recorded.isdisjoint(key for _, key in server.keys[before:])
