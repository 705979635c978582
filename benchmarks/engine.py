"""How much running a taskflow costs beside its tasks: tasks that do nothing, against a bare loop, and against other engines.

Usage: python benchmarks/engine.py [--rounds N] [--peers PYTHON]

``--peers`` names an interpreter that has langgraph, langgraph-checkpoint-sqlite and dbos; it is asked in the same run.
Times are the best of the rounds, in microseconds a task; only their ratios mean something.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from time import perf_counter
from typing import Any

from mfo_dialect.analysis.graph import NodeDeclaration, NodeKind, build_level
from mfo_runtime.engine import RunPlan, RunSettings, RunState, make_plan, run_plan
from mfo_runtime.flow.recording import RunRecorder
from mfo_runtime.journal import JOURNAL_FILE, Codec, Definition, Journal, NewRun

PEERS = Path(__file__).with_name("engine_peers.py")
WANTED = {"bare": 8.0, "journal": {"chain": 40.0, "fan-out": 20.0, "layers": 20.0}}
WANTED_PEERS = {
    "langgraph": ("engine", 5.0),
    "langgraph + sqlite": ("journal", 10.0),
    "dbos + sqlite": ("journal", 50.0),
}

Edges = dict[str, tuple[str, ...]]


def chain(count: int) -> Edges:
    return {f"n{place}": (f"n{place + 1}",) if place + 1 < count else () for place in range(count)}


def fan_out(count: int) -> Edges:
    return {
        "first": tuple(f"n{place}" for place in range(count - 1)),
        **{f"n{place}": () for place in range(count - 1)},
    }


def layers(depth: int, width: int) -> Edges:
    return {
        f"n{layer}_{place}": tuple(f"n{layer + 1}_{other}" for other in range(width)) if layer + 1 < depth else ()
        for layer in range(depth)
        for place in range(width)
    }


SHAPES = {"chain": chain(1000), "fan-out": fan_out(1000), "layers": layers(10, 100)}


class Nothing:
    """Tasks that do nothing."""

    async def execute(self, _task: Any) -> Any:
        return None

    def evaluate(self, _condition: Any) -> Any:
        return True

    def remember(self, _condition: Any, _value: Any) -> None:
        pass

    def open_subflow(self, _subflow: Any) -> None:
        pass


async def bare(edges: Edges) -> None:
    """The least that can run a graph: a task each, and counters of what is left before the next one is ready."""
    loop = asyncio.get_running_loop()
    left = dict.fromkeys(edges, 0)
    for targets in edges.values():
        for target in targets:
            left[target] += 1
    over: asyncio.Future[None] = loop.create_future()
    remaining = len(edges)
    nothing = Nothing()
    begun: list[asyncio.Task[None]] = []

    async def one(name: str) -> None:
        nonlocal remaining
        await nothing.execute(name)
        remaining -= 1
        for target in edges[name]:
            left[target] -= 1
            if not left[target]:
                begin(target)
        if not remaining:
            over.set_result(None)

    def begin(name: str) -> None:
        begun.append(loop.create_task(one(name)))

    for name in [name for name, count in left.items() if not count]:
        begin(name)
    await over


def plan_of(edges: Edges) -> RunPlan:
    nodes = tuple(NodeDeclaration(name, NodeKind.TASK, (), targets) for name, targets in edges.items())
    return make_plan(build_level(nodes), RunSettings(max_concurrency=1000))


async def engine(plan: RunPlan) -> None:
    result = await run_plan(plan, Nothing())
    if result.state is not RunState.SUCCEEDED:
        raise SystemExit("the run did not succeed")


async def journalled(plan: RunPlan, journal: Journal) -> None:
    run_id = str(time.perf_counter_ns())
    log = journal.begin(NewRun(run_id, "t", "t.yml", Definition(), "{}", time.time()))
    codec = Codec(dict, lambda _: "")
    result = await run_plan(plan, Nothing(), recorder=RunRecorder(log, codec, lambda _: {}))
    log.close()
    if result.state is not RunState.SUCCEEDED:
        raise SystemExit("the run did not succeed")


def timed(run: Callable[[], Coroutine[Any, Any, None]]) -> float:
    """The seconds inside the event loop, with the garbage of before collected."""

    async def inside() -> float:
        began = perf_counter()
        await run()
        return perf_counter() - began

    gc.collect()
    return asyncio.run(inside())


def compare_shapes(rounds: int, folder: Path) -> dict[str, dict[str, float]]:
    """Microseconds a task, by shape and runner."""
    found: dict[str, dict[str, float]] = {}
    for shape, edges in SHAPES.items():
        plan, times = plan_of(edges), {"bare": 1e9, "engine": 1e9, "journal": 1e9}
        for _ in range(rounds):
            with Journal(folder) as journal:
                journal.begin(NewRun(str(time.perf_counter_ns()), "t", "t.yml", Definition(), "{}", 0.0)).close()
                times["bare"] = min(times["bare"], timed(lambda edges=edges: bare(edges)))
                times["engine"] = min(times["engine"], timed(lambda plan=plan: engine(plan)))
                times["journal"] = min(times["journal"], timed(lambda p=plan, j=journal: journalled(p, j)))
        found[shape] = {name: seconds / len(edges) * 1e6 for name, seconds in times.items()}
    return found


def show_shapes(found: dict[str, dict[str, float]]) -> None:
    print(f"{'':10} {'bare':>7} {'engine':>8} {'ratio':>6} {'journal':>8} {'ratio':>6}   (microseconds a task)")
    for shape, times in found.items():
        without, kept = times["engine"] / times["bare"], times["journal"] / times["bare"]
        print(
            f"{shape:10} {times['bare']:7.1f} {times['engine']:8.1f} {without:6.1f} {times['journal']:8.1f} {kept:6.1f}"
            f"   (wanted: {WANTED['bare']:g}, {WANTED['journal'][shape]:g})"
        )


def show_growth(folder: Path) -> None:
    """What ten times as many tasks cost, and what a task takes on disk."""
    times: dict[int, float] = {}
    for count in (1000, 10_000):
        plan = plan_of(chain(count))
        times[count] = min(timed(lambda plan=plan: engine(plan)) for _ in range(3)) / count * 1e6
    print(
        f"a chain of 10,000 costs {times[10_000] / times[1000]:.2f} times as much a task as one of 1,000 (wanted: about 1)"
    )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory at most {memory:.0f} MB (wanted: under 300)")
    with Journal(folder) as journal:
        asyncio.run(journalled(plan_of(chain(10_000)), journal))
    size = (folder / JOURNAL_FILE).stat().st_size
    print(f"the journal has {size / 10_000:.0f} bytes a task (wanted: under 1000)")


def show_peers(python: str, found: dict[str, dict[str, float]]) -> None:
    answer = subprocess.run([python, str(PEERS)], capture_output=True, text=True, check=True)
    for peer, shapes in json.loads(answer.stdout).items():
        ours, wanted = WANTED_PEERS[peer]
        for shape, microseconds in shapes.items():
            ratio = microseconds / found[shape][ours]
            print(f"{peer:20} {shape:10} {microseconds:9.0f}   {ratio:6.1f} times our {ours} (wanted: {wanted:g})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--peers", metavar="PYTHON")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        found = compare_shapes(arguments.rounds, Path(name))
    show_shapes(found)
    with tempfile.TemporaryDirectory() as name:
        show_growth(Path(name))
    if arguments.peers:
        show_peers(arguments.peers, found)


if __name__ == "__main__":
    sys.exit(main())
