"""Executors of the job task types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mfo_dialect.durations import parse_duration
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.tasks.context import Execute, TaskContext


async def create(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Start a job."""
    job = await context.operations.jobs.create(
        str(config["job_type"]), config["parameters"], metadata=config.get("metadata")
    )
    return {"job": dict(job.data)}


async def get(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Read a job; with ``wait``, ask again until it has ended."""
    job_id, wait = str(config["job_id"]), config.get("wait")
    if wait is None:
        return {"job": dict((await context.operations.jobs.get(job_id)).data)}
    seconds = parse_duration(str(wait))
    if seconds is None or seconds < 0:
        raise InvalidInputError(f'wait is "{wait}", which is no duration such as 30s.')
    job = await context.wait_without_slot(context.operations.jobs.wait(job_id, seconds))
    return {"job": dict(job.data)}


async def cancel(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Cancel a job."""
    job = await context.operations.jobs.cancel(str(config["job_id"]))
    return {"job": dict(job.data)}


EXECUTORS: dict[str, Execute] = {
    "mfo_api_job_create": create,
    "mfo_api_job_get": get,
    "mfo_api_job_cancel": cancel,
}
