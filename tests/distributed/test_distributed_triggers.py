"""``mfo triggers`` with workers: it submits, and several of them beside each other begin each run once."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from mfo_runtime.cli.pools import submitting_to
from mfo_runtime.triggers.loading import load_triggers
from mfo_runtime.triggers.runner import Runner
from mfo_runtime.triggers.settings import ServiceSettings
from mfo_runtime.triggers.submitting import SubmittingPlace
from mfo_runtime.triggers.timekeeper import Timekeeper, position_source
from tests.triggers.rooms import NO_SERVER, service
from tests.triggers.test_triggers_schedules import MovedClock, utc, workflow

from .pool import worker

WORKFLOW = """\
workflow_name: orders
triggers:
  - {id: order, type: manual, target_taskflow: send}
taskflows:
  - taskflow_id: send
    tasks:
      - {id: told, type: transform, config: {values: {n: TRIGGER.payload.n}}}
    outputs: {n: "${told.n}"}
"""


def order(running, number, key):
    return running.by_hand("order", {"n": number}, idempotency_key=key)


def test_services_beside_each_other_begin_one_run_for_each_key(pool, tmp_path):
    (tmp_path / "workflow_definition.yml").write_text(WORKFLOW)
    settings = {"home": tmp_path, "cwd": tmp_path, "server": {**NO_SERVER, "MFO_DATABASE_URL": pool.url}}
    with service(**settings) as one, service(**settings) as other, ThreadPoolExecutor(8) as callers:
        asked = [
            callers.submit(order, running, number, f"key {number}") for number in range(6) for running in (one, other)
        ]
        answers = [answer.result() for answer in asked]
        assert [answer.status_code for answer in answers] == [202] * 12
        runs = [answer.json()["run_id"] for answer in answers]
        assert runs[::2] == runs[1::2]
        assert {run.id: (run.state, run.trigger) for run in pool.journal.runs()} == dict.fromkeys(
            runs, ("queued", "order")
        )
        assert order(other, 7, "key 1").status_code == 409
        with worker(pool.url, tmp_path):
            for run in runs[::2]:
                pool.ends(run)
        told = other.http.get(f"/api/runs/{runs[0]}", headers={"authorization": "Bearer tell-nobody-this-token"})
        assert told.json()["state"] == "succeeded"
    assert [pool.outcome(run)["outputs"]["n"] for run in runs[::2]] == list(range(6))


async def kept(journal, trigger, begin, end):
    """One of several services that keep a schedule; gives the moment up to which it did."""
    moved = MovedClock(begin, end)
    settings = ServiceSettings(clock=moved.clock)
    runner = Runner({trigger.document: SubmittingPlace(journal, submitting_to(journal, "runs"))}, settings)
    keeping = asyncio.create_task(Timekeeper(trigger, journal, runner, moved.clock).keep())
    await moved.is_over.wait()
    keeping.cancel()
    await asyncio.wait([keeping])
    await runner.close()


@pytest.mark.parametrize("missed", ["latest", "all"])
async def test_services_that_keep_one_schedule_fire_it_once(any_pool, tmp_path, missed):
    (tmp_path / "workflow.yml").write_text(workflow("*/10 * * * *", missed=missed))
    (trigger,) = load_triggers([str(tmp_path / "workflow.yml")])
    begin = utc("2026-01-10 12:05")
    any_pool.journal.set_position(position_source(trigger), (begin - timedelta(hours=1)).isoformat())
    late = begin + timedelta(minutes=1)
    await asyncio.gather(*(kept(any_pool.journal, trigger, at, utc("2026-01-10 13:05")) for at in (begin, begin, late)))
    found = list(any_pool.journal.runs())
    assert len(found) == (6 + (1 if missed == "latest" else 6))
    assert {run.state for run in found} == {"queued"}


def test_a_service_says_what_keeps_it_from_submitting(pool, tmp_path):
    (tmp_path / "workflow_definition.yml").write_text(WORKFLOW)
    local = pool.mfo("triggers", tmp_path, "--server", "local")
    assert (local.status, local.lines[0]) == (2, "mfo: Workers share no MFO server that is built in.")
    events = WORKFLOW.replace("type: manual", "type: event, config: {event_type: came}")
    (tmp_path / "workflow_definition.yml").write_text(events)
    without = pool.mfo("triggers", tmp_path, "--port", "0")
    assert without.status == 2
    assert "has event triggers, and no MFO server is named" in without.lines[0]
