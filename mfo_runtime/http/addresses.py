"""Addresses: which ones can be asked, and where a redirect leads without giving anything to another host."""

from __future__ import annotations

from dataclasses import replace

import httpx2

from mfo_runtime.errors import InvalidInputError, InvalidResponseError
from mfo_runtime.http.failures import origin_of
from mfo_runtime.http.values import EMPTY, HttpRequest, HttpResponse, Redirects

_METHOD_KEPT = frozenset({307, 308})
REDIRECTS = frozenset({301, 302, 303}) | _METHOD_KEPT
"""The statuses that lead elsewhere."""

_HARMLESS_HEADERS = frozenset({"accept", "accept-language", "user-agent"})


def parsed_url(text: str) -> httpx2.URL:
    """An absolute http address; raises ``InvalidInputError``, without quoting it, for anything else."""
    try:
        url = httpx2.URL(text)
    except (httpx2.InvalidURL, ValueError, TypeError):
        url = None
    if url is None or url.scheme not in {"http", "https"} or not url.host:
        raise InvalidInputError("A url is not an absolute http address.", hint="Write it as http://host:port/path.")
    return url


def shown_origin(text: str) -> str:
    """Scheme, host and port of an absolute http address; raises ``InvalidInputError`` for anything else."""
    return origin_of(parsed_url(text))


def redirected(request: HttpRequest, here: httpx2.URL, response: HttpResponse) -> tuple[HttpRequest, httpx2.URL]:
    """The request that a redirect asks for, and its address.

    Raises:
        InvalidResponseError: it leads nowhere, or would carry what is the caller's to another origin.
    """
    there = _redirect_target(here, response.headers["location"])
    reads = request.method.upper() in {"GET", "HEAD"}
    keeps_method = reads or response.status in _METHOD_KEPT
    if not keeps_method and request.redirects is Redirects.SAME_ORIGIN:
        raise InvalidResponseError(f"{origin_of(here)} redirects a {request.method.upper()}.", status=response.status)
    method, body = (request.method, request.body) if keeps_method else ("GET", None)
    if origin_of(there) == origin_of(here):
        return replace(request, query=EMPTY, method=method, body=body), there
    if request.redirects is Redirects.SAME_ORIGIN or body is not None:
        raise InvalidResponseError(
            f"{origin_of(here)} redirects to {origin_of(there)}, which was not asked and gets nothing of the request.",
            status=response.status,
            hint=f"If that is where the server is now, use {origin_of(there)} as its address.",
        )
    headers = {name: value for name, value in request.headers.items() if name.lower() in _HARMLESS_HEADERS}
    return replace(request, query=EMPTY, method=method, body=None, headers=headers), there


def _redirect_target(here: httpx2.URL, location: str) -> httpx2.URL:
    try:
        return parsed_url(str(here.join(location)))
    except (InvalidInputError, httpx2.InvalidURL, ValueError):
        raise leads_nowhere(here) from None


def leads_nowhere(here: httpx2.URL) -> InvalidResponseError:
    """The error for a redirect to what is no http address."""
    return InvalidResponseError(f"{origin_of(here)} redirects to what is no http address.")
