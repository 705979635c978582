"""What every request passes first: it gets an id, a line in the access log, and is let in or not.

The log names routes by their patterns: no query, no header, no value of a path or body ever stands in it.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mfo_runtime.server.failures import ApiError
from mfo_runtime.server.responses import error_response, unexpected_error
from mfo_runtime.server.settings import Spans

ROUTE_KEY = "mfo.route"
"""Where the request's scope says which route serves it."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_DISCONNECTED = 499
_access_log = logging.getLogger("mfo_runtime.server.access")
_error_log = logging.getLogger("mfo_runtime.server.errors")


LetIn = Callable[[Scope, Headers], None]
"""Finds out who calls; raises ``ApiError`` where a stranger may not, whether or not such a route exists."""


class Gate:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, let_in: LetIn, spans: Spans | None = None) -> None:
        self._app = app
        self._let_in = let_in
        self._spans = spans

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; what is no HTTP request is passed on as it is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.monotonic(), 0
        headers = Headers(scope=scope)
        request_id, traceparent = _request_id(headers), _traceparent(headers)
        told = self._spans.begin(scope["method"], traceparent) if self._spans is not None else None

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        try:
            self._let_in(scope, headers)
            await self._app(scope, receive, send_with_id)
        except ApiError as error:
            await error_response(error)(scope, receive, send_with_id)
        except ClientDisconnect:
            status = _DISCONNECTED
        except Exception as error:
            _error_log.exception("request %s failed", request_id)
            if status:
                raise
            await error_response(unexpected_error(error))(scope, receive, send_with_id)
        finally:
            milliseconds = (time.monotonic() - started) * 1000
            route = scope.get(ROUTE_KEY, "(no route)")
            if told is not None:
                told(route, status)
            facts = {
                "method": scope["method"],
                "route": route,
                "status": status,
                "milliseconds": round(milliseconds, 1),
                "request_id": request_id,
                "trace_id": traceparent[3:35] or None,
            }
            _access_log.info(
                "%s %s %d %.1fms %s", scope["method"], route, status, milliseconds, request_id, extra=facts
            )


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(12)


def _traceparent(headers: Headers) -> str:
    """The header as W3C's Trace Context has it; empty for none, or anything else."""
    given = headers.get("traceparent", "")
    return given if _TRACEPARENT.fullmatch(given) else ""
