"""How many HTTP tasks a run gets done, beside a bare loop that sends the same requests with the same client.

Usage: python benchmarks/http_tasks.py [--rounds N] [--tasks N]

A server in a process of its own answers at once. The bare loop sends 50 requests at a time; the run has a first task and then
all others beside each other, 50 at a time, without a journal and with the one that a run has by default. The best of the rounds
counts, and all take turns in each round; only their ratios mean something. Seconds on the clock are told, and those of this process's CPU,
which a busy machine does not change; where the machine is idle both say the same, as the server is quicker than its client.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import multiprocessing
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from mfo_runtime.client import ClientSettings, MfoClient
from mfo_runtime.flow import Flow, Keeping, RunOptions, load_flow
from mfo_runtime.http import HttpClient, HttpRequest
from mfo_runtime.journal import Journal

AT_A_TIME = 50
WANTED = 0.85
BODY = b'{"id": 17, "kind": "letter", "text": "' + b"Good morning. " * 8 + b'"}'
ANSWER = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
    + str(len(BODY)).encode()
    + b"\r\n\r\n"
    + BODY
)


Seconds = tuple[float, float]
"""On the clock, and of this process's CPU."""


def now() -> Seconds:
    return perf_counter(), process_time()


def since(began: Seconds) -> Seconds:
    return perf_counter() - began[0], process_time() - began[1]


class Answering(asyncio.Protocol):
    """Answers each request of a connection that stays open."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._begun = b""

    def data_received(self, data: bytes) -> None:
        *whole, self._begun = (self._begun + data).split(b"\r\n\r\n")
        for _ in whole:
            self._transport.write(ANSWER)


def serve(told: Any) -> None:
    async def go() -> None:
        server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0)
        told.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(go())


def flow_of(folder: Path, url: str, tasks: int) -> Flow:
    lines = [f"name: calls\nconfig: {{max_concurrency: {AT_A_TIME}}}\ntasks:\n"]
    lines.append(f'  - {{id: first, type: http_request, config: {{url: "{url}/first"}}}}\n')
    lines += [
        f'  - {{id: n{n}, type: http_request, config: {{url: "{url}/{n}"}}, dependencies: [first]}}\n'
        for n in range(tasks - 1)
    ]
    file = folder / "workflow.yml"
    file.write_text("".join(lines))
    return load_flow(str(file))


async def bare(url: str, tasks: int) -> Seconds:
    """The seconds for the requests alone."""
    async with HttpClient() as http:
        slots = asyncio.Semaphore(AT_A_TIME)

        async def one(number: int) -> None:
            async with slots:
                response = await http.send(HttpRequest("GET", f"{url}/{number}"))
            assert response.status == 200

        began = now()
        await http.send(HttpRequest("GET", f"{url}/first"))
        await asyncio.gather(*(one(number) for number in range(tasks - 1)))
        return since(began)


async def run(flow: Flow, folder: Path | None) -> Seconds:
    """The seconds for a run, from its beginning to its end; with a journal where a folder is given."""
    async with MfoClient(ClientSettings("http://127.0.0.1:9")) as client:
        with Journal(folder or Path()) as journal:
            options = RunOptions(keeping=Keeping(journal)) if folder is not None else RunOptions()
            began = now()
            outcome = await flow.run({}, client, options)
            seconds = since(began)
    if not outcome.succeeded:
        raise SystemExit(f"the run did not succeed: {outcome.error}")
    return seconds


def timed(work: Callable[[], Coroutine[Any, Any, Seconds]]) -> Seconds:
    gc.collect()
    return asyncio.run(work())


def compare(url: str, tasks: int, rounds: int) -> dict[str, Seconds]:
    """The best seconds of each."""
    best: dict[str, Seconds] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        flow = flow_of(folder, url, tasks)
        ways: dict[str, Callable[[], Coroutine[Any, Any, Seconds]]] = {
            "bare loop": lambda: bare(url, tasks),
            "run": lambda: run(flow, None),
            "run with a journal": lambda: run(flow, folder),
        }
        for _ in range(rounds):
            for way, work in ways.items():
                clock, cpu = timed(work)
                known = best.get(way, (1e9, 1e9))
                best[way] = min(known[0], clock), min(known[1], cpu)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--tasks", type=int, default=1000)
    arguments = parser.parse_args()
    told: Any = multiprocessing.get_context("spawn").Queue()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(told,), daemon=True)
    server.start()
    try:
        best = compare(f"http://127.0.0.1:{told.get(timeout=30)}", arguments.tasks, arguments.rounds)
    finally:
        server.terminate()
    print(f"{'':20} {'a second':>9} {'share':>7} {'by CPU':>9} {'share':>7}   (wanted: {WANTED:.0%})")
    for name, (clock, cpu) in best.items():
        shares = best["bare loop"][0] / clock, best["bare loop"][1] / cpu
        tasks = arguments.tasks
        print(f"{name:20} {tasks / clock:9.0f} {shares[0]:7.0%} {tasks / cpu:9.0f} {shares[1]:7.0%}")


if __name__ == "__main__":
    sys.exit(main())
