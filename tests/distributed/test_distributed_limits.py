"""What holds over all workers: how many runs of a queue at a time, how many may begin, and how often somebody is asked."""

from __future__ import annotations

import asyncio

import pytest
from dbos import DBOS, DBOSClient

from mfo_runtime.client import RateLimit
from mfo_runtime.distributed import queues
from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.preparing import prepare
from mfo_runtime.distributed.queues import Limits, register
from mfo_runtime.distributed.rates import SharedPace, SharedSafeguards
from mfo_runtime.distributed.status import look_at
from mfo_runtime.distributed.tables import rates
from mfo_runtime.errors import JournalError

from .pool import until, worker
from .test_distributed_survival import FLOW


@pytest.fixture
def flow(tmp_path):
    path = tmp_path / "four.mfo.yml"
    path.write_text(FLOW)
    return path


def test_workers_execute_no_more_runs_than_they_and_their_queue_allow(pool, flow, server, tmp_path):
    server.hold("one")
    runs = [pool.submit(flow, url=server.url) for _ in range(7)]
    with (
        worker(pool.url, tmp_path, "--concurrency", "1", "--queue-concurrency", "3"),
        worker(pool.url, tmp_path, "--concurrency", "4"),
    ):
        until(lambda: len(server.keys) == 3)
        now = look_at(pool.journal)
        server.let_go("one")
        for run in runs:
            pool.ends(run)
    (queue,) = now.queues
    assert (queue.running, queue.waiting) == (3, 4)
    assert [one.runs for one in now.workers] in ([1, 2], [0, 3])
    assert server.most == 3


def test_a_worker_joins_no_pool_whose_dbos_cannot_bound_it(tmp_path, monkeypatch):
    """That each worker has a concurrency of its own hangs on how DBOS reads its queues: a version that does otherwise is refused."""
    database = Database(f"sqlite:///{tmp_path / 'pool.db'}")
    prepare(database)
    DBOS(config={"name": "mfo", "system_database_url": database.url, "run_migrations": False, "log_level": "CRITICAL"})
    try:
        DBOS.listen_queues([])
        DBOS.launch()
        register("runs", 3, Limits())
        assert DBOS.retrieve_queue("runs").worker_concurrency == 3
        others = DBOSClient(system_database_url=database.url)
        assert others.retrieve_queue("runs").worker_concurrency is None
        others.destroy()
        monkeypatch.setattr(queues, "_bound_here", lambda queue, concurrency: None)
        with pytest.raises(JournalError, match="does not let a worker have a concurrency of its own"):
            register("other", 3, Limits())
    finally:
        DBOS.destroy(destroy_registry=True)
        database.close()


def test_runs_of_a_queue_begin_no_faster_than_its_rate(pool, flow, server, tmp_path):
    runs = [pool.submit(flow, url=server.url) for _ in range(5)]
    with worker(pool.url, tmp_path, "--queue-rate", "2/0.5"):
        for run in runs:
            pool.ends(run)
    workflows = pool.journal.workflows._client.list_workflows(workflow_ids=runs)
    begun = sorted(one.dequeued_at for one in workflows)
    assert all(later - sooner >= 500 for sooner, later in zip(begun, begun[2:], strict=False))


def workers_of(url):
    """Two workers' views of one database, whose clock stands still."""
    for _ in range(2):
        database = Database(url)
        prepare(database)
        database.now = lambda _connection: 1000.0
        yield database


async def test_a_rate_is_that_of_all_workers(any_database_url):
    workers = list(workers_of(any_database_url))
    paces = [SharedPace(database, "server x", RateLimit(10, burst=3)) for database in workers] * 4
    waits = await asyncio.gather(*(asyncio.to_thread(pace._take_turn, pace._limit) for pace in paces))
    assert sorted(round(max(wait, 0), 6) for wait in waits) == [0, 0, 0, 0.1, 0.2, 0.3, 0.4, 0.5]
    one, other = paces[:2]
    await one.close(30)
    assert round(await SharedPace(workers[1], "server x", None).quiet(), 1) == 30
    assert round(other._take_turn(other._limit), 6) == 30  # one by one afterwards
    assert round(one._take_turn(one._limit), 6) == 30.1
    assert await SharedPace(workers[1], "server y", None).quiet() < 0
    for database in workers:
        database.close()


async def test_agents_of_all_workers_share_their_rate(any_database_url):
    workers = list(workers_of(any_database_url))
    limiters = [SharedSafeguards(database).limiter("agent writer", 120) for database in workers]
    for limiter in limiters * 3:
        await limiter.acquire()
    with workers[0].reading() as connection:
        (row,) = connection.execute(rates.select()).all()
    assert (row.key, row.due_at) == ("agent writer", 1003)  # six turns of half a second
    for database in workers:
        database.close()
