"""Webhooks that the server calls when events happen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mfo_runtime.client.answers import Answer, done
from mfo_runtime.client.bodies import given
from mfo_runtime.client.calls import Calls
from mfo_runtime.client.routes import Operation


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook, without its secret; ``data`` is the answer as it came, without the secret too."""

    id: str
    type: str
    url: str
    events: tuple[str, ...]
    metadata: Mapping[str, Any]
    created_at: datetime | None
    data: Mapping[str, Any] = field(repr=False)


class Webhooks:
    """``/api/webhooks``."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def create(
        self,
        url: str,
        events: Sequence[str],
        *,
        webhook_type: str | None = None,
        secret: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Webhook:
        """Have the server call ``url`` at these events.

        Args:
            url: who is called.
            events: at which events.
            webhook_type: ``event``, ``trigger`` or ``callback``.
            secret: what the calls are signed with.
            metadata: kept with the webhook.
        """
        body = given(url=url, events=list(events), type=webhook_type, secret=secret, metadata=metadata)
        return _webhook(Answer.of(await self._calls(Operation.WEBHOOK_CREATE, body=body)))

    async def get(self, webhook_id: str) -> Webhook:
        """One webhook."""
        return _webhook(Answer.of(await self._calls(Operation.WEBHOOK_GET, {"webhook_id": webhook_id})))

    async def delete(self, webhook_id: str) -> None:
        """Remove a webhook."""
        done(await self._calls(Operation.WEBHOOK_DELETE, {"webhook_id": webhook_id}))


def _webhook(answer: Answer) -> Webhook:
    return Webhook(
        id=answer.identifier("id"),
        type=answer.optional_text("type"),
        url=answer.optional_text("url"),
        events=answer.texts("events"),
        metadata=answer.mapping("metadata"),
        created_at=answer.moment("created_at"),
        data={key: value for key, value in answer.data.items() if key != "secret"},
    )
