"""The application: every route of the server in one table, behind the gate."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from itertools import groupby

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mfo_runtime.server.admission import Admission
from mfo_runtime.server.endpoint import Answer, Endpoint
from mfo_runtime.server.failures import ApiError, error_for_status, not_found
from mfo_runtime.server.gate import ROUTE_KEY, Gate
from mfo_runtime.server.openapi import openapi_document
from mfo_runtime.server.responses import error_response
from mfo_runtime.server.routes import (
    accounts,
    chat,
    event_triggers,
    events,
    health,
    jobs,
    memory,
    notifications,
    resources,
    tools,
    webhooks,
)
from mfo_runtime.server.service import Service, open_service
from mfo_runtime.server.serving import answer_request
from mfo_runtime.server.settings import ServerSettings

ENDPOINTS: tuple[Endpoint, ...] = (
    *health.ENDPOINTS,
    *accounts.ENDPOINTS,
    *chat.ENDPOINTS,
    *tools.ENDPOINTS,
    *memory.ENDPOINTS,
    *resources.ENDPOINTS,
    *jobs.ENDPOINTS,
    *notifications.ENDPOINTS,
    *event_triggers.ENDPOINTS,
    *webhooks.ENDPOINTS,
    *events.ENDPOINTS,
    Endpoint(
        "GET", "/openapi.json", lambda _: Answer(openapi_document(ENDPOINTS)), "Describe the routes", is_public=True
    ),
)
"""Every route."""

_NO_ROUTE = 404


def create_app(settings: ServerSettings) -> Starlette:
    """A server as an ASGI application; its data folder is opened now and closed when the application shuts down.

    Raises:
        SettingsError: it cannot be set up like this.
    """
    return app_of_service(open_service(settings))


def app_of_service(service: Service) -> Starlette:
    """The application around a service that is open; it closes the service when it shuts down."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        working = asyncio.create_task(service.workers.run())
        service.stopping.when_told(working.cancel)  # a job that asks this very server must not hear that it stops
        try:
            yield
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working
            await service.aclose()

    application = Starlette(
        routes=_routes(service),
        middleware=[Middleware(Gate, let_in=Admission(service), spans=service.settings.spans)],
        exception_handlers={ApiError: _answer_error, HTTPException: _answer_http_exception},
        lifespan=lifespan,
    )
    application.router.redirect_slashes = False
    return application


def _routes(service: Service) -> list[Route]:
    by_path = sorted(ENDPOINTS, key=lambda endpoint: endpoint.path)
    return [
        _route(service, path, {endpoint.method: endpoint for endpoint in endpoints})
        for path, endpoints in groupby(by_path, key=lambda endpoint: endpoint.path)
    ]


def _route(service: Service, path: str, endpoints: dict[str, Endpoint]) -> Route:
    async def serve(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        return await answer_request(service, endpoints[method], request)

    return Route(path, _marked(serve, path), methods=list(endpoints))


def _marked(serve: Callable[[Request], Awaitable[Response]], path: str) -> Callable[[Request], Awaitable[Response]]:
    """Tell the gate which route serves, for its log."""

    async def marked(request: Request) -> Response:
        request.scope[ROUTE_KEY] = path
        return await serve(request)

    return marked


async def _answer_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error_response(error)


async def _answer_http_exception(request: Request, error: Exception) -> Response:
    """Answers of the routing itself: no such route, or another method."""
    assert isinstance(error, HTTPException)
    if error.status_code == _NO_ROUTE:
        return error_response(not_found("route"))
    answer = error_for_status(error.status_code, f"the method {request.method} is not allowed here")
    answer.headers.update(error.headers or {})
    return error_response(answer)
