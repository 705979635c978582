"""The last link of the chain: one call as one HTTP exchange, in JSON, with the server's refusals as our errors."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

from mfo_runtime.client.chain import Call, Reply
from mfo_runtime.client.clock import Clock
from mfo_runtime.client.refusals import refusal
from mfo_runtime.client.routes import Operation
from mfo_runtime.errors import InvalidInputError, InvalidResponseError, MfoError, redact
from mfo_runtime.http import EventStream, HttpClient, HttpRequest, HttpResponse, Redirects, Timeouts

REQUEST_ID = "x-request-id"
IDEMPOTENCY_KEY = "idempotency-key"

_MAX_QUOTED = 100


class Exchange:
    """Sends calls through one HTTP client; ``secrets`` gives what no error may say.

    ``stream_timeout``: seconds of waiting in all for an answer that is read while it comes in.
    """

    def __init__(
        self, http: HttpClient, clock: Clock, secrets: Callable[[], tuple[str, ...]], stream_timeout: float
    ) -> None:
        self._stream_timeout = stream_timeout
        self._http = http
        self._clock = clock
        self._secrets = secrets

    async def __call__(self, call: Call) -> Reply:
        """Send the call and read the answer.

        Raises:
            ServerError: whatever went wrong between here and the server, with the request's id.
        """
        with self._told(call):
            if not call.streams:
                return self._reply(call, await self._http.send(self._request(call)))
            opened = await self._http.open_events(self._request(call))
            if isinstance(opened, HttpResponse):
                return self._reply(call, opened)
            events = _ToldEvents(opened, lambda: self._told(call))
            return Reply(call.operation, opened.status, None, _request_id(call, opened), events)

    @contextmanager
    def _told(self, call: Call) -> Generator[None]:
        """Have errors say which request they are of, and no secret."""
        try:
            yield
        except MfoError as error:
            error.request_id = error.request_id or call.request_id
            error.redacted(self._secrets())
            raise

    def _request(self, call: Call) -> HttpRequest:
        accepted = "text/event-stream, application/json" if call.streams else "application/json"
        headers = {"accept": accepted, REQUEST_ID: call.request_id}
        if call.body is not None:
            headers["content-type"] = "application/json"
        if call.idempotency_key is not None:
            headers[IDEMPOTENCY_KEY] = call.idempotency_key
        if call.token is not None:
            headers["authorization"] = f"Bearer {call.token}"
        return HttpRequest(
            method=call.method,
            url=call.url,
            headers=headers,
            query=call.query,
            body=call.body,
            timeouts=self._timeouts(call),
            redirects=Redirects.SAME_ORIGIN,
            operation=call.operation.value,
        )

    def _timeouts(self, call: Call) -> Timeouts | None:
        total = call.options.timeout
        if call.streams:
            return replace(self._http.settings.timeouts, total=self._stream_timeout if total is None else total)
        if total is None:
            return None
        usual = self._http.settings.timeouts
        return replace(usual, total=total, read=max(usual.read, total), write=max(usual.write, total))

    def _reply(self, call: Call, response: HttpResponse) -> Reply:
        request_id = _request_id(call, response)
        if not 200 <= response.status < 300:  # noqa: PLR2004 - the statuses that mean success
            raise refusal(call.operation, response, request_id, self._clock.now())
        return Reply(call.operation, response.status, _decoded_json(call.operation, response, request_id), request_id)


class _ToldEvents:
    """Events of an answer, and what its errors may say."""

    def __init__(self, events: EventStream, told: Callable[[], AbstractContextManager[None]]) -> None:
        self._events = events
        self._told = told

    def __aiter__(self) -> AsyncIterator[str]:
        return aiter(self._events)

    def told(self) -> AbstractContextManager[None]:
        return self._told()

    async def aclose(self) -> None:
        await self._events.aclose()


def _request_id(call: Call, response: HttpResponse | EventStream) -> str:
    """The id under which the server has the request."""
    return redact(response.headers.get(REQUEST_ID, "")) or call.request_id


def _decoded_json(operation: Operation, response: HttpResponse, request_id: str) -> Any:
    """The JSON value of a body; None where the body is empty."""
    if not response.body.strip():
        return None
    media_type = response.media_type
    if media_type and media_type != "application/json" and not media_type.endswith("+json"):
        fault = f"is {media_type[:_MAX_QUOTED]}, not JSON"
    else:
        try:
            return json.loads(response.body.decode("utf-8-sig"), parse_constant=_refuse_constant)
        except RecursionError:
            fault = "is nested too deeply"
        except ValueError:
            fault = f"is no valid JSON ({len(response.body)} bytes)"
    raise InvalidResponseError(f"The answer to {operation} {fault}.", request_id=request_id, status=response.status)


def encoded_json(value: Any) -> bytes:
    """JSON text of a value, in ASCII so that any text of a document can be sent.

    Raises:
        InvalidInputError: the value is nothing that JSON can say.
    """
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":")).encode("ascii")
    except RecursionError:
        raise InvalidInputError("What is to be sent is nested too deeply, or contains itself.") from None
    except (TypeError, ValueError):
        raise InvalidInputError(
            "What is to be sent cannot be said in JSON.", hint="Use text, numbers, true, false, null, lists and maps."
        ) from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)
