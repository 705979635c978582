"""Reading what an OpenAI-compatible endpoint answers: whole, in chunks, or that it does not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from mfo_runtime.errors import redact
from mfo_runtime.json_numbers import is_whole_number
from mfo_runtime.providers.conversation import ChatReply, ProviderError, ToolCall

BAD_GATEWAY = 502
_RATE_LIMITED = 429
_REFUSES_US = frozenset({401, 403})
_LONGEST_REASON = 300
_MAX_SECONDS = 10**6
_MOST_CALLS = 128


def refusal(status: int, headers: Mapping[str, str], body: bytes, key: str | None) -> ProviderError:
    """What a client is told of an answer that is no success.

    A wrong request is its own, a busy endpoint asks it to wait; all else is the matter of whoever runs this server.
    """
    if status == _RATE_LIMITED:
        return ProviderError(_RATE_LIMITED, "the model's endpoint asks for fewer requests", _seconds(headers))
    if status in _REFUSES_US:
        return ProviderError(BAD_GATEWAY, "the model's endpoint does not accept the key that it is sent")
    if 400 <= status < 500:  # noqa: PLR2004 - the statuses that blame the request
        reason = redact(_reason(body), (key,) if key else ())[:_LONGEST_REASON]
        return ProviderError(400, f"the model's endpoint refuses the request: {reason or f'status {status}'}")
    return ProviderError(BAD_GATEWAY, "the model's endpoint failed", _seconds(headers))


def unreadable() -> ProviderError:
    """The error for an answer of another shape."""
    return ProviderError(BAD_GATEWAY, "the model's endpoint answered with what is no chat completion")


def read_reply(body: bytes, model: str) -> ChatReply:
    """A whole answer.

    Raises:
        ProviderError: it is none.
    """
    completion = _mapping(_decoded(body))
    choices: Any = completion.get("choices")
    if not isinstance(choices, list) or not choices:
        raise unreadable()
    message = _mapping(_mapping(choices[0]).get("message"))
    collected = Collected(model)
    list(collected.add({**completion, "choices": [{"delta": message}]}))
    return collected.reply()


@dataclass(slots=True)
class _Call:
    name: str = ""
    arguments: str = ""


@dataclass(slots=True)
class Collected:
    """What the chunks of one answer say together; ``model`` is the one that was asked."""

    model: str
    is_begun: bool = False
    _content: list[str] = field(default_factory=list[str])
    _calls: dict[int, _Call] = field(default_factory=dict[int, _Call])
    _usage: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def add_text(self, data: str) -> Iterator[str]:
        """Take in a chunk as it came; gives the text in it.

        Raises:
            ProviderError: it is no chunk, or says that the endpoint failed.
        """
        chunk = _mapping(_decoded(data))
        if chunk.get("error"):
            raise ProviderError(BAD_GATEWAY, "the model's endpoint failed in the middle of its answer")
        yield from self.add(chunk)

    def add(self, chunk: Mapping[str, Any]) -> Iterator[str]:
        """Take in a chunk; gives the text in it."""
        if isinstance(chunk.get("model"), str) and chunk["model"]:
            self.model = chunk["model"]
        if chunk.get("usage") is not None:
            self._usage = _mapping(chunk["usage"])
        for choice in _items(chunk.get("choices"))[:1]:
            self.is_begun = True
            delta = _mapping(_mapping(choice).get("delta") or {})
            for position, call in enumerate(_items(delta.get("tool_calls"))):
                self._add_call(_mapping(call), position)
            content = delta.get("content")
            if content is not None and not isinstance(content, str):
                raise unreadable()
            if content:
                self._content.append(content)
                yield content

    def _add_call(self, part: Mapping[str, Any], position: int) -> None:
        index = part.get("index", position)
        if not isinstance(index, int) or (index not in self._calls and len(self._calls) >= _MOST_CALLS):
            raise unreadable()
        call, function = self._calls.setdefault(index, _Call()), _mapping(part.get("function") or {})
        call.name = call.name or _text(function.get("name"))
        arguments = function.get("arguments")
        call.arguments += json.dumps(arguments) if isinstance(arguments, dict) else _text(arguments)

    def reply(self) -> ChatReply:
        """The whole answer.

        Raises:
            ProviderError: there was none, or it calls a tool with what is no JSON object.
        """
        if not self.is_begun:
            raise unreadable()
        calls = tuple(_tool_call(self._calls[index]) for index in sorted(self._calls))
        read, written = (_count(self._usage.get(key)) for key in ("prompt_tokens", "completion_tokens"))
        return ChatReply("".join(self._content), calls, self.model, read, written)


def _tool_call(call: _Call) -> ToolCall:
    try:
        arguments = _decoded(call.arguments or "{}")
    except ProviderError:
        arguments = None
    if not call.name or not isinstance(arguments, dict):
        raise ProviderError(BAD_GATEWAY, "the model called a tool with what is no JSON object")
    return ToolCall(call.name, cast("dict[str, Any]", arguments))


def _decoded(body: bytes | str) -> Any:
    try:
        return json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise unreadable() from None


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise unreadable()
    return cast("dict[str, Any]", value)


def _items(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise unreadable()
    return cast("list[Any]", value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise unreadable()
    return value


def _count(value: Any) -> int | None:
    return value if is_whole_number(value) and value >= 0 else None


def _reason(body: bytes) -> str:
    try:
        said = _mapping(_decoded(body))
        error = said.get("error")
        return _text(error if isinstance(error, str) else _mapping(error or said).get("message"))
    except ProviderError:
        return ""


def _seconds(headers: Mapping[str, str]) -> float | None:
    text = headers.get("retry-after", "").strip()
    try:
        seconds = float(text)
    except ValueError:
        return None
    return min(seconds, _MAX_SECONDS) if seconds >= 0 else None
