"""Telling the server that something happened: events, incoming webhooks and triggers started by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mfo_runtime.client.bodies import given
from mfo_runtime.client.calls import Calls
from mfo_runtime.client.routes import Operation


class Events:
    """``/api/events``, ``/webhooks`` and ``/api/trigger``; each gives the server's answer as it came."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

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
