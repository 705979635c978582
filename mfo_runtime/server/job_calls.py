"""Running a job, as whoever runs it sees it; knows no table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class JobCall:
    """A job that is to be run, perhaps again after a crash.

    Attributes:
        id: the job's id; the same when it is run again.
        input: its input, plain JSON.
        is_cancelled: whether somebody has cancelled the job; else its coroutine is cancelled because the server stops,
            and the job is run again by the next one.
    """

    id: str
    input: Any
    is_cancelled: Callable[[], bool]


JobRunner = Callable[[JobCall], Awaitable[Any]]
"""Runs a job and gives its result, plain JSON. The text of a ``ValueError`` becomes the job's error, and of other
exceptions the name alone."""
