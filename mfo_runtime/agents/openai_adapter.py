"""The adapter that asks any OpenAI-compatible endpoint directly."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, contextmanager

from mfo_runtime.agents.exchange import Message, Piece, Prompt, Reply, ToolCall
from mfo_runtime.client.refusals import error_class
from mfo_runtime.errors import Facts
from mfo_runtime.providers.conversation import ChatMessage, ChatQuestion, ChatReply, ProviderError
from mfo_runtime.providers.endpoint import OpenAIEndpoint
from mfo_runtime.providers.openai import OpenAIProvider

__all__ = ["OpenAIAdapter", "OpenAIEndpoint"]

_SERVER_FAILED = 500


class OpenAIAdapter:
    """Asks ``POST /chat/completions``; tools are passed on, and whole conversations are sent.

    Use it as an engine's adapter, which closes it, or close it with ``aclose``.
    """

    calls_tools = True
    keeps_sessions = False

    def __init__(self, endpoint: OpenAIEndpoint) -> None:
        """Ask an endpoint; nothing is sent yet. Take its key from the environment or a keyring, never from code."""
        self._provider = OpenAIProvider(endpoint)

    async def call(self, prompt: Prompt) -> Reply:
        """Ask, and wait for the whole reply; raises ``MfoError``."""
        with _as_errors():
            return _reply(await self._provider.answer(_question(prompt)))

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """Ask, and give the text while it is written; raises ``MfoError``."""
        with _as_errors():
            async with aclosing(self._provider.stream(_question(prompt))) as pieces:
                async for piece in pieces:
                    if isinstance(piece, ChatReply):
                        yield _reply(piece)
                    elif isinstance(piece, str):
                        yield piece

    async def delete_session(self, reply_id: str) -> None:
        """Nothing: no conversation is kept."""

    async def aclose(self) -> None:
        """Close the connections."""
        await self._provider.aclose()


@contextmanager
def _as_errors() -> Generator[None]:
    """What a provider cannot do, as our errors."""
    try:
        yield
    except ProviderError as error:
        facts: Facts = {"status": error.status, "transient": error.status >= _SERVER_FAILED}
        if error.retry_after is not None:
            facts |= {"retry_after": error.retry_after}
        if error.status == 429:  # noqa: PLR2004 - HTTP's too many requests
            facts["transient"] = True
        elif error.status >= _SERVER_FAILED:
            facts["hint"] = "Check the address and the key of the endpoint, and that it runs; or name a fallback."
        words = f"{error.message[:1].upper()}{error.message[1:]}"
        raise error_class(error.status)(f"{words}.", **facts) from None


def _question(prompt: Prompt) -> ChatQuestion:
    system = (ChatMessage("system", prompt.system),) if prompt.system else ()
    return ChatQuestion(
        (*system, *map(_message, prompt.messages)),
        model_id=prompt.model_id or "",
        tools=tuple(tool.to_data() for tool in prompt.tools),
        tool_choice=prompt.tool_choice,
        options=prompt.options,
        metadata=prompt.metadata,
    )


def _message(message: Message) -> ChatMessage:
    calls = [{"name": call.name, "arguments": dict(call.arguments)} for call in message.tool_calls]
    return ChatMessage(message.role, message.content, {"tool_calls": calls} if calls else {})


def _reply(reply: ChatReply) -> Reply:
    counted = {"input_tokens": reply.input_tokens, "output_tokens": reply.output_tokens}
    return Reply(
        reply.content,
        tuple(ToolCall(call.name, dict(call.arguments)) for call in reply.tool_calls),
        usage={name: count for name, count in counted.items() if count is not None},
        model_id=reply.model_id,
    )
