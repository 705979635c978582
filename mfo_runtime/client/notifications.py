"""Notifications for the users of the server."""

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
class Notification:
    """A notification; ``data`` is the whole answer as it came."""

    id: str
    title: str
    message: str
    level: str
    metadata: Mapping[str, Any]
    created_at: datetime | None
    read_at: datetime | None
    data: Mapping[str, Any] = field(repr=False)


class Notifications:
    """``/api/notifications``."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def create(
        self,
        title: str,
        message: str,
        *,
        level: str | None = None,
        user_id: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Notification:
        """Tell a user something; ``level`` is ``info``, ``success``, ``warning`` or ``error``."""
        body = given(title=title, message=message, level=level, user_id=user_id, metadata=metadata)
        return _notification(Answer.of(await self._calls(Operation.NOTIFICATION_CREATE, body=body)))

    async def get(self, notification_id: str) -> Notification:
        """One notification."""
        segments = {"notification_id": notification_id}
        return _notification(Answer.of(await self._calls(Operation.NOTIFICATION_GET, segments)))

    async def mark_read(self, notification_id: str) -> None:
        """Say that the user has read it."""
        done(await self._calls(Operation.NOTIFICATION_MARK_READ, {"notification_id": notification_id}))

    async def delete(self, notification_id: str) -> None:
        """Delete a notification."""
        done(await self._calls(Operation.NOTIFICATION_DELETE, {"notification_id": notification_id}))


def _notification(answer: Answer) -> Notification:
    """A notification; an older edition says ``content`` and ``type`` for ``message`` and ``level``."""
    return Notification(
        id=answer.identifier("id"),
        title=answer.optional_text("title"),
        message=answer.optional_text("message" if "message" in answer.data else "content"),
        level=answer.optional_text("level" if "level" in answer.data else "type"),
        metadata=answer.mapping("metadata"),
        created_at=answer.moment("created_at"),
        read_at=answer.moment("read_at"),
        data=answer.data,
    )
