"""What a step makes of a model's reply: the call of an action, or a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, TypeVar, cast, overload

from mfo_runtime.agents.prototypes import value_of

_T = TypeVar("_T")


class ResponseKind(StrEnum):
    """What a response is."""

    METHOD = "method"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Response:
    """The outcome of a step.

    Attributes:
        kind: whether the model called an action or said something.
        action: the action's name; empty for a message.
        params: what it is called with.
        message: what the model said.
        raw: the reply's text as it came.
        value: what a custom runnable wants to hand on besides, such as the responses of ``Parallel``.
    """

    kind: ResponseKind = ResponseKind.MESSAGE
    action: str = ""
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    message: str = ""
    raw: str = field(default="", repr=False)
    value: Any = None

    def is_action(self, name: str) -> bool:
        """Whether this is a call of that action."""
        return self.kind is ResponseKind.METHOD and self.action == name

    @overload
    def parse_params(self, prototype: type[_T]) -> _T: ...
    @overload
    def parse_params(self, prototype: Mapping[str, Any]) -> dict[str, Any]: ...
    def parse_params(self, prototype: type[Any] | Mapping[str, Any]) -> Any:
        """The parameters as a value of a type.

        Raises:
            ValueError: they are none.
        """
        return value_of(prototype, dict(self.params))

    def to_data(self) -> dict[str, Any]:
        """The response as JSON values; ``raw`` is left out."""
        data: dict[str, Any] = {"type": self.kind.value}
        if self.action:
            data |= {"action": self.action, "params": dict(self.params)}
        if self.message:
            data["message"] = self.message
        return data


class Called(Protocol):
    """What may be the call of an action: a response, or what the context knows of a step."""

    @property
    def action(self) -> str:
        """The action's name; empty for a message."""
        ...

    @property
    def params(self) -> Mapping[str, Any]:
        """What it is called with."""
        ...


def params_as(called: Called | None, action: str, prototype: type[_T]) -> _T | None:
    """The parameters of a call as a value of a type; None where it is no call of the action, or they do not fit."""
    if called is None or not called.action or called.action != action:
        return None
    try:
        return cast("_T", value_of(prototype, dict(called.params)))
    except ValueError:
        return None
