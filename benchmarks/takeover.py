"""How long a run stands still when its worker is killed or halted, on PostgreSQL, with a worker beside it.

Usage: PYTHONPATH=. python benchmarks/takeover.py [--times N] [--lease SECONDS]

Measured is from the signal to the moment at which the run is the other worker's, seen within 10 ms. PostgreSQL is started here.
"""

from __future__ import annotations

import argparse
import random
import signal
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

import sqlalchemy as sa

from mfo_runtime.distributed.submitting import Submission, submit
from mfo_runtime.distributed.tables import runs
from mfo_runtime.flow import load_flow
from tests.distributed.pool import Counting, Pool, worker
from tests.distributed.postgres import cluster

FLOW = """\
name: waits
config: {grace: 0s}
input_schema: {type: object, required: [url], properties: {url: {type: string}}}
tasks:
  - {id: held, type: http_request, config: {method: POST, url: "${INPUT.url}/held"}}
"""
_SECONDS = 60
_LOOK = 0.01


def owner_of(pool: Pool, run: str) -> str | None:
    with pool.journal.database.reading() as connection:
        return connection.execute(sa.select(runs.c.owner).where(runs.c.id == run)).scalar()


def stands_still(pool: Pool, home: Path, lease: float, number: signal.Signals) -> float:
    """Seconds from the signal until another worker has the run."""
    server = Counting(random.Random())
    server.hold("held")
    with server.serving() as url:
        flow = load_flow(str(home / "waits.mfo.yml"))
        run = submit(pool.journal, flow, {"url": url}, Submission(first="dying"))[0]
        with worker(pool.url, home, "--queue", "dying", "--lease", str(lease)) as process:
            assert server.arrived["held"].wait(_SECONDS)
            before, began = owner_of(pool, run), perf_counter()
            process.send_signal(number)
            while owner_of(pool, run) in {before, None}:
                assert perf_counter() - began < _SECONDS
                sleep(_LOOK)
            seconds = perf_counter() - began
        server.let_go("held")
        pool.ends(run)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--lease", type=float, default=5.0)
    chosen = parser.parse_args()
    with cluster() as database, tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "waits.mfo.yml").write_text(FLOW)
        pool = Pool(database.new_database(), home)
        with worker(pool.url, home, "--lease", str(chosen.lease)):
            for number in (signal.SIGKILL, signal.SIGSTOP):
                found = sorted(stands_still(pool, home, chosen.lease, number) for _ in range(chosen.times))
                words = f"{found[0]:.1f} to {found[-1]:.1f} s, median {median(found):.1f} s"
                print(f"{number.name}, lease {chosen.lease:g} s, {chosen.times} times: {words}")
        pool.close()


if __name__ == "__main__":
    main()
