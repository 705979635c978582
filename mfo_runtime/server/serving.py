"""From a request to its answer: body read and checked, the route's handler called, first answers kept and replayed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from mfo_runtime.server.bodies import check_shape, read_json
from mfo_runtime.server.endpoint import Answer, Call, Endpoint, Handler, Preparation
from mfo_runtime.server.failures import not_found
from mfo_runtime.server.incoming import read_body
from mfo_runtime.server.replays import Name, checked_key, digest_of
from mfo_runtime.server.responses import REPLAYED, encoded, json_response
from mfo_runtime.server.scopes import Caller, check_scope, scope_of
from mfo_runtime.server.service import Service
from mfo_runtime.server.settling import settled
from mfo_runtime.server.streaming import stream_answer

CALLER_KEY = "mfo.caller"
"""Where the request's scope says who calls: a ``Caller``, or None."""


async def answer_request(service: Service, endpoint: Endpoint, request: Request) -> Response:
    """Serve one request of a route.

    Raises:
        ApiError: it cannot be served; nothing was written.
    """
    caller = cast("Caller | None", request.scope.get(CALLER_KEY))
    if not endpoint.is_public and caller is not None:
        check_scope(caller, scope_of(endpoint.method, endpoint.path))
    call = await _call(service, endpoint, request, caller)
    name = _name(endpoint, call, request)
    if endpoint.streaming is not None and call.body.get("stream"):
        return await stream_answer(endpoint.streaming, call, name, request)
    if name is None:
        return await _first_answer(endpoint, call, None)
    async with service.replays.lock(name):
        kept = service.replays.find(name)
        if kept is not None:
            status, content = kept
            return json_response(content, status, REPLAYED)
        return await _first_answer(endpoint, call, name)


def _name(endpoint: Endpoint, call: Call, request: Request) -> Name | None:
    """Under which name the answer is kept for a replay; None where it is not."""
    key = request.headers.get("idempotency-key")
    if key is None or endpoint.method == "GET" or not endpoint.is_replayable or not call.user_id:
        return None
    route = f"{endpoint.method} {request.url.path}"
    return Name(call.user_id, route, checked_key(key), digest_of(call.body, call.raw_body))


async def _call(service: Service, endpoint: Endpoint, request: Request, caller: Caller | None) -> Call:
    path = {name: str(value) for name, value in request.path_params.items()}
    if not all(path.values()):
        raise not_found("route")
    raw_body = await read_body(request, service.settings.max_body, service.settings.body_timeout)
    body: Any = {}
    if endpoint.body is not None:
        body = read_json(raw_body) if raw_body else {}
        check_shape(body, endpoint.body)
    return Call(
        service,
        caller.user_id if caller is not None else "",
        caller.scopes if caller is not None else (),
        path,
        dict(request.query_params),
        {name.lower(): value for name, value in request.headers.items()},
        body,
        raw_body,
    )


async def _first_answer(endpoint: Endpoint, call: Call, name: Name | None) -> Response:
    finish = await _prepared(endpoint.handler, call)
    if endpoint.method == "GET":
        answer = finish()
        return json_response(encoded(answer.body), endpoint.status, dict(answer.headers))
    answer, content = settled(call, finish, endpoint.status, name)
    return json_response(content, endpoint.status, dict(answer.headers))


async def _prepared(handler: Handler | Preparation, call: Call) -> Callable[[], Answer]:
    if inspect.iscoroutinefunction(handler):
        work = cast("Preparation", handler)(call)
        return await call.service.stopping.unless_told(work)
    at_once = cast("Handler", handler)
    return lambda: at_once(call)
