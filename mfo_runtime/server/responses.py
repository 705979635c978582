"""Answers as responses of the HTTP library: JSON at hand, errors, and what is said of failures that nobody foresaw."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from mfo_runtime.server.failures import ApiError, ErrorCode

REPLAYED: Mapping[str, str] = {"Idempotency-Replayed": "true"}
"""The headers of an answer that was given before, to a request with the same key."""

_UNAVAILABLE = 503


def json_response(content: bytes, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """An answer whose JSON is at hand."""
    return Response(content, status, headers, media_type="application/json")


def error_response(error: ApiError) -> Response:
    """The answer that an error is."""
    return json_response(encoded(error.body()), error.status, error.headers)


def encoded(value: Any) -> bytes:
    """A value as the bytes of an answer."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode(errors="replace")


def unexpected_error(error: Exception) -> ApiError:
    """What a client is told of a failure of ours: nothing of its cause."""
    if isinstance(error, sqlite3.OperationalError):
        return ApiError(ErrorCode.INTERNAL, "the server cannot reach its data at the moment", status=_UNAVAILABLE)
    return ApiError(ErrorCode.INTERNAL, "something went wrong on the server")
