"""What workers get done: runs of 20 tasks on PostgreSQL, against a server that answers after 50 ms.

Usage: PYTHONPATH=. python benchmarks/distributed.py [--runs N] [--workers 1,2] [--concurrency N] [--database-url URL]

The tasks of a run stand in four layers of five, each waiting for all of the layer before. All of it shares this machine:
PostgreSQL (started here with its own settings, ``fsync`` on, unless a URL is given), the server, the workers. First the runs are
put on the queue and then worked off (throughput); then further ones come evenly, at ``--load`` of that throughput (how long
each waits for its beginning). CPU (of the workers), KiB and transactions are for one run. With a URL
every number of workers uses that database one after the other.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from time import monotonic, perf_counter, sleep
from typing import Any

import sqlalchemy as sa

from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.journal import SharedJournal
from mfo_runtime.distributed.preparing import prepare
from mfo_runtime.distributed.submitting import Submission, submit
from mfo_runtime.distributed.tables import UNDER_WAY, runs
from mfo_runtime.flow import Flow, load_flow
from tests.distributed.postgres import cluster

LAYERS, WIDTH = 4, 5
DELAY = 0.05
_PATIENCE = 600.0
ANSWER = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 15\r\n\r\n{"status":"ok"}'


@dataclass(frozen=True)
class Measured:
    """Runs that were worked off, and what they left.

    Attributes:
        workers: how many there were.
        submitted: runs put on the queue in a second.
        done: runs worked off in a second.
        cpu: seconds of the workers' CPU for a run.
        growth: bytes of the database for a run.
        log: bytes of PostgreSQL's write-ahead log for a run.
        transactions: for a run, looks at the queue included.
        rate: runs a second that came evenly.
        delays: seconds from each one's coming to its beginning.
    """

    workers: int
    submitted: float
    done: float
    cpu: float
    growth: float
    log: float
    transactions: float
    rate: float
    delays: list[float]


class Answering(asyncio.Protocol):
    """Answers each request of a connection after a while."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._begun = b""

    def data_received(self, data: bytes) -> None:
        *whole, self._begun = (self._begun + data).split(b"\r\n\r\n")
        for _ in whole:
            asyncio.get_running_loop().call_later(DELAY, self._transport.write, ANSWER)


def serve(told: Any) -> None:
    async def go() -> None:
        server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0, backlog=1000)
        told.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(go())


def flow_of(folder: Path, url: str) -> Flow:
    lines = ["name: calls\ntasks:\n"]
    for layer in range(LAYERS):
        before = ", ".join(f"t{layer - 1}_{place}" for place in range(WIDTH)) if layer else ""
        lines += [
            f'  - {{id: t{layer}_{place}, type: http_request, config: {{url: "{url}/{layer}/{place}"}}, dependencies: [{before}]}}\n'
            for place in range(WIDTH)
        ]
    file = folder / "workflow.yml"
    file.write_text("".join(lines))
    return load_flow(str(file))


@contextmanager
def working(url: str, count: int, concurrency: int) -> Generator[list[int]]:
    """So many workers that have joined the pool; gives their process ids."""
    command = [sys.executable, "-m", "mfo_runtime", "worker", "--concurrency", str(concurrency)]
    environment = {**os.environ, "MFO_DATABASE_URL": url, "MFO_BASE_URL": "http://127.0.0.1:9"}
    with ExitStack() as stack:
        started: list[subprocess.Popen[str]] = []
        for _ in range(count):
            process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            started.append(process)
        for process in started:
            assert process.stderr is not None
            line = process.stderr.readline()
            if not line.startswith("working on queue"):
                raise SystemExit(line + process.stderr.read())
        yield [process.pid for process in started]


def cpu_of(pids: list[int]) -> float:
    """Seconds of CPU that processes have used."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Used:
    """What a database has used so far: bytes of its files and of the write-ahead log, and transactions."""

    size: int
    log: int
    transactions: int


def used_by(database: Database) -> Used:
    if database.is_sqlite:
        raise SystemExit("give the URL of a PostgreSQL database")
    asked = sa.text(
        "SELECT pg_database_size(current_database()), pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0'), xact_commit "
        "FROM pg_stat_database WHERE datname = current_database()"
    )
    with database.reading() as connection:
        size, log, transactions = connection.execute(asked).one()
        return Used(int(size), int(log), int(transactions))


def wait_for_all(journal: SharedJournal) -> None:
    """Wait until no run is under way; all must have succeeded."""
    end = monotonic() + _PATIENCE
    while monotonic() < end:
        with journal.database.reading() as connection:
            states = dict(connection.execute(sa.select(runs.c.state, sa.func.count()).group_by(runs.c.state)).all())
        if not set(states) & set(UNDER_WAY):
            if set(states) != {"succeeded"}:
                raise SystemExit(f"not all runs succeeded: {states}")
            return
        sleep(0.1)
    raise SystemExit(f"the runs did not end within {_PATIENCE:.0f} s")


def delays_of(journal: SharedJournal, ids: list[str]) -> list[float]:
    """Seconds from each run's coming to its beginning."""
    wanted = set(ids)
    with journal.database.reading() as connection:
        rows = connection.execute(sa.select(runs.c.id, runs.c.started_at, runs.c.begun_at)).all()
    return [row.begun_at - row.started_at for row in rows if row.id in wanted]


def measure(url: str, flow: Flow, count: int, workers: int, options: argparse.Namespace) -> Measured:
    database = Database(url)
    journal = SharedJournal(database)
    try:
        prepare(journal.database)
        before = used_by(database)
        began = perf_counter()
        for _ in range(count):
            submit(journal, flow, {}, Submission())
        submitting = perf_counter() - began
        with working(url, workers, options.concurrency) as pids:
            at_first = cpu_of(pids)
            began = perf_counter()
            wait_for_all(journal)
            seconds = perf_counter() - began
            cpu = cpu_of(pids) - at_first
            after = used_by(database)
            rate = count / seconds * options.load
            ids: list[str] = []
            began = perf_counter()
            for number in range(int(rate * options.seconds)):
                sleep(max(0.0, began + number / rate - perf_counter()))
                ids.append(submit(journal, flow, {}, Submission())[0])
            wait_for_all(journal)
            delays = delays_of(journal, ids)
    finally:
        journal.close()
    return Measured(
        workers,
        count / submitting,
        count / seconds,
        cpu / count,
        (after.size - before.size) / count,
        (after.log - before.log) / count,
        (after.transactions - before.transactions) / count,
        rate,
        delays,
    )


def show(measured: list[Measured]) -> None:
    print(
        "| workers | submitted/s | runs/s | tasks/s | against the first | CPU ms | KiB | KiB of log | transactions",
        end=" ",
    )
    print("| coming/s | start p50 ms | p99 ms |")
    print("|---" * 12 + "|")
    for one in measured:
        cuts = quantiles(one.delays, n=100)
        print(
            f"| {one.workers} | {one.submitted:.0f} | {one.done:.1f} | {one.done * LAYERS * WIDTH:.0f} "
            f"| {one.done / measured[0].done:.2f} | {one.cpu * 1000:.0f} | {one.growth / 1024:.1f} | {one.log / 1024:.1f} "
            f"| {one.transactions:.0f} "
            f"| {one.rate:.1f} | {cuts[49] * 1000:.0f} | {cuts[98] * 1000:.0f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--workers", default="1,2")
    parser.add_argument("--concurrency", type=int, default=8)
    parser.add_argument("--load", type=float, default=0.5, help="the part of the throughput at which further runs come")
    parser.add_argument("--seconds", type=float, default=20.0, help="for how long they come")
    parser.add_argument("--database-url")
    options = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    told: Any = spawn.Queue()
    server = spawn.Process(target=serve, args=(told,), daemon=True)
    server.start()
    with ExitStack() as stack:
        stack.callback(server.terminate)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        flow = flow_of(folder, f"http://127.0.0.1:{told.get(timeout=30)}")
        own = None if options.database_url else stack.enter_context(cluster(is_durable=True))
        measured: list[Measured] = []
        for workers in map(int, options.workers.split(",")):
            url = options.database_url or (own.new_database() if own is not None else "")
            measured.append(measure(url, flow, options.runs, workers, options))
            show(measured[-1:])
        show(measured)


if __name__ == "__main__":
    main()
