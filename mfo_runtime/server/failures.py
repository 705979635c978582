"""What a client is told when a request cannot be served; knows nothing of HTTP libraries, hosts or code.

ApiError            one answer ``{code, message, details}`` with its status (dialect section 12)
SettingsError       the server cannot start as it was told to; said to whoever starts it
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any


class ErrorCode(Enum):
    """The types of error that dialect section 12 names, each with the status that it has unless told otherwise."""

    VALIDATION = ("validation", 400)
    AUTHENTICATION = ("authentication", 401)
    AUTHORIZATION = ("authorization", 403)
    NOT_FOUND = ("not_found", 404)
    CONFLICT = ("conflict", 409)
    RATE_LIMITED = ("rate_limited", 429)
    INTERNAL = ("internal", 500)

    def __init__(self, text: str, status: int) -> None:
        """Name the code as it is written in answers, and its usual status."""
        self.text = text
        self.status = status


class ApiError(Exception):
    """A request that is answered with an error; every part of it is fit to be read by a stranger."""

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        details: Mapping[str, Any] | None = None,
        *,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = dict(details or {})
        self.status = status or code.status
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """The answer's JSON value."""
        return {"code": self.code.text, "message": self.message, "details": self.details}


class SettingsError(Exception):
    """The server cannot start with these settings or this data; the message says what to change."""


def invalid(message: str, path: str = "") -> ApiError:
    """A 400: what is wrong, and where in the body (``messages[0].role``) where it is in the body at all."""
    return ApiError(ErrorCode.VALIDATION, message, {"path": path} if path else None)


def not_found(what: str) -> ApiError:
    """A 404 that names the sort of thing, never whether a similar one exists."""
    return ApiError(ErrorCode.NOT_FOUND, f"no such {what}")


def conflict(message: str) -> ApiError:
    """A 409: the request is right in itself, the state of things does not allow it."""
    return ApiError(ErrorCode.CONFLICT, message)


def error_for_status(status: int, message: str) -> ApiError:
    """The error that belongs to an HTTP status from 400 to 599; others are internal errors."""
    for code in ErrorCode:
        if code.status == status:
            return ApiError(code, message)
    is_client_error = 400 <= status < 500  # noqa: PLR2004 - the bounds of HTTP's client errors
    code = ErrorCode.VALIDATION if is_client_error else ErrorCode.INTERNAL
    return ApiError(code, message, status=status)
