"""Jobs that the server can run by itself, and the running of one job."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from types import MappingProxyType
from typing import Any, cast

from mfo_dialect.durations import parse_duration
from mfo_runtime.server.database import from_json, to_json
from mfo_runtime.server.events import record_event, snapshot
from mfo_runtime.server.job_calls import JobCall, JobRunner
from mfo_runtime.server.rows import jobs
from mfo_runtime.server.settings import JobType
from mfo_runtime.server.store import Store

MAX_STARTS = 3
"""How often a job is started when the server dies under it, before it is given up."""

_LONGEST_SLEEP = 24 * 3600.0


async def _echo(job_input: Any) -> Any:
    return job_input


async def _sleep(job_input: Any) -> Any:
    duration = _field(job_input, "duration")
    seconds = parse_duration(duration) if isinstance(duration, str) else None
    if seconds is None or not 0 <= seconds <= _LONGEST_SLEEP:
        raise ValueError('the job needs an input {"duration": "2s"}, a day at most')
    await asyncio.sleep(seconds)
    return {"slept": duration}


async def _fail(job_input: Any) -> Any:
    message = _field(job_input, "message")
    raise ValueError(message if isinstance(message, str) else "the job was asked to fail")


def _field(job_input: Any, name: str) -> Any:
    return cast("dict[str, Any]", job_input).get(name) if isinstance(job_input, dict) else None


BUILT_IN_JOB_TYPES: Mapping[str, JobType] = MappingProxyType({"echo": _echo, "sleep": _sleep, "fail": _fail})
"""``echo`` gives back its input, ``sleep`` waits for its ``duration``, ``fail`` fails with its ``message``."""


def runners_of(job_types: Mapping[str, JobType]) -> dict[str, JobRunner]:
    """Job types that are content with a job's input, as those that are told more."""
    return {name: _runner(job_type) for name, job_type in job_types.items()}


def _runner(job_type: JobType) -> JobRunner:
    def run(call: JobCall) -> Awaitable[Any]:
        return job_type(call.input)

    return run


async def run_job(store: Store, job_types: Mapping[str, JobRunner], job_id: str, worker: str) -> None:
    """Run a claimed job to its end and write how it ended, with the event that tells of it."""
    row = store.database.row("SELECT type, input, depth, starts FROM jobs WHERE id = ?", (job_id,))
    if row is None:
        return
    if int(row["starts"]) > MAX_STARTS:
        result, error = None, f"the server died {MAX_STARTS} times while it ran"
    else:
        call = JobCall(job_id, from_json(row["input"]), lambda: jobs.is_cancelled(store, job_id))
        result, error = await _outcome(job_types.get(str(row["type"])), call)
    with store.database.transaction():
        job = jobs.finish(store, job_id, worker, result, error)
        if job is not None:
            record_event(store, f"job.{job['status']}", snapshot("job", job, "input", "result"), int(row["depth"]))


async def _outcome(run: JobRunner | None, call: JobCall) -> tuple[Any, str]:
    if run is None:
        return None, "this server does not know the job's type"
    try:
        result = await run(call)
        to_json(result)
    except ValueError as error:
        return None, str(error) or "the job failed"
    except Exception as error:  # noqa: BLE001 - the fence of a job: its code may be the user's
        return None, f"the job failed ({type(error).__name__})"
    return result, ""
