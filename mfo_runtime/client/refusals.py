"""What an answer that is no success means: the error of the tree, from the status and from ``{code, message, details}``.

The status alone decides the error; the body, which may be anything, only explains it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from mfo_runtime.client.routes import Operation
from mfo_runtime.errors import (
    AuthenticationError,
    AuthorizationError,
    ConflictError,
    Facts,
    InternalError,
    InvalidResponseError,
    NotFoundError,
    RateLimitedError,
    RequestTimeoutError,
    ServerError,
    ValidationError,
)
from mfo_runtime.http import HttpResponse
from mfo_runtime.json_numbers import is_number

_BY_STATUS: Mapping[int, type[ServerError]] = {
    401: AuthenticationError,
    403: AuthorizationError,
    404: NotFoundError,
    408: RequestTimeoutError,
    409: ConflictError,
    410: NotFoundError,
    412: ConflictError,
    423: ConflictError,
    425: RateLimitedError,
    429: RateLimitedError,
}
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_MAX_SECONDS_DIGITS = 9


def error_class(status: int) -> type[ServerError]:
    """The error that a status which is no success means (dialect section 12)."""
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if 400 <= status < 500:  # noqa: PLR2004 - the statuses that blame the request
        return ValidationError
    return InternalError if status >= 500 else InvalidResponseError  # noqa: PLR2004 - the server's own failures


def is_transient_status(status: int) -> bool:
    """Whether the same request may succeed a moment later (dialect section 5.2)."""
    return status in _TRANSIENT


def refusal(operation: Operation, response: HttpResponse, request_id: str, now: datetime) -> ServerError:
    """The error for an answer that is no success; ``now`` is what a date in Retry-After is measured from."""
    body = _explanation(response)
    facts: Facts = {
        "status": response.status,
        "request_id": request_id,
        "transient": is_transient_status(response.status),
    }
    if (seconds := retry_after(response.headers.get("retry-after", ""), now)) is not None:
        facts["retry_after"] = seconds
    if (details := body.get("details")) not in (None, {}, []):
        facts["details"] = details
    return error_class(response.status)(
        f"{operation} was answered with {response.status}: {_message(body) or _phrase(response)}", **facts
    )


def refusal_of(operation: Operation, said: Mapping[str, Any], request_id: str) -> ServerError:
    """The error for a failure that is told inside an answer: ``code``, ``message``, ``details`` and ``status``."""
    status, seconds = said.get("status"), said.get("retry_after")
    status = status if isinstance(status, int) and 400 <= status < 600 else 500  # noqa: PLR2004 - HTTP's failures
    facts: Facts = {"status": status, "request_id": request_id, "transient": is_transient_status(status)}
    if is_number(seconds) and seconds >= 0:
        facts["retry_after"] = float(min(seconds, 10**_MAX_SECONDS_DIGITS))
    if (details := said.get("details")) not in (None, {}, []):
        facts["details"] = details
    return error_class(status)(f"{operation} broke off: {_message(said) or 'the server does not say why.'}", **facts)


def retry_after(text: str, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for, as a number or as a date; None where it says neither."""
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:_MAX_SECONDS_DIGITS]) if len(text) <= _MAX_SECONDS_DIGITS else float(10**_MAX_SECONDS_DIGITS)
    try:
        moment = parsedate_to_datetime(text)
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return max(0.0, (moment - now).total_seconds())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _explanation(response: HttpResponse) -> Mapping[str, Any]:
    """The body as a mapping; an empty one where it is anything else."""
    try:
        body: Any = json.loads(response.body)
    except (ValueError, RecursionError):
        return {}
    inner = body.get("error") if isinstance(body, Mapping) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if isinstance(inner, Mapping) and "message" not in body:
        return inner  # pyright: ignore[reportUnknownVariableType]
    return body if isinstance(body, Mapping) else {}  # pyright: ignore[reportUnknownVariableType]


def _message(body: Mapping[str, Any]) -> str:
    for key in ("message", "error", "detail", "code"):
        value = body.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def _phrase(response: HttpResponse) -> str:
    """What the status alone says, and that the body did not explain it."""
    try:
        phrase = HTTPStatus(response.status).phrase
    except ValueError:
        phrase = "a status that HTTP does not know"
    return phrase if not response.body else f"{phrase} (the body explains nothing)"
