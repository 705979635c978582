"""A chat question as a request to an OpenAI-compatible endpoint (``POST /chat/completions``)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from mfo_runtime.providers.conversation import ChatMessage, ChatQuestion

_OURS = frozenset({"model", "messages", "stream", "stream_options", "tools", "tool_choice", "n"})
_CHOICES = frozenset({"auto", "none", "required"})


def request_body(question: ChatQuestion, model: str, *, streams: bool) -> dict[str, Any]:
    """What is sent; the question's options go with it, but for what stands elsewhere in the question."""
    body: dict[str, Any] = {key: value for key, value in question.options.items() if key not in _OURS}
    body |= {"model": question.model_id or model, "messages": _messages(question.messages)}
    if question.tools:
        body["tools"] = [_tool(tool) for tool in question.tools]
        if question.tool_choice:
            body["tool_choice"] = _tool_choice(question.tool_choice)
    if streams:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    return body


def _tool(tool: str | Mapping[str, Any]) -> dict[str, Any]:
    told: Mapping[str, Any] = {"name": tool} if isinstance(tool, str) else tool
    function = {key: told[key] for key in ("name", "description", "parameters") if told.get(key)}
    return {"type": "function", "function": {"parameters": {"type": "object", "properties": {}}} | function}


def _tool_choice(choice: Any) -> Any:
    if not isinstance(choice, str) or choice in _CHOICES:
        return choice
    return {"type": "function", "function": {"name": choice}}


def _messages(messages: Sequence[ChatMessage]) -> list[dict[str, Any]]:
    """The messages, with each call of a tool followed by what the tool gave back.

    The endpoint tells calls apart by ids, which MFO's messages do not have, and wants an answer to each call. So calls
    are numbered, answers belong to the first open call of their tool, else to the first open one, and a call that
    nobody answered gets an empty answer. What a tool says that nobody called is said by the user.
    """
    told: list[dict[str, Any]] = []
    waiting: dict[str, str] = {}
    for number, message in enumerate(messages):
        if message.role == "tool" and waiting:
            told.append(_tool_answer(_answered(message, waiting), waiting, message.content))
            continue
        told += [_tool_answer(call_id, waiting, "") for call_id in tuple(waiting)]
        if message.role == "assistant" and message.extra.get("tool_calls"):
            calls = _calls(message, number)
            waiting |= {call["id"]: call["function"]["name"] for call in calls}
            told.append({"role": "assistant", "content": message.content or None, "tool_calls": calls})
        else:
            role = "user" if message.role == "tool" else message.role
            told.append({"role": role, "content": message.content})
    return [*told, *[_tool_answer(call_id, waiting, "") for call_id in tuple(waiting)]]


def _tool_answer(call_id: str, waiting: dict[str, str], content: str) -> dict[str, Any]:
    del waiting[call_id]
    return {"role": "tool", "tool_call_id": call_id, "content": content}


def _answered(message: ChatMessage, waiting: Mapping[str, str]) -> str:
    """The id of the call to which a tool's message belongs."""
    if message.extra.get("tool_call_id") in waiting:
        return str(message.extra["tool_call_id"])
    try:
        said = json.loads(message.content)
    except (ValueError, RecursionError):
        said = None
    name = cast("dict[str, Any]", said).get("tool") if isinstance(said, dict) else None
    return next((call_id for call_id, called in waiting.items() if called == name), next(iter(waiting)))


def _calls(message: ChatMessage, number: int) -> list[dict[str, Any]]:
    given = message.extra["tool_calls"]
    calls = cast("list[dict[str, Any]]", given) if isinstance(given, list) else []
    return [
        {"id": str(call.get("id") or f"call_{number}_{index}"), "type": "function", "function": _function(call)}
        for index, call in enumerate(calls)
        if isinstance(call, dict)  # pyright: ignore[reportUnnecessaryIsInstance] - a client may have sent anything
    ]


def _function(call: Mapping[str, Any]) -> dict[str, str]:
    given = call.get("function")
    called = cast("Mapping[str, Any]", given) if isinstance(given, Mapping) else call
    arguments = called.get("arguments")
    text = arguments if isinstance(arguments, str) else json.dumps(arguments or {}, ensure_ascii=False)
    return {"name": str(called.get("name") or ""), "arguments": text}
