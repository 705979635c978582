"""What is said to a model and what it says, as values; they know no model and no step."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, runtime_checkable

_CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True, slots=True)
class ToolDef:
    """A tool that a model may call; ``parameters`` is the JSON Schema of its arguments."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def to_data(self) -> dict[str, Any]:
        """The tool as servers take it."""
        data: dict[str, Any] = {"name": self.name}
        if self.description:
            data["description"] = self.description
        if self.parameters:
            data["parameters"] = dict(self.parameters)
        return data


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that a model calls, and with what."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Message:
    """One message; ``role`` is ``system``, ``user``, ``assistant`` or ``tool``; a model's may call tools."""

    role: str
    content: str
    tool_calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked.

    Attributes:
        system: the system prompt; empty for none.
        messages: the conversation, the newest message last.
        tools: the tools that it may call.
        tool_choice: ``auto``, ``none``, ``required``, a tool's name, or None for the model's own way.
        previous_id: the id of the reply that this goes on with, where the adapter keeps sessions.
        model_id, provider_id: who answers; None for the adapter's own.
        options: settings of the provider.
        metadata: kept with the messages, where the server does so.
    """

    system: str
    messages: tuple[Message, ...]
    tools: tuple[ToolDef, ...] = ()
    tool_choice: str | None = None
    previous_id: str | None = None
    model_id: str | None = None
    provider_id: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @staticmethod
    def of(system: str, user: str, tools: tuple[ToolDef, ...] = ()) -> Prompt:
        """A prompt of a system text and one user message."""
        return Prompt(system, (Message("user", user),), tools)

    @property
    def user(self) -> str:
        """What the user said last; empty where no user spoke."""
        return next((message.content for message in reversed(self.messages) if message.role == "user"), "")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said.

    Attributes:
        text: its words.
        tool_calls: the tools that it calls.
        reply_id: what a later prompt names to go on from here; empty where the adapter keeps no sessions.
        usage: ``input_tokens`` and ``output_tokens``, and whatever else the server counts.
        model_id: who answered; empty where nobody says.
        provider_id: who served the model; empty where nobody says.
    """

    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    reply_id: str = ""
    usage: Mapping[str, Any] = field(default_factory=dict[str, Any])
    model_id: str = ""
    provider_id: str = ""


Piece: TypeAlias = str | Reply
"""What is streamed: text as it comes, and last the whole reply."""


@runtime_checkable
class Adapter(Protocol):
    """The way to one provider of models; an own one needs ``call`` and ``stream``, and is wrapped by middleware.

    Attributes:
        calls_tools: whether it passes tools on; else actions are described in the prompt and answered as JSON.
        keeps_sessions: whether replies have ids that later prompts can go on with; else whole conversations are sent.
    """

    @property
    def calls_tools(self) -> bool:
        """Whether tools are passed on."""
        ...

    @property
    def keeps_sessions(self) -> bool:
        """Whether replies have ids."""
        ...

    async def call(self, prompt: Prompt) -> Reply:
        """Ask, and wait for the whole reply; raises ``MfoError``."""
        ...

    def stream(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """Ask, and give the text while it is written, and last the whole reply; raises ``MfoError``."""
        ...

    async def delete_session(self, reply_id: str) -> None:
        """Forget the conversation that a reply belongs to; does nothing where none is kept."""
        ...


Middleware: TypeAlias = Callable[[Adapter], Adapter]
"""Wraps an adapter to add behaviour."""


def estimated_tokens(text: str) -> int:
    """About how many tokens a text has: one for each four characters, rounded up."""
    return -(-len(text) // _CHARACTERS_A_TOKEN)
