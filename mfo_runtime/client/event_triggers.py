"""Event triggers: what the server does by itself when an event happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mfo_runtime.client.answers import Answer, done
from mfo_runtime.client.bodies import given
from mfo_runtime.client.calls import Calls
from mfo_runtime.client.routes import Operation


@dataclass(frozen=True, slots=True)
class EventTriggerRequest:
    """An event trigger to be.

    Attributes:
        event_type: the event, such as ``job.completed``.
        action_type: what the server then does, such as ``webhook``.
        action_config: with what.
        filter: an expression over the event; None for every event of the type.
        condition: a further condition, as the server takes it.
        metadata: kept with the trigger.
    """

    event_type: str
    action_type: str
    action_config: Mapping[str, Any]
    filter: str | None = None
    condition: Any = None
    metadata: Mapping[str, Any] | None = None

    def to_data(self) -> dict[str, Any]:
        """The request as the server takes it."""
        return given(
            event_type=self.event_type,
            action_type=self.action_type,
            action_config=self.action_config,
            filter=self.filter,
            condition=self.condition,
            metadata=self.metadata,
        )


@dataclass(frozen=True, slots=True)
class EventTrigger:
    """An event trigger; ``data`` is the whole answer as it came."""

    id: str
    event_type: str
    action_type: str
    action_config: Mapping[str, Any]
    metadata: Mapping[str, Any]
    created_at: datetime | None
    data: Mapping[str, Any] = field(repr=False)


class EventTriggers:
    """``/api/config/event-triggers``."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def create(self, request: EventTriggerRequest) -> EventTrigger:
        """Set up an event trigger."""
        return _trigger(Answer.of(await self._calls(Operation.EVENT_TRIGGER_CREATE, body=request.to_data())))

    async def get(self, trigger_id: str) -> EventTrigger:
        """One event trigger."""
        return _trigger(Answer.of(await self._calls(Operation.EVENT_TRIGGER_GET, {"trigger_id": trigger_id})))

    async def delete(self, trigger_id: str) -> None:
        """Remove an event trigger."""
        done(await self._calls(Operation.EVENT_TRIGGER_DELETE, {"trigger_id": trigger_id}))


def _trigger(answer: Answer) -> EventTrigger:
    return EventTrigger(
        id=answer.identifier("id"),
        event_type=answer.optional_text("event_type"),
        action_type=answer.optional_text("action_type"),
        action_config=answer.mapping("action_config"),
        metadata=answer.mapping("metadata"),
        created_at=answer.moment("created_at"),
        data=answer.data,
    )
