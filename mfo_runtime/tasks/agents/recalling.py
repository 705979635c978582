"""What an agent knows from before: values of the server's memory, and conversations."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any, cast

from mfo_runtime.agents import Message
from mfo_runtime.client import Operations
from mfo_runtime.errors import NotFoundError
from mfo_runtime.tasks.agents.description import AgentDescription
from mfo_runtime.tasks.agents.notebook import Notebook, messages_data
from mfo_runtime.tasks.safeguards import items_of, map_of

_SPEAKERS = ("user", "assistant")


async def recall_values(agent: AgentDescription, notes: Notebook) -> dict[str, Any]:
    """The values of the agent's memory keys that there are, asked for at the same time; raises ``MfoError``."""
    if not agent.memory_keys:
        return {}

    async def read(operations: Operations) -> dict[str, Any]:
        values = await asyncio.gather(*(_value(operations, key) for key in agent.memory_keys))
        return {key: value[0] for key, value in zip(agent.memory_keys, values, strict=True) if value}

    return await notes.once("memory", read)


async def _value(operations: Operations, key: str) -> tuple[Any, ...]:
    try:
        return ((await operations.memory.get(key)).value,)
    except NotFoundError:
        return ()


async def recall_conversation(agent: AgentDescription, thread_id: str, notes: Notebook) -> tuple[Message, ...]:
    """The newest messages of a conversation, unless it was silent for longer than the agent's sessions last.

    A conversation of agents is kept in the server's memory; one of a chat task is a thread of the server.

    Raises:
        MfoError: the server failed.
    """
    if not thread_id or not agent.history_limit:
        return ()

    async def read(operations: Operations) -> dict[str, Any]:
        kept = await _value(operations, session_key(agent, thread_id))
        told = _session(kept[0]) if kept else await _thread(operations, thread_id)
        if told is None or _now(notes) - told[0] > agent.session_ttl:
            return {"messages": []}
        return {"messages": messages_data(_from_a_question(told[1][-agent.history_limit :]))}

    return _messages((await notes.once("conversation", read))["messages"])


async def keep_conversation(
    agent: AgentDescription, thread_id: str, messages: tuple[Message, ...], notes: Notebook
) -> None:
    """Keep what was said for the next time; raises ``MfoError``."""
    spoken = tuple(one for one in messages if one.role in _SPEAKERS and one.content)
    kept = _from_a_question(spoken[-max(agent.history_limit, 1) :])

    async def write(operations: Operations) -> dict[str, Any]:
        value = {"messages": messages_data(kept), "at": _now(notes)}
        await operations.memory.store(session_key(agent, thread_id), value)
        return {"kept": len(kept)}

    await notes.once("keep", write)


def _now(notes: Notebook) -> float:
    """When the task began, in seconds since the epoch: the same when it is executed again, or replayed."""
    began_at = notes.context.began_at
    return time.time() if began_at is None else began_at


def session_key(agent: AgentDescription, thread_id: str) -> str:
    """Under which key of the server's memory a conversation is kept."""
    return f"agents/{agent.id}/sessions/{thread_id}"


def _session(value: Any) -> tuple[float, tuple[Message, ...]] | None:
    if not isinstance(value, Mapping):
        return None
    told = map_of(cast("Any", value))
    at = told.get("at")
    return (float(at) if isinstance(at, int | float) else 0.0), _messages(told.get("messages"))


async def _thread(operations: Operations, thread_id: str) -> tuple[float, tuple[Message, ...]] | None:
    try:
        thread = await operations.chat.get_thread(thread_id)
    except NotFoundError:
        return None
    messages = tuple(Message(one.role, one.content) for one in thread.messages if one.role in _SPEAKERS and one.content)
    return (thread.updated_at.timestamp() if thread.updated_at is not None else time.time()), messages


def _messages(value: Any) -> tuple[Message, ...]:
    items = map(map_of, items_of(value))
    return tuple(Message(one["role"], str(one.get("content") or "")) for one in items if one.get("role") in _SPEAKERS)


def _from_a_question(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The messages from the first that a user said: an answer without its question says nothing."""
    first = next((index for index, one in enumerate(messages) if one.role == "user"), len(messages))
    return messages[first:]
