"""Executors of the notification, event trigger and webhook task types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mfo_runtime.client import EventTriggerRequest
from mfo_runtime.tasks.context import Execute, TaskContext


async def create(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Tell a user something."""
    notification = await context.operations.notifications.create(
        str(config["title"]),
        str(config["message"]),
        level=config.get("level"),
        user_id=config.get("user_id"),
        metadata=config.get("metadata"),
    )
    return {"notification": dict(notification.data)}


async def get(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Read a notification."""
    notification = await context.operations.notifications.get(str(config["notification_id"]))
    return {"notification": dict(notification.data)}


async def mark_read(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Mark a notification as read."""
    await context.operations.notifications.mark_read(str(config["notification_id"]))
    return {"success": True}


async def delete(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Delete a notification."""
    await context.operations.notifications.delete(str(config["notification_id"]))
    return {"success": True}


async def create_event_trigger(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Have the server do something when an event happens."""
    trigger = await context.operations.event_triggers.create(
        EventTriggerRequest(
            event_type=str(config["event_type"]),
            action_type=str(config["action_type"]),
            action_config=config["action_config"],
            filter=config.get("filter"),
            condition=config.get("condition"),
            metadata=config.get("metadata"),
        )
    )
    return {"event_trigger": dict(trigger.data)}


async def get_event_trigger(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Read an event trigger."""
    trigger = await context.operations.event_triggers.get(str(config["trigger_id"]))
    return {"event_trigger": dict(trigger.data)}


async def delete_event_trigger(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Delete an event trigger."""
    await context.operations.event_triggers.delete(str(config["trigger_id"]))
    return {"success": True}


async def create_webhook(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Have the server call a URL when events happen."""
    webhook = await context.operations.webhooks.create(
        str(config["url"]),
        [str(event) for event in config["events"]],
        webhook_type=config.get("webhook_type"),
        secret=config.get("secret"),
        metadata=config.get("metadata"),
    )
    return {"webhook": dict(webhook.data)}


async def get_webhook(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Read a webhook."""
    webhook = await context.operations.webhooks.get(str(config["webhook_id"]))
    return {"webhook": dict(webhook.data)}


async def delete_webhook(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Delete a webhook."""
    await context.operations.webhooks.delete(str(config["webhook_id"]))
    return {"success": True}


EXECUTORS: dict[str, Execute] = {
    "mfo_api_notification_create": create,
    "mfo_api_notification_get": get,
    "mfo_api_notification_mark_read": mark_read,
    "mfo_api_notification_delete": delete,
    "mfo_api_event_trigger_create": create_event_trigger,
    "mfo_api_event_trigger_get": get_event_trigger,
    "mfo_api_event_trigger_delete": delete_event_trigger,
    "mfo_api_webhook_create": create_webhook,
    "mfo_api_webhook_get": get_webhook,
    "mfo_api_webhook_delete": delete_webhook,
}
