"""What every error of a run is: a code, a message for a person, what to do, and where it happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypedDict, Unpack

from mfo_runtime.errors.redaction import redact, redact_data

_PLAIN_FACTS = ("task", "attempt", "request_id", "status", "retry_after", "details")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a document: a file and a line and column, both from 1, columns in code points."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Facts(TypedDict, total=False):
    """What else is known of a failure; each is an attribute of the error.

    Attributes:
        hint: what the reader can do about it; each class has a default.
        task: the id (or path) of the task that failed.
        attempt: which try it was, from 1.
        place: where in the document, as a ``Place`` or as ``file:line:column``.
        request_id: the id under which the server's log has the request.
        status: the HTTP status, where there was an answer.
        retry_after: seconds that the server asked to wait.
        transient: whether the same thing may work a moment later; each class has a default.
        details: what the server or a checker said besides, as JSON values.
    """

    hint: str
    task: str
    attempt: int
    place: Place | str
    request_id: str
    status: int
    retry_after: float
    transient: bool
    details: Any


class MfoError(Exception):
    """Something in a run went wrong: a stable code, a message for a person, and what to do.

    Attributes:
        message: what happened, in one or two sentences, without credentials and control characters.

    The other attributes are described at ``Facts``; those that are not known are None.
    """

    code: ClassVar[str] = "failed"
    default_hint: ClassVar[str] = ""
    default_transient: ClassVar[bool] = False

    def __init__(self, message: str, **facts: Unpack[Facts]) -> None:
        self.message = redact(message)
        self.hint = redact(facts.get("hint", self.default_hint))
        self.task = facts.get("task")
        self.attempt = facts.get("attempt")
        self.place = facts.get("place")
        self.request_id = facts.get("request_id")
        self.status = facts.get("status")
        self.retry_after = facts.get("retry_after")
        self.transient = facts.get("transient", self.default_transient)
        self.details = redact_data(facts.get("details"))
        super().__init__(self.message)

    def located(self, task: str | None = None, attempt: int | None = None, place: Place | str | None = None) -> Self:
        """The same error, knowing where in the run it happened; what it knew already stays as it was."""
        self.task = task if self.task is None else self.task
        self.attempt = attempt if self.attempt is None else self.attempt
        self.place = place if self.place is None else self.place
        return self

    def redacted(self, secrets: Iterable[str]) -> Self:
        """The same error, with these values struck out of all that it says."""
        known = tuple(secrets)
        self.message = redact(self.message, known)
        self.hint = redact(self.hint, known)
        self.details = redact_data(self.details, known)
        self.request_id = redact(self.request_id, known) if self.request_id else None
        self.args = (self.message,)
        return self

    def to_data(self) -> dict[str, Any]:
        """The error as JSON values: ``code``, ``message``, ``transient`` and whatever else is known."""
        data: dict[str, Any] = {"code": self.code, "message": self.message, "transient": self.transient}
        data |= {"hint": self.hint or None, "place": None if self.place is None else str(self.place)}
        data |= {name: getattr(self, name) for name in _PLAIN_FACTS}
        return {name: value for name, value in data.items() if value is not None}

    def __str__(self) -> str:
        names = {"task": self.task, "attempt": self.attempt, "request": self.request_id}
        known = ", ".join(f"{name} {value}" for name, value in names.items() if value is not None)
        place = f"{self.place}: " if self.place is not None else ""
        return f"{place}{self.message}" + (f" ({known})" if known else "") + f" [{self.code}]"
