"""Asking for one operation: from a route, its segments and a JSON value to a call on its way through the chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from mfo_runtime.client.chain import Call, CallOptions, Handler, Reply
from mfo_runtime.client.clock import Clock
from mfo_runtime.client.exchange import encoded_json
from mfo_runtime.client.routes import Operation, Routes

_KEY_SIGNS = ":/@!$&'()*+,;=[]"
_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Line:
    """What all calls to one server share."""

    base_url: str
    routes: Routes
    handler: Handler
    clock: Clock


@dataclass(slots=True)
class Calls:
    """Asks one server, with what one caller settled; counts its writes, so that each has a key of its own."""

    line: Line
    options: CallOptions
    _writes: count[int] = field(default_factory=lambda: count(1))

    async def __call__(
        self,
        operation: Operation,
        segments: Mapping[str, str] = _NOTHING,
        *,
        body: Any = None,
        query: Mapping[str, str] = _NOTHING,
        streams: bool = False,
    ) -> Reply:
        """Send the operation and give its answer.

        Args:
            operation: what is asked for.
            segments: what stands for each ``{name}`` of the route's path.
            body: a JSON value; None for no body.
            query: parameters behind the path.
            streams: whether the answer is to be read while it comes in; it may come whole all the same.

        Raises:
            InvalidInputError: a segment or the body cannot be sent.
            ServerError: the exchange failed, and trying again did not help.
        """
        route = self.line.routes[operation]
        call = Call(
            operation=operation,
            method=route.method,
            url=self.line.base_url + route.expand(segments),
            request_id=uuid4().hex,
            idempotency_key=self._next_key() if route.writes else None,
            query=query,
            body=None if body is None else encoded_json(body),
            options=self.options,
            streams=streams,
        )
        return await self.line.handler(call)

    def _next_key(self) -> str:
        if self.options.idempotency_key is None:
            return uuid4().hex
        number = next(self._writes)
        key = header_of_key(self.options.idempotency_key)
        return key if number == 1 else f"{key}.{number}"


def header_of_key(key: str) -> str:
    """An idempotency key as a header has it, whatever characters it is made of."""
    return quote(key, safe=_KEY_SIGNS, errors="backslashreplace")
