"""The server's way out where its caller gives it none: the project's own HTTP client."""

from __future__ import annotations

from mfo_runtime.http import HttpClient, HttpRequest, HttpSettings
from mfo_runtime.server.settings import OutgoingRequest

_MAX_ANSWER = 64 * 1024
_MAX_CONNECTIONS = 16


class HttpSender:
    """Sends outgoing requests; one pool of connections, made in the event loop that first sends."""

    def __init__(self) -> None:
        self._client: HttpClient | None = None

    async def __call__(self, request: OutgoingRequest) -> int:
        """Send a request once and give the answer's status; redirects are not followed."""
        if self._client is None:
            settings = HttpSettings(
                max_connections=_MAX_CONNECTIONS, max_response_bytes=_MAX_ANSWER, user_agent="mfo-server"
            )
            self._client = HttpClient(settings)
        response = await self._client.send(HttpRequest(request.method, request.url, request.headers, body=request.body))
        return response.status

    async def aclose(self) -> None:
        """Close the pool."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None
