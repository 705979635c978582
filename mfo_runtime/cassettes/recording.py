"""Recording: every exchange is passed on and kept; secrets are struck out when all of them are known, at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mfo_runtime.cassettes.asking import ASKING_TASK
from mfo_runtime.cassettes.cassette import Body, Cassette, Exchange, body_data
from mfo_runtime.cassettes.matching import redacted_body, request_of
from mfo_runtime.cassettes.redaction import Redactor
from mfo_runtime.errors import InvalidInputError, MfoError, is_name_of_secret
from mfo_runtime.http import EventStream, HttpClient, HttpRequest, HttpResponse, HttpSettings, Tracing

_LOG_IN = "/auth/login"
_CHANGING = frozenset({"date", "server", "x-request-id", "content-length", "connection", "keep-alive"})


@dataclass
class Kept:
    """One exchange as it was; secrets and all, so only in memory."""

    task: str
    server: str
    request: HttpRequest
    response: HttpResponse | None = None
    error: MfoError | None = None


@dataclass
class Tape:
    """What is recorded of one run while it goes on.

    Attributes:
        kept: the exchanges, in the order in which they were asked for.
        began: when each node began, in seconds since the epoch.
        answers: what people answered, by node.
    """

    kept: list[Kept] = field(default_factory=list[Kept])
    began: dict[str, float] = field(default_factory=dict[str, float])
    answers: dict[str, Any] = field(default_factory=dict[str, Any])

    def began_at(self, node: str, moment: float) -> float:
        """Keep when a node began; gives that moment."""
        return self.began.setdefault(node, moment)

    def cassette(self, taskflow: str, run_id: str, started_at: str, known: Mapping[str, str]) -> Cassette:
        """All of it as a cassette.

        Args:
            taskflow: the taskflow's id.
            run_id: the run's id.
            started_at: when it began, as RFC 3339 has it.
            known: every known value of a secret, each with what stands there instead.
        """
        redactor = Redactor(known)
        exchanges = [_exchange(one, run_id, redactor) for one in self.kept if one.response or one.error]
        return Cassette(taskflow, run_id, started_at, self.began, redactor.data(self.answers), exchanges)


class RecordingHttp(HttpClient):
    """An HTTP client that keeps what it is asked for and what it is answered."""

    def __init__(
        self, tape: Tape, settings: HttpSettings | None = None, server: str = "", *, tracing: Tracing | None = None
    ) -> None:
        """Keep everything on ``tape``; ``server`` is the address of the MFO server that is asked, if it is one."""
        super().__init__(settings, tracing=tracing)
        self._tape = tape
        self._server = server

    async def send(self, request: HttpRequest) -> HttpResponse:
        """As ``HttpClient.send``; a login is not kept."""
        if self._server and request.url == self._server + _LOG_IN:
            return await super().send(request)
        kept = Kept(ASKING_TASK.get(), self._server, request)
        self._tape.kept.append(kept)
        try:
            kept.response = await super().send(request)
        except MfoError as error:
            kept.error = error
            raise
        return kept.response

    async def open_events(self, request: HttpRequest) -> EventStream | HttpResponse:
        """Raises ``InvalidInputError``: answers that are read while they come in are not recorded."""
        raise InvalidInputError(
            f"The answer of {request.url} is read while it comes in, which cannot be recorded.", hint="Do not stream."
        )


def _exchange(kept: Kept, run_id: str, redactor: Redactor) -> Exchange:
    request = request_of(kept.request, kept.server, run_id, redactor).to_data()
    if kept.response is None:
        error = redactor.data(kept.error.to_data()) if kept.error is not None else {"code": "failed"}
        error.pop("request_id", None)
        return Exchange(kept.task, request, None, error)
    headers = {
        name: redactor.text(value)
        for name, value in sorted(kept.response.headers.items())
        if name not in _CHANGING and not is_name_of_secret(name)
    }
    body: Body = redacted_body(body_data(kept.response.body), redactor)
    return Exchange(kept.task, request, {"status": kept.response.status, "headers": headers, "body": body})
