"""The turns of one chat: the model answers, tools run and their results go back, until it has answered for good."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mfo_runtime.agents import Message, Prompt, Purse, Reply, Spent, ToolDef
from mfo_runtime.client import ChatMessage, ChatReply, ChatRequest, Operations, TextPiece, ToolCall
from mfo_runtime.errors import AuthenticationError, AuthorizationError, InvalidOutputError, MfoError
from mfo_runtime.json_numbers import is_number
from mfo_runtime.tasks.context import TaskContext
from mfo_runtime.tasks.prompts import RenderedPrompt
from mfo_runtime.tasks.safeguards import map_of


@dataclass(frozen=True, slots=True)
class Asked:
    """What a model is asked.

    Attributes:
        prompt: the prompt, with the tools that are offered.
        messages: what is said first.
        provider_id, model_id: who answers; None for the server's default.
        thread_id: the thread to go on with; None for a new one.
        options: settings of the provider.
        metadata: kept with the messages.
        has_server_tools: whether all tools of the server are offered, too.
    """

    prompt: RenderedPrompt
    messages: tuple[ChatMessage, ...]
    provider_id: str | None
    model_id: str | None
    thread_id: str | None
    options: Mapping[str, Any]
    metadata: Mapping[str, Any]
    has_server_tools: bool


@dataclass
class Conversation:
    """What was said.

    Attributes:
        message: the model's last words.
        thread_id: the thread at the server.
        calls: all tool calls, in order.
        extracted: those of tools that nobody implements, so that their arguments are the answer.
        results: by tool, the result or the arguments of its last call.
        usage: what the model used, summed over the turns.
    """

    message: str = ""
    thread_id: str = ""
    calls: list[ToolCall] = field(default_factory=list[ToolCall])
    extracted: list[ToolCall] = field(default_factory=list[ToolCall])
    results: dict[str, Any] = field(default_factory=dict[str, Any])
    usage: dict[str, Any] = field(default_factory=dict[str, Any])


async def hold(asked: Asked, context: TaskContext) -> Conversation:
    """Hold the conversation to its end.

    Raises:
        InvalidOutputError: the model calls a tool that it was not offered, or calls tools without an end.
        MfoError: the server failed.
    """
    turns = _Turns(asked, context)
    await turns.take()
    return turns.conversation


AGENTS = "agents"
"""What counts in the budget of each agent, by its id, among what models used: ``tokens`` and ``cost``."""

_DECIMALS = 12
"""Of money: what sums of fractions get wrong stands behind them."""


def add_usage(total: dict[str, Any], usage: Mapping[str, Any]) -> None:
    """Add what a model used to a sum; what is no number is left out, but what counts for agents."""
    for name, count in usage.items():
        if is_number(count):
            summed = total.get(name, 0) + count
            total[name] = round(summed, _DECIMALS) if isinstance(summed, float) else summed
    for agent, share in map_of(usage.get(AGENTS)).items():
        add_usage(total.setdefault(AGENTS, {}).setdefault(agent, {}), map_of(share))


async def reply_of(operations: Operations, request: ChatRequest, tell_text: Callable[[str], None] | None) -> ChatReply:
    """What a model answers to one request.

    Args:
        operations: those of the server that are used.
        request: what it is asked.
        tell_text: told each piece of text while the model writes it; None to have the answer come whole.

    Raises:
        MfoError: the server failed.
    """
    if tell_text is None:
        return await operations.chat.send(request)
    async with operations.chat.stream(request) as pieces:
        async for piece in pieces:
            if isinstance(piece, TextPiece):
                tell_text(piece.text)
    assert pieces.reply is not None, "a stream that ends without an error has a last piece"
    return pieces.reply


class _Turns:
    def __init__(self, asked: Asked, context: TaskContext) -> None:
        self._asked = asked
        self._operations: Operations = context.operations
        self._count_usage, self._tell_text = context.count_usage, context.tell_text
        self._spending, self._write_key = context.spending, context.write_key
        self._asked_times = 0
        self._spent: Spent | None = None
        self._said: tuple[ChatMessage, ...] = ()
        self._server_tools: dict[str, dict[str, Any]] | None = None
        self.conversation = Conversation(thread_id=asked.thread_id or "")

    async def take(self) -> None:
        tools = await self._offered_tools()
        messages = self._asked.messages
        most = self._asked.prompt.max_turns
        for _ in range(most):
            reply = await self._reply(self._request(tools, messages), tools)
            self._note(reply)
            answers = [await self._answer(call, tools) for call in reply.tool_calls]
            messages = tuple(ChatMessage("tool", answer) for answer in answers if answer is not None)
            if not messages:
                return
        raise InvalidOutputError(f"The model called tools {most} times in a row without an answer.")

    async def _reply(self, request: ChatRequest, tools: Mapping[str, dict[str, Any]]) -> ChatReply:
        """The model's next words, within the budgets of the run and the month."""
        prompt = Prompt(
            "",
            tuple(Message(message.role, message.content) for message in self._said),
            tuple(
                ToolDef(name, str(tool.get("description", "")), tool.get("parameters") or {})
                for name, tool in tools.items()
            ),
            model_id=request.model_id,
            options=request.options or {},
        )
        spending, self._asked_times = self._spending, self._asked_times + 1
        purse = Purse(spending.budgets, spending.prices, spending.warn, self._write_down)
        with purse.call(prompt) as settle:
            reply = await reply_of(self._operations, request, self._tell_text)
            model = reply.metadata.get("model_id")
            settle(Reply(reply.content, usage=reply.usage, model_id=model if isinstance(model, str) else ""))
            return reply

    def _write_down(self, spent: Spent) -> None:
        self._spending.write(f"{self._write_key}/turn {self._asked_times}", "", spent)
        self._spent = spent

    async def _offered_tools(self) -> dict[str, dict[str, Any]]:
        offered = {str(tool["name"]): tool for tool in self._asked.prompt.tools}
        if self._asked.has_server_tools:
            offered = {**await self._tools_of_server(), **offered}
        return offered

    async def _tools_of_server(self) -> dict[str, dict[str, Any]]:
        if self._server_tools is None:
            self._server_tools = {
                tool.name: {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
                for tool in await self._operations.tools.list()
            }
        return self._server_tools

    def _request(self, tools: Mapping[str, Any], messages: tuple[ChatMessage, ...]) -> ChatRequest:
        """The next request; a server that keeps no thread is told everything again."""
        asked = self._asked
        self._said = (*self._said, *messages)
        thread_id = self.conversation.thread_id
        return ChatRequest(
            messages=messages if thread_id else self._said,
            thread_id=thread_id or None,
            provider_id=asked.provider_id,
            model_id=asked.model_id,
            tools=tuple(tools.values()),
            tool_choice=asked.prompt.tool_choice,
            options=asked.options or None,
            metadata=asked.metadata,
        )

    def _note(self, reply: ChatReply) -> None:
        conversation = self.conversation
        conversation.thread_id = reply.thread_id or conversation.thread_id
        conversation.message = reply.content
        conversation.calls += reply.tool_calls
        self._said = (*self._said, ChatMessage("assistant", reply.content))
        usage = {**reply.usage} if self._spent is None else self._spent.usage(reply.usage)
        add_usage(conversation.usage, usage)
        self._count_usage(usage)

    async def _answer(self, call: ToolCall, offered: Mapping[str, Any]) -> str | None:
        """The text that a tool gives back to the model; None for an extraction, whose arguments are the answer."""
        conversation = self.conversation
        if call.name not in offered:
            names = ", ".join(offered) or "none"
            raise InvalidOutputError(
                f'The model called the tool "{call.name}", which it was not offered; offered: {names}.'
            )
        if call.name not in await self._tools_of_server():
            conversation.results[call.name] = dict(call.arguments)
            conversation.extracted.append(call)
            return None
        try:
            result = (await self._operations.tools.execute(call.name, call.arguments)).result
        except (AuthenticationError, AuthorizationError):
            raise
        except MfoError as error:
            if error.transient:
                raise
            conversation.results[call.name] = None
            return json.dumps({"tool": call.name, "error": error.message}, ensure_ascii=False)
        conversation.results[call.name] = result
        return json.dumps({"tool": call.name, "result": result}, ensure_ascii=False, default=str)
