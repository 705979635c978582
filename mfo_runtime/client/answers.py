"""Reading what the server answered: one JSON object, key by key, each value of the type that the dialect promises.

Its errors name the operation and the key, never the value.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from mfo_runtime.client.chain import Reply
from mfo_runtime.errors import InvalidResponseError
from mfo_runtime.json_numbers import is_whole_number


class Answer:
    """One JSON object of an answer.

    Attributes:
        data: the object as it came, keys included that nobody reads.
    """

    def __init__(self, data: Any, reply: Reply, path: str = "") -> None:
        self._reply = reply
        self._path = path
        if not isinstance(data, Mapping):
            raise self.wrong("", "an object")
        self.data: Mapping[str, Any] = MappingProxyType(dict(data))  # pyright: ignore[reportUnknownArgumentType]

    @classmethod
    def of(cls, reply: Reply) -> Answer:
        """The whole answer as an object."""
        return cls(reply.data, reply)

    def text(self, key: str) -> str:
        """A text that must be there."""
        value = self.data.get(key)
        if not isinstance(value, str):
            raise self.wrong(key, "text")
        return value

    def optional_text(self, key: str) -> str:
        """A text; empty where it is missing or null."""
        return "" if self.data.get(key) is None else self.text(key)

    def identifier(self, key: str) -> str:
        """An id: a text that is not empty, or a whole number as text."""
        value = self.data.get(key)
        if is_whole_number(value):
            return str(value)
        if not self.text(key):
            raise self.wrong(key, "an id")
        return self.text(key)

    def anything(self, key: str) -> Any:
        """A value of any type that must be there; null counts."""
        if key not in self.data:
            raise self.wrong(key, "there")
        return self.data[key]

    def mapping(self, key: str) -> Mapping[str, Any]:
        """A map; empty where it is missing or null."""
        value = self.data.get(key)
        if value is None:
            return MappingProxyType({})
        return Answer(value, self._reply, self._below(key)).data

    def inner(self, key: str) -> Answer:
        """An object that must be there."""
        return Answer(self.data.get(key), self._reply, self._below(key))

    def objects(self, key: str) -> tuple[Answer, ...]:
        """A list of objects; empty where it is missing or null."""
        value = self.data.get(key)
        return () if value is None else self.answers(value, key)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where it is missing or null."""
        value = self.data.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):  # pyright: ignore[reportUnknownVariableType]
            raise self.wrong(key, "a list of texts")
        return tuple(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]

    def truth(self, key: str, *, default: bool) -> bool:
        """A truth value; ``default`` where it is missing or null."""
        value = self.data.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def moment(self, key: str) -> datetime | None:
        """A point in time by RFC 3339; None where it is missing, null or empty."""
        text = self.optional_text(key)
        if not text:
            return None
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            raise self.wrong(key, "a time such as 2025-01-31T12:00:00Z") from None

    def answers(self, value: Any, key: str) -> tuple[Answer, ...]:
        """The items of a list, each an object."""
        if not isinstance(value, list):
            raise self.wrong(key, "a list")
        return tuple(Answer(item, self._reply, f"{self._below(key)}[{index}]") for index, item in enumerate(value))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]

    def wrong(self, key: str, wanted: str) -> InvalidResponseError:
        """The error for a value that is not what the dialect promises."""
        path = self._below(key) if key else self._path
        subject = f"{path} in the answer to" if path else "The answer to"
        return InvalidResponseError(
            f"{subject} {self._reply.operation} is not {wanted}.",
            request_id=self._reply.request_id,
            status=self._reply.status,
        )

    def _below(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key


def listed(reply: Reply, key: str) -> tuple[Answer, ...]:
    """The objects of a list answer: ``{key: [...]}``, ``{"data": [...]}`` or the bare list."""
    if isinstance(reply.data, list):
        return Answer({key: reply.data}, reply).objects(key)  # pyright: ignore[reportUnknownMemberType]
    answer = Answer.of(reply)
    name = key if key in answer.data else "data"
    return answer.answers(answer.anything(name), name)


def done(reply: Reply) -> None:
    """Check an answer that only has to say that it happened: nothing at all, or no ``success: false``.

    Raises:
        InvalidResponseError: the server says success and means failure.
    """
    if isinstance(reply.data, Mapping) and not Answer.of(reply).truth("success", default=True):
        raise InvalidResponseError(
            f"{reply.operation} was answered with {reply.status} and success: false.",
            request_id=reply.request_id,
            status=reply.status,
        )
