"""What a chat provider is asked and what it answers; knows neither HTTP nor storage."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

_CHARACTERS_A_TOKEN = 4
_WORD = re.compile(r"\s*\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a conversation; ``extra`` is whatever else the client sent with it (tool calls, names)."""

    role: str
    content: str
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class ChatQuestion:
    """A conversation that waits for its next message, with what the client asks of the model.

    A tool is a name, or a mapping with ``name``, ``description`` and ``parameters``.
    """

    messages: tuple[ChatMessage, ...]
    thread_id: str = ""
    model_id: str = ""
    tools: tuple[str | Mapping[str, Any], ...] = ()
    tool_choice: Any = None
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def last_user_text(self) -> str:
        """What the user said last; empty where no user spoke."""
        return next((message.content for message in reversed(self.messages) if message.role == "user"), "")

    def named(self, key: str) -> str:
        """A text of the metadata, such as ``prompt_template_id``; empty where it is missing or no text."""
        value = self.metadata.get(key)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model wants called."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChatReply:
    """What a provider answered.

    ``input_tokens`` and ``output_tokens`` are None where it did not count them; ``kept`` is called in the transaction
    in which the answer is kept.
    """

    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    model_id: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None
    kept: Callable[[], None] | None = None


Piece: TypeAlias = str | ToolCall | ChatReply
"""What a provider streams: text and tool calls as they come, and last the whole reply."""


class ProviderError(Exception):
    """The provider did not answer; ``status`` is the HTTP status that the client is to see."""

    def __init__(self, status: int, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after = retry_after


class Provider(Protocol):
    """Answers chat questions."""

    async def answer(self, question: ChatQuestion) -> ChatReply:
        """The next message of the conversation.

        Raises:
            ProviderError: there is none, for a reason that the client is told.
        """
        ...

    def stream(self, question: ChatQuestion) -> AsyncGenerator[Piece]:
        """The next message of the conversation while it is written; raises as ``answer`` does, at any piece."""
        ...


async def in_pieces(reply: ChatReply) -> AsyncGenerator[Piece]:
    """A reply that is at hand as a model would stream it: word by word, the white space with the word before it."""
    for word in _WORD.findall(reply.content):
        yield word
        await asyncio.sleep(0)
    for call in reply.tool_calls:
        yield call
    yield reply


def estimated_tokens(text: str) -> int:
    """About how many tokens a text has, by its length; for providers that do not count."""
    return -(-len(text) // _CHARACTERS_A_TOKEN)
