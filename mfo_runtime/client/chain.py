"""The one path of every request: a call goes through steps, each of which may change, repeat or refuse it.

The steps stand in one tuple, outermost first. A step knows the next one only as a function.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from mfo_runtime.client.routes import Operation
from mfo_runtime.errors import MfoError


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of one call, as told to whoever watches.

    Attributes:
        operation: what was asked for.
        number: which try it was, from 1.
        request_id: the id under which the server's log has it.
        idempotency_key: the same in all tries of one write; None for a read.
        seconds: how long the try took.
        error: why it failed; None where it succeeded.
        pause: seconds until the next try; None where there is none.
    """

    operation: Operation
    number: int
    request_id: str
    idempotency_key: str | None
    seconds: float
    error: MfoError | None = None
    pause: float | None = None


Observer: TypeAlias = Callable[[Attempt], None]


@dataclass(frozen=True, slots=True)
class CallOptions:
    """What a caller can settle for its calls.

    Attributes:
        idempotency_key: what the keys of the caller's writes are made of: the first write carries it as it is, the
            n-th with ``.n`` behind it. A caller that repeats the same writes in the same order repeats the same keys.
            None: each write gets a key of its own.
        max_attempts: tries of each call in all; None: as the client's retry policy says.
        timeout: seconds for one exchange; None: as the client's settings say.
        on_attempt: told of every try, once it has ended; None: the client's own observer.
    """

    idempotency_key: str | None = None
    max_attempts: int | None = None
    timeout: float | None = None
    on_attempt: Observer | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One request on its way.

    Attributes:
        operation: what is asked for.
        method: the HTTP method.
        url: the whole address, percent-encoded.
        request_id: the id of this try, sent to the server.
        idempotency_key: sent with a write, the same in all its tries.
        query: parameters behind the path.
        body: JSON text; None for no body.
        options: what the caller settled.
        attempt: which try it is, from 1.
        token: who asks; None where nobody is known.
        streams: whether the answer is to be read while it comes in.
    """

    operation: Operation
    method: str
    url: str
    request_id: str
    idempotency_key: str | None = None
    query: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    body: bytes | None = field(default=None, repr=False)
    options: CallOptions = field(default_factory=CallOptions)
    attempt: int = 1
    token: str | None = field(default=None, repr=False)
    streams: bool = False


class Events(Protocol):
    """The data of server-sent events; raises ``MfoError``, and has to be closed."""

    def __aiter__(self) -> AsyncIterator[str]:
        """The data, one event after the other."""
        ...

    def told(self) -> AbstractContextManager[None]:
        """Has the errors of a block, in which the events are read, say which request they are of, and no secret."""
        ...

    async def aclose(self) -> None:
        """Stop reading."""
        ...


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answered to a call that succeeded.

    ``data`` is the JSON value, None for an empty body; where ``events`` are there, they are the answer instead.
    """

    operation: Operation
    status: int
    data: Any = field(repr=False)
    request_id: str
    events: Events | None = field(default=None, repr=False)


Handler: TypeAlias = Callable[[Call], Awaitable[Reply]]


class Step(Protocol):
    """One link of the chain."""

    async def __call__(self, call: Call, go_on: Handler) -> Reply:
        """Answer the call, usually by way of ``go_on``; raises ``MfoError``."""
        ...


def linked(steps: Sequence[Step], last: Handler) -> Handler:
    """All steps as one function, outermost first, ``last`` innermost."""
    handler = last
    for step in reversed(steps):
        handler = _link(step, handler)
    return handler


def _link(step: Step, go_on: Handler) -> Handler:
    async def handle(call: Call) -> Reply:
        return await step(call, go_on)

    return handle
