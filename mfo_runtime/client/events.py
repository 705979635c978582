"""What happened: events that the server tells, and telling it of events, incoming webhooks, triggers started by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mfo_runtime.client.answers import Answer
from mfo_runtime.client.bodies import given
from mfo_runtime.client.calls import Calls
from mfo_runtime.client.pages import Listing
from mfo_runtime.client.routes import Operation


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        sequence: its place among all events of the server; later ones have higher numbers.
        id: its id.
        type: ``job.completed``, ``resource.created`` or any name that somebody made up.
        payload: what it tells.
        created_at: when it happened, as the server writes it.
        data: the whole answer as it came.
    """

    sequence: int
    id: str
    type: str
    payload: Any
    created_at: str
    data: Mapping[str, Any] = field(repr=False)

    def to_data(self) -> dict[str, Any]:
        """The event as the server's own filters see it."""
        return {"id": self.id, "type": self.type, "data": self.payload, "created_at": self.created_at}


class Events:
    """``/api/events``, ``/webhooks`` and ``/api/trigger``; each gives the server's answer as it came."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def list(self, *, after: int = 0, event_type: str | None = None, page_size: int | None = None) -> Listing[Event]:
        """Events in their order: those after a sequence, all or those of a type. Not all servers have this list."""
        query = {"after": str(after)} | ({"type": event_type} if event_type is not None else {})
        return Listing(self._calls, Operation.EVENT_LIST, "events", _event, query=query, page_size=page_size)

    async def send(self, event_type: str, data: Mapping[str, Any] | None = None) -> Any:
        """Report an event."""
        return (await self._calls(Operation.EVENT_SEND, body={"type": event_type} | given(data=data))).data

    async def deliver_webhook(self, provider: str, webhook_id: str, payload: Any) -> Any:
        """Hand in what a provider's webhook would bring."""
        segments = {"provider": provider, "webhook_id": webhook_id}
        return (await self._calls(Operation.WEBHOOK_DELIVER, segments, body=payload)).data

    async def start_trigger(self, trigger_id: str, payload: Any = None) -> Any:
        """Start a trigger by hand; ``payload`` is what its taskflow reads as ``TRIGGER.payload``."""
        body: Any = {} if payload is None else payload
        return (await self._calls(Operation.TRIGGER_START, {"trigger_id": trigger_id}, body=body)).data


def _event(answer: Answer) -> Event:
    sequence = answer.data.get("sequence")
    if not isinstance(sequence, int) or isinstance(sequence, bool):
        raise answer.wrong("sequence", "a whole number")
    return Event(
        sequence,
        answer.identifier("id"),
        answer.text("type"),
        answer.data.get("data"),
        answer.optional_text("created_at"),
        answer.data,
    )
