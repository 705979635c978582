"""What other engines need for the graphs of ``engine.py``: microseconds a task, as JSON; imports nothing of ours.

Each engine runs tasks that do nothing, in the way its documentation shows; building the graph is not counted.
"""

from __future__ import annotations

import asyncio
import gc
import json
import operator
import os
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any, TypedDict

from dbos import DBOS
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph

ROUNDS = 3
COUNT = 1000
DEPTH, WIDTH = 10, 100
DBOS_COUNT = 200


class State(TypedDict):
    done: Annotated[int, operator.add]


async def nothing(_state: State) -> dict[str, int]:
    return {"done": 1}


def chain() -> StateGraph[Any]:
    graph: StateGraph[Any] = StateGraph(State)
    for place in range(COUNT):
        graph.add_node(f"n{place}", nothing)
        graph.add_edge(f"n{place - 1}" if place else START, f"n{place}")
    graph.add_edge(f"n{COUNT - 1}", END)
    return graph


def fan_out() -> StateGraph[Any]:
    graph: StateGraph[Any] = StateGraph(State)
    graph.add_node("first", nothing)
    graph.add_edge(START, "first")
    for place in range(COUNT - 1):
        graph.add_node(f"n{place}", nothing)
        graph.add_edge("first", f"n{place}")
    return graph


def layers() -> StateGraph[Any]:
    graph: StateGraph[Any] = StateGraph(State)
    for layer in range(DEPTH):
        for place in range(WIDTH):
            graph.add_node(f"n{layer}_{place}", nothing)
    for place in range(WIDTH):
        graph.add_edge(START, f"n0_{place}")
    for layer in range(1, DEPTH):
        before = [f"n{layer - 1}_{place}" for place in range(WIDTH)]
        for place in range(WIDTH):
            graph.add_edge(before, f"n{layer}_{place}")
    return graph


async def seconds(compiled: Any, number: int) -> float:
    gc.collect()
    began = perf_counter()
    settings = {"recursion_limit": COUNT + 10, "configurable": {"thread_id": str(number)}}
    state = await compiled.ainvoke({"done": 0}, settings)
    took = perf_counter() - began
    if state["done"] != COUNT:
        raise SystemExit(f"{state['done']} tasks ran, not {COUNT}")
    return took


async def langgraph(folder: Path | None) -> dict[str, float]:
    found: dict[str, float] = {}
    for shape, make in (("chain", chain), ("fan-out", fan_out), ("layers", layers)):
        if folder is None:
            compiled = make().compile()
            times = [await seconds(compiled, number) for number in range(ROUNDS)]
        else:
            async with AsyncSqliteSaver.from_conn_string(str(folder / f"{shape}.db")) as saver:
                compiled = make().compile(checkpointer=saver)
                times = [await seconds(compiled, number) for number in range(ROUNDS)]
        found[shape] = min(times) / COUNT * 1e6
    return found


@DBOS.step()
async def step() -> None:
    return None


@DBOS.workflow()
async def in_a_row() -> None:
    for _ in range(DBOS_COUNT):
        await step()


@DBOS.workflow()
async def side_by_side() -> None:
    await asyncio.gather(*(step() for _ in range(DBOS_COUNT)))


async def dbos() -> dict[str, float]:
    found: dict[str, float] = {}
    for shape, workflow in (("chain", in_a_row), ("fan-out", side_by_side)):
        times: list[float] = []
        for _ in range(ROUNDS):
            gc.collect()
            began = perf_counter()
            await workflow()
            times.append(perf_counter() - began)
        found[shape] = min(times) / DBOS_COUNT * 1e6
    return found


def main() -> None:
    os.environ["LANGSMITH_TRACING"] = "false"
    with tempfile.TemporaryDirectory() as name:
        found = {"langgraph": asyncio.run(langgraph(None)), "langgraph + sqlite": asyncio.run(langgraph(Path(name)))}
        DBOS(config={"name": "peer", "system_database_url": f"sqlite:///{name}/dbos.sqlite", "run_admin_server": False, "log_level": "ERROR"})  # fmt: skip
        DBOS.launch()
        found["dbos + sqlite"] = asyncio.run(dbos())
        DBOS.destroy()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
