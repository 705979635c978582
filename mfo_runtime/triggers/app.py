"""The HTTP side of the service: webhooks and calls by hand come in, and are answered once their runs are on disk.

What a stranger is told is whether the call was accepted; why not, in detail, is told those who signed it or showed the
token, and the log.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as HttpRoute
from starlette.types import Scope

from mfo_runtime.errors import InvalidInputError, JournalError, UnresolvedReferenceError, is_name_of_secret
from mfo_runtime.journal.telling import run_data
from mfo_runtime.server.admission import bearer_token, needs_token
from mfo_runtime.server.bodies import read_json
from mfo_runtime.server.failures import ApiError, ErrorCode, conflict, error_for_status, invalid, not_found
from mfo_runtime.server.gate import ROUTE_KEY, Gate
from mfo_runtime.server.incoming import read_body
from mfo_runtime.server.replays import checked_key
from mfo_runtime.server.responses import REPLAYED, encoded, error_response, json_response
from mfo_runtime.server.settings import is_loopback
from mfo_runtime.server.signatures import DELIVERY_HEADER, SIGNATURE_HEADERS, TIMESTAMP_HEADER, is_signed, timestamp_of
from mfo_runtime.triggers.event_triggers import event_trigger_of
from mfo_runtime.triggers.loading import BY_HAND, EVENTS_PATH, ServedTrigger
from mfo_runtime.triggers.occasions import Accepted, Occasion, OtherOccasionError, QueueFullError, digest_of
from mfo_runtime.triggers.pushed import PushedEvents
from mfo_runtime.triggers.questions import QUESTIONS_PATH, Questions
from mfo_runtime.triggers.runner import Runner
from mfo_runtime.triggers.settings import ServiceSettings

RUNS_PATH = "/api/runs"
_TOLD_OF_RUNS = ("id", "taskflow", "trigger", "state", "started_at", "ended_at", "duration", "usage", "error")
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_ACCEPTED = 202
_UNAVAILABLE = 503
_NO_METHOD = 405
_JOURNAL_SECONDS = 30
_KEY_HEADERS = ("idempotency-key", DELIVERY_HEADER.lower())
_UNREAD_HEADERS = {*SIGNATURE_HEADERS, TIMESTAMP_HEADER.lower()}
_log = logging.getLogger("mfo_runtime.triggers")


def create_app(
    triggers: tuple[ServedTrigger, ...], runner: Runner, settings: ServiceSettings, token: str, questions: Questions
) -> Starlette:
    """The application that takes calls for triggers, and answers to ``questions``; calls by hand must show ``token``."""
    door = Door(triggers, runner, settings, token)
    routes = [
        HttpRoute("/healthz", _healthy),
        HttpRoute(f"{RUNS_PATH}/{{run_id}}", door.tell_of_run, methods=["GET"]),
        HttpRoute(f"{QUESTIONS_PATH}/{{question}}", questions.show, methods=["GET"]),
        HttpRoute(f"{QUESTIONS_PATH}/{{question}}", questions.answer, methods=["POST"]),
        HttpRoute("/{path:path}", door.answer, methods=_METHODS),
    ]
    if settings.events_secret is not None:
        routes.insert(0, HttpRoute(EVENTS_PATH, door.take_event, methods=["POST"]))
    application = Starlette(
        routes=routes,
        middleware=[Middleware(Gate, let_in=door.let_in)],
        exception_handlers={ApiError: _answer_error, HTTPException: _answer_http_exception},
    )
    application.router.redirect_slashes = False
    return application


class Door:
    """Answers the calls for triggers."""

    def __init__(
        self, triggers: tuple[ServedTrigger, ...], runner: Runner, settings: ServiceSettings, token: str
    ) -> None:
        self._triggers = {trigger.route: trigger for trigger in triggers if trigger.route is not None}
        self._paths = {path for _, path in self._triggers}
        self._runner = runner
        self._settings = settings
        self._token = token
        listening = (event_trigger_of(trigger) for trigger in triggers if trigger.type == "event")
        self._pushed = PushedEvents(listening, settings.events_secret or "")

    def let_in(self, scope: Scope, headers: Headers) -> None:
        """Refuse strangers below ``/api``, whether or not such a trigger exists."""
        path = str(scope["path"])
        if (path == "/api" or path.startswith("/api/")) and not self._knows(headers):
            raise needs_token(bearer_token(headers))

    async def answer(self, request: Request) -> Response:
        """Answer one call: 202 and the run's id, once the run is on disk.

        Raises:
            ApiError: it is refused; nothing was begun.
        """
        trigger = self._called(request)
        request.scope[ROUTE_KEY] = f"trigger {trigger.id}"
        self._check_stranger(trigger, request.headers)
        body = await read_body(request, self._settings.max_body, self._settings.body_timeout)
        headers = {name.lower(): value for name, value in request.headers.items()}
        if trigger.secret is not None and not is_signed(
            trigger.secret, headers, body, self._settings.clock.now().timestamp()
        ):
            raise ApiError(ErrorCode.AUTHENTICATION, "the signature is missing, wrong or too old")
        is_trusted = trigger.secret is not None or self._knows(request.headers)
        occasion = _occasion(trigger, read_json(body) if body else None, headers, body)
        accepted = await self._accept(trigger, occasion, is_trusted=is_trusted)
        content = encoded({"accepted": True, "run_id": accepted.run_id})
        where = {"Location": f"{RUNS_PATH}/{accepted.run_id}"}
        return json_response(content, _ACCEPTED, {**where, **(REPLAYED if accepted.is_known else {})})

    async def tell_of_run(self, request: Request) -> Response:
        """Tell what became of a run that was accepted here.

        Raises:
            ApiError: there is none of this id, or the journal cannot be read.
        """
        request.scope[ROUTE_KEY] = f"{RUNS_PATH}/{{run_id}}"
        with _refusals(RUNS_PATH):
            found = await self._runner.find(request.path_params["run_id"])
        if found is None:
            raise not_found("run")
        data = run_data(*found)
        return json_response(encoded({name: data[name] for name in _TOLD_OF_RUNS}), 200)

    async def take_event(self, request: Request) -> Response:
        """Take an event that the MFO server pushes: 202 and the ids of the runs that it starts.

        Raises:
            ApiError: it is refused, or not all that it starts could be begun; the server pushes it again.
        """
        request.scope[ROUTE_KEY] = EVENTS_PATH
        body = await read_body(request, self._settings.max_body, self._settings.body_timeout)
        now = self._settings.clock.now().timestamp()
        self._pushed.check({name.lower(): value for name, value in request.headers.items()}, body, now)
        with _refusals(EVENTS_PATH):
            runs = await self._pushed.take(read_json(body), self._runner.accept, now)
        return json_response(encoded({"accepted": True, "run_ids": runs}), _ACCEPTED)

    def _called(self, request: Request) -> ServedTrigger:
        path = str(request.scope["path"]).removesuffix("/") or "/"
        method = "GET" if request.method == "HEAD" else request.method
        trigger = self._triggers.get((method, path))
        if trigger is not None and request.method != "HEAD":
            return trigger
        if path in self._paths:
            raise error_for_status(_NO_METHOD, f"the method {request.method} is not allowed here")
        raise not_found("route")

    def _check_stranger(self, trigger: ServedTrigger, headers: Headers) -> None:
        """A webhook without a secret is open to this machine alone, and not to pages in its browser."""
        if trigger.secret is not None or self._knows(headers):
            return
        is_by_hand = trigger.type in BY_HAND
        is_of_page = "origin" in headers or headers.get("sec-fetch-site", "none") != "none"
        if is_by_hand or is_of_page or not is_loopback(self._settings.host):
            raise needs_token(bearer_token(headers))

    def _knows(self, headers: Headers) -> bool:
        shown = bearer_token(headers)
        return bool(shown) and hmac.compare_digest(shown.encode(errors="replace"), self._token.encode())

    async def _accept(self, trigger: ServedTrigger, occasion: Occasion, *, is_trusted: bool) -> Accepted:
        try:
            with _refusals(trigger.id):
                return await self._runner.accept(trigger, occasion)
        except (InvalidInputError, UnresolvedReferenceError) as error:
            # The message may quote the payload, which is not for the log.
            _log.warning("a call of %s was refused [%s]", trigger.id, error.code, extra={"trigger": trigger.id})
            raise invalid(error.message if is_trusted else "the payload is not what this webhook takes") from None


@contextmanager
def _refusals(name: str) -> Generator[None]:
    """What keeps a run from being begun at the moment, as the answer to whoever asked for it."""
    try:
        yield
    except QueueFullError as error:
        raise _come_back(error.message, error.retry_after or 1) from None
    except OtherOccasionError:
        raise conflict("this key was used for another request") from None
    except JournalError as error:
        _log.error("a call of %s was refused: %s", name, error.message)
        raise _come_back("the call cannot be kept at the moment", _JOURNAL_SECONDS) from None


def _come_back(message: str, seconds: float) -> ApiError:
    headers = {"Retry-After": str(round(seconds))}
    return ApiError(ErrorCode.INTERNAL, message, status=_UNAVAILABLE, headers=headers)


def _occasion(trigger: ServedTrigger, payload: Any, headers: Mapping[str, str], body: bytes) -> Occasion:
    """A call as an occasion: a delivery that is repeated, by its sender or by whoever copied it, is the same one."""
    keys = [f"key:{checked_key(headers[name])}" for name in _KEY_HEADERS if name in headers]
    if trigger.secret is not None and timestamp_of(headers) is not None:
        shown = next(headers[name] for name in SIGNATURE_HEADERS if name in headers)
        keys.append(f"signature:{shown.lower()}")
    told = {
        name: value for name, value in headers.items() if name not in _UNREAD_HEADERS and not is_name_of_secret(name)
    }
    return Occasion(payload, told, tuple(keys), digest_of(body))


async def _healthy(_: Request) -> Response:
    return json_response(encoded({"status": "ok"}), 200)


async def _answer_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error_response(error)


async def _answer_http_exception(request: Request, error: Exception) -> Response:
    """Answers of the routing itself."""
    assert isinstance(error, HTTPException)
    return error_response(error_for_status(error.status_code, f"the method {request.method} is not allowed here"))
