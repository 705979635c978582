"""Replaying: the n-th request of a kind gets the n-th recorded answer, in whatever order tasks ask; nobody else is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from mfo_runtime.cassettes.asking import ASKING_TASK
from mfo_runtime.cassettes.cassette import Cassette, Exchange, body_bytes
from mfo_runtime.cassettes.matching import Request, differences, likeness, recorded_request, request_of
from mfo_runtime.cassettes.redaction import Redactor
from mfo_runtime.errors import MfoError, NotRecordedError, error_from_data
from mfo_runtime.http import EventStream, HttpClient, HttpRequest, HttpResponse, HttpSettings

_MOST_DIFFERENCES = 3


class Replay:
    """A cassette that is being replayed.

    Attributes:
        cassette: what is replayed.
        asked: what was asked for so far, each with the task that asked.
        missed: the errors of requests that are not on the cassette, however the flow took them.
    """

    def __init__(self, cassette: Cassette, known: Mapping[str, str]) -> None:
        """Replay ``cassette``; ``known`` is every known value of a secret, each with what stands there instead."""
        self.cassette = cassette
        self.asked: list[tuple[str, Request]] = []
        self.missed: list[NotRecordedError] = []
        self._redactor = Redactor(known)
        self._left: dict[str, list[Exchange]] = defaultdict(list)
        self._requests = [(recorded_request(exchange), exchange) for exchange in cassette.exchanges]
        for request, exchange in reversed(self._requests):
            self._left[request.key].append(exchange)
        self._known_keys = frozenset(self._left)

    @property
    def unused(self) -> int:
        """How many recorded exchanges nobody has asked for."""
        return sum(map(len, self._left.values()))

    def began_at(self, node: str, moment: float) -> float:
        """When a node began in the recorded run; ``moment`` where it did not."""
        return self.cassette.began.get(node, moment)

    def answer(self, request: HttpRequest, server: str) -> Exchange:
        """The exchange that answers a request.

        Raises:
            NotRecordedError: the cassette has none, or no further one.
        """
        task = ASKING_TASK.get()
        asked = request_of(request, server, self.cassette.run_id, self._redactor)
        self.asked.append((task, asked))
        left = self._left.get(asked.key)
        if left:
            # Where several tasks ask the same, each gets the answer that it was given, if there is one of its own.
            own = next((one for one in reversed(left) if one.task == task), left[-1])
            left.remove(own)
            return own
        error = NotRecordedError(self._why_not(asked, task)).located(task=task or None)
        self.missed.append(error)
        raise error

    def _why_not(self, asked: Request, task: str) -> str:
        if asked.key in self._known_keys:
            count = sum(request.key == asked.key for request, _ in self._requests)
            return (
                f"{asked} is asked for more often than it was recorded ({count} {'time' if count == 1 else 'times'})."
            )
        if not self._requests:
            return f"{asked} is not on the cassette, which has no request at all."
        nearest, exchange = max(
            self._requests, key=lambda pair: (*likeness(asked, pair[0]), pair[1].task == task, -len(pair[0].url))
        )
        of_task = f' (of task "{exchange.task}")' if exchange.task else ""
        if (nearest.method, nearest.url) != (asked.method, asked.url):
            return f"{asked} is not on the cassette; the nearest recorded request is {nearest}{of_task}."
        found = list(differences(_plain(asked), _plain(nearest)))
        more = f"; and {len(found) - _MOST_DIFFERENCES} more" if len(found) > _MOST_DIFFERENCES else ""
        told = "; ".join(found[:_MOST_DIFFERENCES]) + more
        return f"{asked} is not on the cassette; the nearest recorded one{of_task} differs: {told}."


def _plain(request: Request) -> object:
    """What a body says, without how a cassette has it."""
    return next(iter(request.body.values())) if request.body else None


class ReplayingHttp(HttpClient):
    """An HTTP client that asks a cassette; it opens no connection."""

    def __init__(self, replay: Replay, settings: HttpSettings | None = None, server: str = "") -> None:
        """Ask ``replay``; ``server`` is the address that stands for the MFO server, if it is asked."""
        super().__init__(settings)
        self._replay = replay
        self._server = server

    async def send(self, request: HttpRequest) -> HttpResponse:
        """The recorded answer.

        Raises:
            NotRecordedError: there is none.
            MfoError: the recorded exchange failed with it.
        """
        exchange = self._replay.answer(request, self._server)
        response = exchange.response
        if response is None:
            raise _recorded_error(exchange)
        headers = {str(name): str(value) for name, value in dict(response.get("headers") or {}).items()}
        return HttpResponse(int(response["status"]), headers, body_bytes(response.get("body")), request.url)

    async def open_events(self, request: HttpRequest) -> EventStream | HttpResponse:
        """The recorded answer, whole: streams are not recorded."""
        return await self.send(request)


def _recorded_error(exchange: Exchange) -> MfoError:
    error = error_from_data(exchange.error or {})
    error.place = None
    return error
