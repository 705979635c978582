"""Values that the server keeps under a key."""

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
class MemoryEntry:
    """A value and its key; ``data`` is the whole answer as it came."""

    key: str
    value: Any
    metadata: Mapping[str, Any]
    created_at: datetime | None
    updated_at: datetime | None
    data: Mapping[str, Any] = field(repr=False)


class Memory:
    """``/api/memory``; keys may be any text that is not empty."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def store(
        self, key: str, value: Any, *, metadata: Mapping[str, Any] | None = None, provider_id: str | None = None
    ) -> None:
        """Keep a JSON value under the key, whether or not there is one already."""
        body = {"key": key, "value": value} | given(metadata=metadata, provider_id=provider_id)
        done(await self._calls(Operation.MEMORY_STORE, body=body))

    async def get(self, key: str) -> MemoryEntry:
        """The value under the key; raises ``NotFoundError`` where there is none."""
        answer = Answer.of(await self._calls(Operation.MEMORY_GET, {"key": key}))
        return MemoryEntry(
            key=answer.optional_text("key") or key,
            value=answer.anything("value"),
            metadata=answer.mapping("metadata"),
            created_at=answer.moment("created_at"),
            updated_at=answer.moment("updated_at"),
            data=answer.data,
        )

    async def update(self, key: str, value: Any, *, metadata: Mapping[str, Any] | None = None) -> None:
        """Change the value under a key that exists."""
        body = {"value": value} | given(metadata=metadata)
        done(await self._calls(Operation.MEMORY_UPDATE, {"key": key}, body=body))

    async def delete(self, key: str) -> None:
        """Forget the key."""
        done(await self._calls(Operation.MEMORY_DELETE, {"key": key}))
