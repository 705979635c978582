"""The provider that asks a model at any OpenAI-compatible endpoint."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, contextmanager

from mfo_runtime.errors import ConnectionFailedError, MfoError, RequestTimeoutError
from mfo_runtime.http import EventStream, HttpClient, HttpRequest, HttpResponse, HttpSettings, Timeouts
from mfo_runtime.providers.conversation import ChatQuestion, ChatReply, Piece, ProviderError, in_pieces
from mfo_runtime.providers.endpoint import OpenAIEndpoint
from mfo_runtime.providers.openai_answers import BAD_GATEWAY, Collected, read_reply, refusal
from mfo_runtime.providers.openai_requests import request_body

_DONE = "[DONE]"
_UNAVAILABLE, _TOO_SLOW = 503, 504


class OpenAIProvider:
    """Asks the endpoint once for each question: trying again is the client's matter."""

    def __init__(self, endpoint: OpenAIEndpoint) -> None:
        self._endpoint = endpoint
        self._http: HttpClient | None = None

    async def answer(self, question: ChatQuestion) -> ChatReply:
        """What the model says.

        Raises:
            ProviderError: the endpoint refuses, fails, or cannot be reached; its address is never told.
        """
        with _fence():
            response = await self._client().send(self._request(question, streams=False))
        return self._reply(response, question)

    async def stream(self, question: ChatQuestion) -> AsyncGenerator[Piece]:
        """What the model says, as it says it; calls of tools come whole, after the text. Raises as ``answer`` does."""
        with _fence():
            opened = await self._client().open_events(self._request(question, streams=True))
        if isinstance(opened, HttpResponse):
            async for piece in in_pieces(self._reply(opened, question)):
                yield piece
            return
        collected = Collected(question.model_id or self._endpoint.model)
        async with aclosing(opened):
            async for data in _data_of(opened):
                for text in collected.add_text(data):
                    yield text
        reply = collected.reply()
        for call in reply.tool_calls:
            yield call
        yield reply

    async def aclose(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    def _client(self) -> HttpClient:
        """The pool of connections, made in the event loop that first asks."""
        if self._http is None:
            seconds = self._endpoint.timeout
            timeouts = Timeouts(total=seconds, read=seconds, write=seconds)
            self._http = HttpClient(HttpSettings(timeouts=timeouts, user_agent="mfo-server"))
        return self._http

    def _request(self, question: ChatQuestion, *, streams: bool) -> HttpRequest:
        headers = {"content-type": "application/json", "accept": "text/event-stream" if streams else "application/json"}
        if self._endpoint.api_key:
            headers["authorization"] = f"Bearer {self._endpoint.api_key}"
        body = json.dumps(request_body(question, self._endpoint.model, streams=streams)).encode()
        return HttpRequest("POST", f"{self._endpoint.base_url.rstrip('/')}/chat/completions", headers, body=body)

    def _reply(self, response: HttpResponse, question: ChatQuestion) -> ChatReply:
        if not 200 <= response.status < 300:  # noqa: PLR2004 - the statuses that mean success
            raise refusal(response.status, response.headers, response.body, self._endpoint.api_key)
        return read_reply(response.body, question.model_id or self._endpoint.model)


async def _data_of(events: EventStream) -> AsyncGenerator[str]:
    with _fence():
        async for data in events:
            if data.strip() == _DONE:
                return
            yield data
    raise ProviderError(BAD_GATEWAY, "the model's endpoint broke off its answer")


@contextmanager
def _fence() -> Generator[None]:
    try:
        yield
    except RequestTimeoutError:
        raise ProviderError(_TOO_SLOW, "the model's endpoint did not answer in time") from None
    except ConnectionFailedError:
        raise ProviderError(_UNAVAILABLE, "the model's endpoint cannot be reached") from None
    except MfoError:
        raise ProviderError(BAD_GATEWAY, "the model's endpoint answered with what cannot be read") from None
