"""Executors of the resource task types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mfo_runtime.tasks.context import Execute, TaskContext


async def list_resources(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """List resources, perhaps of one type only."""
    resources = await context.operations.resources.list(config.get("resource_type"))
    return {"resources": [dict(resource.data) for resource in resources]}


async def create(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Create a resource; a property ``content`` is its content too."""
    properties = config["properties"]
    resource = await context.operations.resources.create(
        str(config["resource_type"]),
        content=_content(properties),
        properties=properties,
        metadata=config.get("metadata"),
    )
    return {"resource": dict(resource.data)}


async def get(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Read a resource."""
    resource = await context.operations.resources.get(str(config["resource_id"]))
    return {"resource": dict(resource.data)}


async def update(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Change a resource."""
    properties = config["properties"]
    resource = await context.operations.resources.update(
        str(config["resource_id"]),
        content=_content(properties),
        properties=properties,
        metadata=config.get("metadata"),
    )
    return {"resource": dict(resource.data)}


async def delete(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Delete a resource."""
    await context.operations.resources.delete(str(config["resource_id"]))
    return {"success": True}


def _content(properties: Any) -> Any:
    return properties.get("content") if isinstance(properties, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


EXECUTORS: dict[str, Execute] = {
    "mfo_api_resource_list": list_resources,
    "mfo_api_resource_create": create,
    "mfo_api_resource_get": get,
    "mfo_api_resource_update": update,
    "mfo_api_resource_delete": delete,
}
