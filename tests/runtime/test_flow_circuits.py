"""Servers that tasks leave alone because they fail too often, and the keys under which tasks write to other servers."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from flow_room import answering, flow_of, flow_with_tasks, run

from mfo_runtime.client import Circuit, CircuitBreakerPolicy
from mfo_runtime.flow.circuits import Circuits, circuits_of


def config(failures=2, pause="1h"):
    return f"""\
taskflow:
  concurrency: 1
  error_handling:
    circuit_breaker: {{failure_threshold: {failures}, reset_timeout: {pause}}}
"""


def calls(url, names, more=""):
    lines = [f'- {{id: {name}, type: http_request, {more}config: {{url: "{url}/{name}"}}}}' for name in names]
    return "\n".join(lines)


def going_on(tasks, **others):
    """A flow whose tasks do not stop each other."""
    flow = "name: trial\nconfig: {on_failure: continue, max_concurrency: 1}\ntasks:\n"
    return flow_of(flow + "".join(f"  {line}\n" for line in tasks.splitlines()), **others)


def failures(trial):
    return [(event.path, event.error.code) for event in trial.events if event.error is not None and event.path]


async def test_a_server_that_fails_too_often_is_left_alone_and_others_are_not(tmp_path):
    async with answering(503) as (bad, asked_bad), answering(200) as (good, asked_good):
        tasks = f"{calls(bad, 'abcd')}\n{calls(good, 'e')}"
        trial = await run(going_on(tasks, config=config()), tmp_path)
    assert len(asked_bad) == 2
    assert len(asked_good) == 1
    assert failures(trial) == [("a", "internal"), ("b", "internal"), ("c", "circuit_open"), ("d", "circuit_open")]
    message = next(event.error.message for event in trial.events if event.path == "c" and event.error)
    assert message == f"What c asks was not sent: {bad} failed 2 times in a row and is left alone for 3600 s."


async def test_without_the_section_every_task_asks(tmp_path):
    async with answering(503) as (url, asked):
        await run(going_on(calls(url, "abcd"), config="client: {base_url: 'http://127.0.0.1:1'}\n"), tmp_path)
    assert len(asked) == 4


async def test_refusals_are_no_failures(tmp_path):
    async with answering(404) as (url, asked):
        await run(going_on(calls(url, "abcd"), config=config()), tmp_path)
    assert len(asked) == 4


async def test_the_mfo_server_is_left_alone_too(tmp_path):
    tasks = "\n".join(f"- {{id: {name}, type: mfo_api_chat_send, config: {{prompt: hi}}}}" for name in "abc")
    script = {"script": [{"answers": [{"error": {"status": 503, "message": "not now"}}]}]}
    flow = going_on(tasks.replace("config:", "error_handling: {retry: {max_attempts: 1}}, config:"), config=config())
    trial = await run(flow, tmp_path, script=script)
    assert [code for _, code in failures(trial)] == ["internal", "internal", "circuit_open"]


@asynccontextmanager
async def recovering(failing):
    """A server that fails so many times and is well from then on."""
    asked = []

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        asked.append(len(asked))
        status = 503 if len(asked) <= failing else 200
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked


async def test_after_the_pause_one_call_tries_the_server_out_and_the_way_is_open_again(tmp_path):
    told = []
    async with recovering(2) as (url, asked):
        retry = "error_handling: {retry: {max_attempts: 4, backoff: constant, initial_delay: 1ms}}, "
        flow = flow_with_tasks(calls(url, "abc", retry))
        circuits = Circuits(CircuitBreakerPolicy(2, 0.05), lambda server, circuit: told.append((server, circuit)))
        trial = await run(flow, tmp_path, circuits=circuits)
    assert trial.outcome.succeeded
    assert told == [(url, Circuit.OPEN), (url, Circuit.HALF_OPEN), (url, Circuit.CLOSED)]
    assert len(asked) == 5


async def test_runs_that_share_their_circuits_leave_a_server_alone_together(tmp_path):
    async with answering(503) as (url, asked):
        flow = flow_with_tasks(calls(url, "a"), config=config(1))
        circuits = circuits_of(flow.bundle)
        for _ in range(3):
            await run(flow, tmp_path, circuits=circuits)
        await run(flow, tmp_path)
    assert len(asked) == 2


async def test_a_task_that_asks_nobody_is_never_left_alone(tmp_path):
    tasks = "\n".join(f"- {{id: {name}, type: ask_user, config: {{question: Well}}}}" for name in "abc")
    trial = await run(going_on(tasks, config=config(1)), tmp_path)
    assert {code for _, code in failures(trial)} == {"task_failed"}


def keys_of(asked):
    return [
        line.partition(": ")[2]
        for head, _ in asked
        for line in head.split("\r\n")
        if line.lower().startswith("idempotency-key:")
    ]


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ("method: POST", ["run-7/w"] * 2),
        ("method: DELETE", ["run-7/w"] * 2),
        ("method: GET", []),
        ("method: POST, headers: {idempotency-key: own}", ["own"] * 2),
        ("method: POST, headers: {Idempotency-Key: ''}", []),
    ],
)
async def test_a_write_elsewhere_carries_one_key_in_all_its_tries(written, keys, tmp_path):
    async with answering(503) as (url, asked):
        retry = "error_handling: {retry: {max_attempts: 2, initial_delay: 1ms}}, "
        task = f'- {{id: w, type: http_request, {retry}config: {{url: "{url}", {written}}}}}'
        await run(flow_with_tasks(task), tmp_path, run_id="run-7")
    assert len(asked) == 2
    assert keys_of(asked) == keys
