"""Jobs of the server: work that goes on after the answer, and waiting for its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from mfo_runtime.client.answers import Answer
from mfo_runtime.client.bodies import given
from mfo_runtime.client.calls import Calls
from mfo_runtime.client.routes import Operation
from mfo_runtime.errors import RequestTimeoutError

_FIRST_POLL = 0.1
_LONGEST_POLL = 5.0
_POLL_GROWTH = 1.5


class JobStatus(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether the job has ended, one way or another."""
        return self in {JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED}


@dataclass(frozen=True, slots=True)
class Job:
    """A job; ``error`` is whatever the server says of a failure, ``data`` the whole answer as it came."""

    id: str
    status: JobStatus
    result: Any
    error: Any
    metadata: Mapping[str, Any]
    created_at: datetime | None
    updated_at: datetime | None
    data: Mapping[str, Any] = field(repr=False)


class Jobs:
    """``/api/jobs``."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def create(
        self,
        job_type: str,
        input: Any = None,  # noqa: A002 - the server's own word for it
        *,
        metadata: Mapping[str, Any] | None = None,
    ) -> Job:
        """Start a job; it is queued when this returns."""
        body = given(type=job_type, input=input, metadata=metadata)
        return _job(Answer.of(await self._calls(Operation.JOB_CREATE, body=body)))

    async def get(self, job_id: str) -> Job:
        """How far a job is now."""
        return _job(Answer.of(await self._calls(Operation.JOB_GET, {"job_id": job_id})))

    async def cancel(self, job_id: str) -> Job:
        """Cancel a job, and give its state after that."""
        reply = await self._calls(Operation.JOB_CANCEL, {"job_id": job_id})
        answer = Answer.of(reply) if reply.data is not None else None
        return _job(answer) if answer is not None and "status" in answer.data else await self.get(job_id)

    async def wait(self, job_id: str, seconds: float) -> Job:
        """Ask again and again, at growing intervals, until the job has ended.

        Args:
            job_id: the job.
            seconds: how long to go on asking.

        Returns:
            The job in its final state, whichever that is.

        Raises:
            RequestTimeoutError: the job has not ended in time; it goes on at the server.
        """
        clock = self._calls.line.clock
        deadline = clock.monotonic() + seconds
        interval = _FIRST_POLL
        while not (job := await self.get(job_id)).status.is_final:
            left = deadline - clock.monotonic()
            if left <= 0:
                raise RequestTimeoutError(
                    f"Job {job_id} was still {job.status} after {seconds:g} s.",
                    hint="Wait longer, or look at it later: the job goes on.",
                    transient=False,
                )
            await clock.sleep(min(interval, left))
            interval = min(interval * _POLL_GROWTH, _LONGEST_POLL)
        return job


def _job(answer: Answer) -> Job:
    status = answer.text("status")
    if status not in {known.value for known in JobStatus}:
        raise answer.wrong("status", f"one of {', '.join(JobStatus)}")
    return Job(
        id=answer.identifier("id"),
        status=JobStatus(status),
        result=answer.data.get("result"),
        error=answer.data.get("error"),
        metadata=answer.mapping("metadata"),
        created_at=answer.moment("created_at"),
        updated_at=answer.moment("updated_at"),
        data=answer.data,
    )
