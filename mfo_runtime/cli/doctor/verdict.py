"""One thing that was looked at: whether it is well, what was found, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mfo_runtime.errors import MfoError


class Health(StrEnum):
    """How one thing is."""

    WELL = "ok"
    UNUSUAL = "warning"
    BROKEN = "failure"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found.

    Attributes:
        subject: what was looked at, in a word or two.
        health: how it is; runs fail where something is broken.
        message: what was found.
        hint: what to do; empty where there is nothing.
    """

    subject: str
    health: Health
    message: str
    hint: str = ""

    def to_data(self) -> dict[str, Any]:
        """The verdict as JSON values."""
        return {"check": self.subject, "state": self.health.value, "message": self.message, "hint": self.hint or None}


def well(subject: str, message: str) -> Verdict:
    """Nothing to do."""
    return Verdict(subject, Health.WELL, message)


def unusual(subject: str, message: str, hint: str) -> Verdict:
    """It works, and deserves a look."""
    return Verdict(subject, Health.UNUSUAL, message, hint)


def broken(subject: str, message: str, hint: str) -> Verdict:
    """Runs will fail."""
    return Verdict(subject, Health.BROKEN, message, hint)


def broken_by(subject: str, error: MfoError) -> Verdict:
    """An error says what is broken."""
    return broken(subject, error.message, error.hint)
