"""Executors of the memory task types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mfo_runtime.tasks.context import Execute, TaskContext


async def store(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Store a value under a key."""
    await context.operations.memory.store(
        str(config["key"]),
        config.get("value"),
        metadata=config.get("metadata"),
        provider_id=config.get("provider_id"),
    )
    return {"success": True}


async def get(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Read the value under a key."""
    entry = await context.operations.memory.get(str(config["key"]))
    return {"value": entry.value}


async def delete(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Remove a key."""
    await context.operations.memory.delete(str(config["key"]))
    return {"success": True}


EXECUTORS: dict[str, Execute] = {
    "mfo_api_memory_store": store,
    "mfo_api_memory_get": get,
    "mfo_api_memory_delete": delete,
}
