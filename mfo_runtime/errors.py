"""Everything that can go wrong in a run, as one tree; it knows no HTTP library, no engine and no terminal.

The number behind a name says nothing, the word does: ``code`` is stable and is what ``retry_on``, journals and reports use.

MfoError
    ServerError                     an exchange with a server failed
        ConnectionFailedError       connection_failed      no connection, or it broke                      transient
        RequestTimeoutError         timeout                no whole answer in time                         transient
        AuthenticationError         authentication         401: the server does not know who asks
        AuthorizationError          authorization          403: it knows, and refuses
        NotFoundError               not_found              404, 410
        ConflictError               conflict               409, 412, 423
        RateLimitedError            rate_limited           429, 425: ask again later                       transient
        ValidationError             validation             400, 422, any other 4xx: the request is wrong
        InternalError               internal               5xx                      transient: 500, 502, 503, 504
        InvalidResponseError        invalid_response       an answer that cannot be read
        CircuitOpenError            circuit_open           not asked: the server failed too often          transient
    TaskError                       a task, a condition or what they read failed
        UnresolvedReferenceError    unresolved_reference   a reference leads nowhere
        ConditionFailedError        condition_failed       a condition chose no branch that exists
        LoopLimitExceededError      loop_limit_exceeded    a condition took its loop edge too often
        InvalidOutputError          invalid_output         no JSON, or not what the schema asks for
        TaskTimeoutError            task_timeout           a task took longer than its timeout
        UnknownTaskTypeError        unknown_task_type      nobody implements the type
        MissingVariableError        missing_variable       a template's required variable is not given
        TemplateError               template_error         a template cannot be read or rendered
        ExpressionError             expression_error       an expression cannot be read or evaluated
        TaskFailedError             task_failed            the task's own code failed
    RunError                        the run as a whole
        RunTimeoutError             run_timeout            the flow took longer than its timeout
        RunCancelledError           cancelled              somebody stopped it
        InvalidInputError           invalid_input          inputs or settings are not what is asked for
        FlowRefusedError            flow_refused           the flow has errors and does not start

No message of this tree carries a credential: constructors pass every text through ``redact``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar, Self, TypedDict, Unpack

REDACTED = "[redacted]"
MAX_MESSAGE_LENGTH = 2000

_PLAIN_FACTS = ("task", "attempt", "request_id", "status", "retry_after", "details")
_MIN_SECRET_LENGTH = 4
_MAX_DETAIL_DEPTH = 16
_MAX_DETAIL_ITEMS = 100
_CREDENTIALS = re.compile(
    r"(?P<scheme>\b(?:bearer|basic)\s+)(?=[A-Za-z]{0,200}[0-9._~+/=-]|[A-Za-z]{20})[A-Za-z0-9._~+/=-]{6,}"
    r"|\beyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"
    r"|(?P<origin>[a-z][a-z0-9+.-]{1,20}://)[^\s/@]{1,500}@",
    re.IGNORECASE,
)
_SECRET_NAME = re.compile(
    r"pass(word|wd|phrase)|secret|token|api[_-]?key|authorization|credential|cookie", re.IGNORECASE
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


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


class ServerError(MfoError):
    """An exchange with a server failed."""


class ConnectionFailedError(ServerError):
    """There was no connection, or it broke before the whole answer was there."""

    code = "connection_failed"
    default_hint = "Check that the server runs and that its address is right."
    default_transient = True


class RequestTimeoutError(ServerError):
    """The whole answer was not there in time."""

    code = "timeout"
    default_hint = "Try again, or give the client a longer timeout."
    default_transient = True


class AuthenticationError(ServerError):
    """The server does not know who asks."""

    code = "authentication"
    default_hint = "Set MFO_TOKEN to a valid token, or give the client an email and a password."


class AuthorizationError(ServerError):
    """The server knows who asks, and refuses."""

    code = "authorization"
    default_hint = "Ask for the permission, or use a token that has it."


class NotFoundError(ServerError):
    """What was asked for does not exist."""

    code = "not_found"
    default_hint = "Check the id, and that the server is the one that holds it."


class ConflictError(ServerError):
    """The request contradicts what the server holds."""

    code = "conflict"
    default_hint = "Read the present state first, then decide."


class RateLimitedError(ServerError):
    """The server asks for fewer requests."""

    code = "rate_limited"
    default_hint = "Wait as long as the server asks, or lower the concurrency."
    default_transient = True


class ValidationError(ServerError):
    """The server finds the request wrong."""

    code = "validation"
    default_hint = "Correct what the server names; the same request will not be accepted later either."


class InternalError(ServerError):
    """The server failed on its own."""

    code = "internal"
    default_hint = "Try again; if it stays, give the request id to whoever runs the server."


class InvalidResponseError(ServerError):
    """The answer cannot be read as what was asked for."""

    code = "invalid_response"
    default_hint = "Check that the address is that of an MFO server, and that no proxy answers in its place."


class CircuitOpenError(ServerError):
    """The server failed so often that it is left alone for a while."""

    code = "circuit_open"
    default_hint = "Wait until the server is well again."
    default_transient = True


class TaskError(MfoError):
    """A task, a condition, or something that they read failed."""


class UnresolvedReferenceError(TaskError):
    """A reference leads nowhere."""

    code = "unresolved_reference"
    default_hint = "Check the reference against what the task really returned."


class ConditionFailedError(TaskError):
    """A condition chose no branch that exists."""

    code = "condition_failed"
    default_hint = "Make the expression give true, false, or the number of a branch."


class LoopLimitExceededError(TaskError):
    """A condition took its loop edge more often than the flow allows."""

    code = "loop_limit_exceeded"
    default_hint = "Check that the loop's condition can become false, or raise config.max_iterations."


class InvalidOutputError(TaskError):
    """An output is not JSON, breaks its schema, or lacks a tool call that was required."""

    code = "invalid_output"
    default_hint = "Say in the prompt what is expected, or add retry_with_prompt to the task's error handling."


class TaskTimeoutError(TaskError):
    """A task took longer than its timeout."""

    code = "task_timeout"
    default_hint = "Give the task a longer timeout, or less to do."


class UnknownTaskTypeError(TaskError):
    """Nobody implements the type of a task."""

    code = "unknown_task_type"
    default_hint = "Correct the type, or declare it under [task_types] in mfo.toml."


class MissingVariableError(TaskError):
    """A template needs a variable that nobody supplies."""

    code = "missing_variable"
    default_hint = "Add it to the task's prompt_context or to the template's default_variables."


class TemplateError(TaskError):
    """A template cannot be read or rendered."""

    code = "template_error"
    default_hint = "Correct the template; mfo-lsp check shows the place."


class ExpressionError(TaskError):
    """An expression cannot be read or evaluated."""

    code = "expression_error"
    default_hint = "Correct the expression; mfo-lsp check shows the place."


class TaskFailedError(TaskError):
    """The code of a task failed in a way of its own."""

    code = "task_failed"
    default_hint = "Look at the task's own code or input."


class RunError(MfoError):
    """The run as a whole cannot start or go on."""


class RunTimeoutError(RunError):
    """The flow took longer than its timeout."""

    code = "run_timeout"
    default_hint = "Give the flow a longer config.timeout."


class RunCancelledError(RunError):
    """Somebody stopped the run."""

    code = "cancelled"


class InvalidInputError(RunError):
    """Inputs or settings are not what is asked for."""

    code = "invalid_input"
    default_hint = "Correct the value."


class FlowRefusedError(RunError):
    """The flow has errors, so that it does not start."""

    code = "flow_refused"
    default_hint = "Correct what mfo-lsp check reports."


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text as it may be shown: credentials struck out, control characters removed, of bounded length.

    Args:
        text: any text, also from a stranger.
        secrets: values to strike out wherever they stand; those under four characters are left alone, since
            striking them out would garble the text and give them away.

    Returns:
        At most ``MAX_MESSAGE_LENGTH`` code points.
    """
    for secret in sorted({secret for secret in secrets if len(secret) >= _MIN_SECRET_LENGTH}, key=len, reverse=True):
        text = text.replace(secret, REDACTED)
    if len(text) > MAX_MESSAGE_LENGTH:
        text = text[: MAX_MESSAGE_LENGTH - 1] + "…"
    return _CREDENTIALS.sub(_struck_out, _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text))


def redact_data(value: Any, secrets: Iterable[str] = ()) -> Any:
    """JSON values as they may be shown: as ``redact``, and whatever stands under the name of a secret struck out.

    What is nested deeper than 16 levels, and list items and keys past the hundredth, are left out.
    """
    return _redacted_value(value, tuple(secrets), 0)


def _redacted_value(value: Any, secrets: tuple[str, ...], depth: int) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case Mapping() | list() | tuple() if depth >= _MAX_DETAIL_DEPTH:
            return "…"
        case Mapping():
            items: list[tuple[Any, Any]] = [*islice(value.items(), _MAX_DETAIL_ITEMS)]  # pyright: ignore[reportUnknownArgumentType]
            return {
                redact(str(key), secrets): _redacted_item(str(key), item, secrets, depth + 1) for key, item in items
            }
        case list() | tuple():
            return [_redacted_value(item, secrets, depth + 1) for item in value[:_MAX_DETAIL_ITEMS]]  # pyright: ignore[reportUnknownVariableType]
        case _:
            return redact(str(value), secrets)


def _redacted_item(key: str, value: Any, secrets: tuple[str, ...], depth: int) -> Any:
    hidden = isinstance(value, str) and value and _SECRET_NAME.search(key)
    return REDACTED if hidden else _redacted_value(value, secrets, depth)


def _struck_out(found: re.Match[str]) -> str:
    return f"{found['origin']}{REDACTED}@" if found["origin"] else f"{found['scheme'] or ''}{REDACTED}"
