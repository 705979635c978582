"""Flows with agents, run against a real local server with a script."""

from __future__ import annotations

import json

from flow_room import flow_with_tasks, run

from mfo_runtime.client import RetryPolicy

__all__ = [
    "FAILS",
    "ONCE",
    "PRICES",
    "agent",
    "calls",
    "error_of",
    "flow_with",
    "outputs_of",
    "run",
    "says",
    "script",
    "spoken",
]

FAILS = {"error": {"status": 500, "message": "down"}}
"""An answer that is none."""

ONCE = {"retry": RetryPolicy(max_attempts=1), "circuit_breaker": None}
"""Settings of a client that asks once."""

PRICES = """
[prices.default]
input = 1000000
output = 2000000
"""


def flow_with(agents, *tasks, **others):
    """A flow of tasks, given as maps; a task without a type is run by the agent ``worker``, or as its config says."""
    written = []
    for number, task in enumerate(tasks or ({},)):
        own = {"id": f"work{number or ''}", "type": "mfo_agent_run", "config": {"agent_id": "worker", "task": "Do it."}}
        written.append(f"- {json.dumps(own | task)}")
    return flow_with_tasks("\n".join(written), agents_definition=json.dumps({"agents": agents}), **others)


def agent(**more):
    return {"guide": "Work well."} | more


def calls(*tools):
    return {"tool_calls": [{"name": name, "arguments": arguments} for name, arguments in tools]}


def script(*answers, **more):
    return {"script": [{"answers": list(answers)}]} | more


def says(*entries):
    """A script of entries ``(words that the last user message has, answers...)``."""
    return {"script": [{"contains": words, "answers": list(answers)} for words, *answers in entries]}


async def outputs_of(flow, tmp_path, answers, **more):
    trial = await run(flow, tmp_path, script=answers, **more)
    assert trial.outcome.succeeded, trial.error
    return trial.outputs["work"]


async def error_of(flow, tmp_path, answers, **more):
    trial = await run(flow, tmp_path, script=answers, **more)
    assert not trial.outcome.succeeded, trial.outputs
    return trial.error


def spoken(request):
    """Who says what in a chat request."""
    return [(message["role"], message["content"]) for message in request["messages"]]
