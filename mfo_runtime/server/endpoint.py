"""One route of the server as a value: what it takes, who may call it, what answers; knows no HTTP library."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mfo_runtime.server.service import Service


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was let in and whose body has the right shape.

    Attributes:
        service: what the server has at hand.
        user_id: who calls; empty where a stranger may.
        scopes: what the caller's token is for.
        path: the values of the route's placeholders.
        query: the query's values, the last one of each name.
        headers: the request's headers by lower-case name.
        body: the body, a mapping; empty where the route takes none.
        raw_body: the body as it came.
    """

    service: Service
    user_id: str
    scopes: Sequence[str]
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    raw_body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON answer; its status is the route's."""

    body: Any
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


Handler = Callable[[Call], Answer]
"""Answers at once. All that it writes is written in one transaction, together with what is kept for a replay."""

Preparation = Callable[[Call], Awaitable[Callable[[], Answer]]]
"""Does what takes time first, and gives what is left: a function that writes and answers at once."""

Event = Mapping[str, Any]
"""One piece of an answer that is streamed, a JSON object with its ``type``."""


@dataclass(frozen=True, slots=True)
class Streaming:
    """How an answer is given piece by piece.

    Attributes:
        events: gives the pieces, and last a function that writes and answers at once, as a ``Preparation`` gives it.
        events_of: the pieces of an answer that is kept for a replay, from its body.
    """

    events: Callable[[Call], AsyncGenerator[Event | Callable[[], Answer]]]
    events_of: Callable[[Mapping[str, Any]], Iterable[Event]]


Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route.

    Attributes:
        method: the HTTP method.
        path: the path, with placeholders in braces; ``{key:path}`` takes slashes too.
        handler: what answers.
        summary: what it does, in a line.
        body: the JSON Schema (2020-12) of the body, an object; None where it takes none.
        status: the status of the answer when all is well.
        is_public: whether it is open to those who show no token.
        is_replayable: whether the first answer is kept under the request's idempotency key.
        query: the JSON Schema of each parameter of the query that is looked at.
        besides: what ``handler`` asks of the body besides ``body``, in its own words; told in the OpenAPI document.
        takes_any_json: whether the body, where ``body`` does not say, may be any JSON value.
        streaming: how it answers where the body says ``"stream": true``; None where it does not stream.
    """

    method: str
    path: str
    handler: Handler | Preparation
    summary: str
    body: Schema | None = None
    status: int = 200
    is_public: bool = False
    is_replayable: bool = True
    streaming: Streaming | None = None
    query: Mapping[str, Schema] = field(default_factory=dict[str, Schema])
    takes_any_json: bool = False
    besides: Schema = field(default_factory=dict[str, Any])
