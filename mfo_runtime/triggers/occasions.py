"""What makes a trigger fire: a payload, and names by which the same thing is recognised when it comes again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mfo_runtime.errors import RunError


@dataclass(frozen=True, slots=True)
class Occasion:
    """One call, moment or event.

    Attributes:
        payload: ``TRIGGER.payload``.
        headers: ``TRIGGER.headers``.
        keys: names of it, each of which begins one run; none where every occasion counts.
        digest: what two occasions of one name have in common.
    """

    payload: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    keys: tuple[str, ...] = ()
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What came of an occasion: a run, and whether it had been begun before."""

    run_id: str
    is_known: bool = False


class QueueFullError(RunError):
    """So many runs wait that no further one is accepted; ``retry_after`` says when to come back."""

    code = "queue_full"
    default_transient = True


class OtherOccasionError(RunError):
    """An occasion has the name of another one."""

    code = "other_occasion"


def digest_of(body: bytes) -> str:
    """What two requests with one body have in common."""
    return hashlib.sha256(body).hexdigest()
