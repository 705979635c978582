"""Resources of the server: typed contents with properties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mfo_runtime.client.answers import Answer, done
from mfo_runtime.client.bodies import given
from mfo_runtime.client.calls import Calls
from mfo_runtime.client.pages import Listing
from mfo_runtime.client.routes import Operation


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource; ``data`` is the whole answer as it came."""

    id: str
    type: str
    content: Any
    properties: Mapping[str, Any]
    metadata: Mapping[str, Any]
    created_at: datetime | None
    updated_at: datetime | None
    data: Mapping[str, Any] = field(repr=False)


class Resources:
    """``/api/resources``."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def list(self, resource_type: str | None = None) -> tuple[Resource, ...]:
        """All resources, or those of one type, from all pages."""
        return await self.each(resource_type).all()

    def each(self, resource_type: str | None = None, *, page_size: int | None = None) -> Listing[Resource]:
        """All resources, or those of one type, to be iterated over or read page by page."""
        query = given(type=resource_type)
        return Listing(self._calls, Operation.RESOURCE_LIST, "resources", _resource, query=query, page_size=page_size)

    async def create(
        self,
        resource_type: str,
        *,
        content: Any = None,
        properties: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Resource:
        """Create a resource; the server gives it an id."""
        body = given(type=resource_type, content=content, properties=properties, metadata=metadata)
        return _resource(Answer.of(await self._calls(Operation.RESOURCE_CREATE, body=body)))

    async def get(self, resource_id: str) -> Resource:
        """One resource."""
        return _resource(Answer.of(await self._calls(Operation.RESOURCE_GET, {"resource_id": resource_id})))

    async def update(
        self,
        resource_id: str,
        *,
        content: Any = None,
        properties: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Resource:
        """Change what is given and leave the rest as it is."""
        body = given(content=content, properties=properties, metadata=metadata)
        reply = await self._calls(Operation.RESOURCE_UPDATE, {"resource_id": resource_id}, body=body)
        return _resource(Answer.of(reply))

    async def delete(self, resource_id: str) -> None:
        """Delete a resource."""
        done(await self._calls(Operation.RESOURCE_DELETE, {"resource_id": resource_id}))


def _resource(answer: Answer) -> Resource:
    return Resource(
        id=answer.identifier("id"),
        type=answer.optional_text("type"),
        content=answer.data.get("content"),
        properties=answer.mapping("properties"),
        metadata=answer.mapping("metadata"),
        created_at=answer.moment("created_at"),
        updated_at=answer.moment("updated_at"),
        data=answer.data,
    )
