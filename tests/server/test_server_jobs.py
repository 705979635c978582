"""Jobs: queued, run by the server's workers, cancelled, and finished after a crash."""

from __future__ import annotations

import asyncio
import sqlite3
import threading

import pytest
from conftest import WAIT, ended

TELL_ENDS = {"url": "http://ends.test/", "events": ["job.completed", "job.failed", "job.cancelled"]}


@pytest.fixture
def begin(start, outbox):
    """A server that tells the outbox of every job that ended."""

    def begin(**settings):
        api = start(sender=outbox, **settings)
        if not api.ok("GET", "/api/webhooks")["webhooks"]:
            api.ok("POST", "/api/webhooks", TELL_ENDS)
        return api

    return begin


@pytest.mark.parametrize(
    ("body", "status", "result", "error"),
    [
        ({"type": "echo", "input": {"a": [1]}}, "completed", {"a": [1]}, None),
        ({"job_type": "echo", "parameters": {"b": 2}}, "completed", {"b": 2}, None),
        ({"type": "echo"}, "completed", None, None),
        ({"type": "sleep", "input": {"duration": "1ms"}}, "completed", {"slept": "1ms"}, None),
        ({"type": "sleep", "input": 5}, "failed", None, 'the job needs an input {"duration": "2s"}, a day at most'),
        ({"type": "fail", "input": {"message": "as asked"}}, "failed", None, "as asked"),
        ({"type": "fail"}, "failed", None, "the job was asked to fail"),
    ],
)
def test_a_job_runs_to_its_end(begin, outbox, body, status, result, error):
    api = begin()
    job = api("POST", "/api/jobs", {**body, "metadata": {"m": 1}}, status=201).json()
    assert (job["status"], job["metadata"]) == ("queued", {"m": 1})
    done = ended(api, job["id"], outbox)
    assert (done["status"], done["result"], done["error"]) == (status, result, error)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, 'lacks "type"'),
        ({"type": "ecko"}, 'type: unknown job type "ecko"; did you mean "echo"?'),
        ({"type": 1}, "type: must be of type string"),
    ],
)
def test_a_wrong_job_is_refused(api, body, message):
    assert api.error("POST", "/api/jobs", body, status=400)["message"] == message


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/jobs/nothing"), ("POST", "/api/jobs/nothing/cancel")])
def test_an_unknown_job_is_not_found(api, method, path):
    assert api.error(method, path, status=404)["message"] == "no such job"


def test_a_running_job_is_cancelled_at_once(begin, outbox):
    started = threading.Event()
    stopped = threading.Event()

    async def endless(_):
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    api = begin(job_types={"endless": endless})
    job = api.ok("POST", "/api/jobs", {"type": "endless"})
    assert started.wait(WAIT)
    assert api.ok("GET", f"/api/jobs/{job['id']}")["status"] == "running"
    assert api.ok("POST", f"/api/jobs/{job['id']}/cancel")["status"] == "cancelled"
    assert stopped.wait(WAIT)
    assert ended(api, job["id"], outbox)["status"] == "cancelled"
    assert api.ok("POST", f"/api/jobs/{job['id']}/cancel")["status"] == "cancelled"


def test_a_queued_job_is_cancelled_before_it_starts(begin):
    async def endless(_):
        await asyncio.Event().wait()

    api = begin(job_types={"endless": endless}, job_workers=1)
    api.ok("POST", "/api/jobs", {"type": "endless"})
    second = api.ok("POST", "/api/jobs", {"type": "endless"})
    assert api.ok("POST", f"/api/jobs/{second['id']}/cancel")["status"] == "cancelled"
    assert [job["id"] for job in api.ok("GET", "/api/jobs?status=cancelled")["jobs"]] == [second["id"]]


def test_a_job_that_ended_cannot_be_cancelled(begin, outbox):
    api = begin()
    job = api.ok("POST", "/api/jobs", {"type": "echo"})
    ended(api, job["id"], outbox)
    error = api.error("POST", f"/api/jobs/{job['id']}/cancel", status=409)
    assert (error["code"], error["message"]) == ("conflict", "the job is completed already")


def test_a_job_type_that_breaks_tells_only_what_broke(begin, outbox):
    async def breaks(_):
        raise RuntimeError("/home/someone/secret.py")

    async def gives_no_json(_):
        return object()

    api = begin(job_types={"breaks": breaks, "gives_no_json": gives_no_json})
    errors = [
        ended(api, api.ok("POST", "/api/jobs", {"type": name})["id"], outbox)["error"]
        for name in ("breaks", "gives_no_json")
    ]
    assert errors == ["the job failed (RuntimeError)", "the job failed (TypeError)"]


def test_no_more_jobs_run_at_once_than_there_are_workers(begin, outbox):
    started, release = threading.Semaphore(0), threading.Event()

    async def held(_):
        started.release()
        await asyncio.to_thread(release.wait, WAIT)

    api = begin(job_types={"held": held}, job_workers=2)
    jobs = [api.ok("POST", "/api/jobs", {"type": "held"})["id"] for _ in range(5)]
    assert started.acquire(timeout=WAIT)
    assert started.acquire(timeout=WAIT)
    states = [job["status"] for job in api.ok("GET", "/api/jobs")["jobs"]]
    assert states == ["running", "running", "queued", "queued", "queued"]
    release.set()
    told = b"".join(outbox.next().body for _ in jobs)
    assert all(job.encode() in told for job in jobs)


def test_a_job_under_way_when_the_server_stops_is_run_again(begin, outbox):
    started = threading.Event()

    async def first_time(_):
        started.set()
        await asyncio.Event().wait()

    async def second_time(job_input):
        return job_input

    api = begin(job_types={"work": first_time})
    job = api.ok("POST", "/api/jobs", {"type": "work", "input": 7})
    assert started.wait(WAIT)
    api.server.stop()
    done = ended(begin(job_types={"work": second_time}), job["id"], outbox)
    assert (done["status"], done["result"]) == ("completed", 7)


class TestAfterACrash:
    """What a server finds that was killed: rows that say running, of a worker that is silent."""

    def crash(self, begin, start, outbox, starts):
        api = begin()
        job = api.ok("POST", "/api/jobs", {"type": "echo", "input": 7})["id"]
        ended(api, job, outbox)
        api.server.stop()
        with sqlite3.connect(start.data_dir / "server.db") as database:
            database.execute("UPDATE jobs SET status = 'running', worker = 'dead', starts = ?", (starts,))
            database.execute("INSERT INTO workers VALUES ('dead', 0)")
        database.close()
        return job

    def test_its_jobs_are_run_again(self, begin, start, outbox):
        job = self.crash(begin, start, outbox, starts=1)
        assert ended(begin(), job, outbox)["status"] == "completed"

    def test_a_job_that_was_started_too_often_is_given_up(self, begin, start, outbox):
        job = self.crash(begin, start, outbox, starts=3)
        done = ended(begin(), job, outbox)
        assert (done["status"], done["error"]) == ("failed", "the server died 3 times while it ran")

    def test_jobs_of_a_server_that_lives_are_left_alone(self, begin, start, outbox):
        job = self.crash(begin, start, outbox, starts=1)
        with sqlite3.connect(start.data_dir / "server.db") as database:
            database.execute("UPDATE workers SET last_seen = 1e12")
        database.close()
        assert begin().ok("GET", f"/api/jobs/{job}")["status"] == "running"
