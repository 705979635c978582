"""Where each operation of the MFO server is: one table (dialect section 12), so that another edition is another table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import quote

from mfo_runtime.errors import InvalidInputError

_PARAMETER = re.compile(r"\{(\w+)\}")


class Operation(StrEnum):
    """What a client can ask the server for."""

    LOG_IN = "auth.log_in"
    TOKENS_LIST = "tokens.list"
    TOKENS_CREATE = "tokens.create"
    TOKENS_DELETE = "tokens.delete"
    CHAT_SEND = "chat.send"
    CHAT_THREAD = "chat.thread"
    TOOL_LIST = "tools.list"
    TOOL_EXECUTE = "tools.execute"
    MEMORY_STORE = "memory.store"
    MEMORY_GET = "memory.get"
    MEMORY_UPDATE = "memory.update"
    MEMORY_DELETE = "memory.delete"
    RESOURCE_LIST = "resources.list"
    RESOURCE_CREATE = "resources.create"
    RESOURCE_GET = "resources.get"
    RESOURCE_UPDATE = "resources.update"
    RESOURCE_DELETE = "resources.delete"
    JOB_CREATE = "jobs.create"
    JOB_GET = "jobs.get"
    JOB_CANCEL = "jobs.cancel"
    NOTIFICATION_CREATE = "notifications.create"
    NOTIFICATION_GET = "notifications.get"
    NOTIFICATION_DELETE = "notifications.delete"
    NOTIFICATION_MARK_READ = "notifications.mark_read"
    EVENT_TRIGGER_CREATE = "event_triggers.create"
    EVENT_TRIGGER_GET = "event_triggers.get"
    EVENT_TRIGGER_DELETE = "event_triggers.delete"
    WEBHOOK_CREATE = "webhooks.create"
    WEBHOOK_GET = "webhooks.get"
    WEBHOOK_DELETE = "webhooks.delete"
    EVENT_LIST = "events.list"
    EVENT_SEND = "events.send"
    WEBHOOK_DELIVER = "events.deliver_webhook"
    TRIGGER_START = "events.start_trigger"


@dataclass(frozen=True, slots=True)
class Route:
    """One method and path; ``{name}`` in the path stands for one segment."""

    method: str
    path: str

    @property
    def writes(self) -> bool:
        """Whether the server's state may change, so that a repetition must be recognised as one."""
        return self.method not in {"GET", "HEAD"}

    def expand(self, segments: Mapping[str, str]) -> str:
        """The path with its segments filled in, each percent-encoded as a whole: slashes, dots and all.

        Raises:
            InvalidInputError: a segment is missing, empty or no Unicode text.
        """
        return _PARAMETER.sub(lambda found: _encoded(found[1], segments.get(found[1], "")), self.path)


Routes = Mapping[Operation, Route]

ROUTES: Routes = MappingProxyType(
    {
        Operation.LOG_IN: Route("POST", "/auth/login"),
        Operation.TOKENS_LIST: Route("GET", "/api/tokens"),
        Operation.TOKENS_CREATE: Route("POST", "/api/tokens"),
        Operation.TOKENS_DELETE: Route("DELETE", "/api/tokens/{token_id}"),
        Operation.CHAT_SEND: Route("POST", "/api/chat"),
        Operation.CHAT_THREAD: Route("GET", "/api/chat/{thread_id}"),
        Operation.TOOL_LIST: Route("GET", "/api/tools"),
        Operation.TOOL_EXECUTE: Route("POST", "/api/tools/{tool_id}"),
        Operation.MEMORY_STORE: Route("POST", "/api/memory"),
        Operation.MEMORY_GET: Route("GET", "/api/memory/{key}"),
        Operation.MEMORY_UPDATE: Route("PUT", "/api/memory/{key}"),
        Operation.MEMORY_DELETE: Route("DELETE", "/api/memory/{key}"),
        Operation.RESOURCE_LIST: Route("GET", "/api/resources"),
        Operation.RESOURCE_CREATE: Route("POST", "/api/resources"),
        Operation.RESOURCE_GET: Route("GET", "/api/resources/{resource_id}"),
        Operation.RESOURCE_UPDATE: Route("PUT", "/api/resources/{resource_id}"),
        Operation.RESOURCE_DELETE: Route("DELETE", "/api/resources/{resource_id}"),
        Operation.JOB_CREATE: Route("POST", "/api/jobs"),
        Operation.JOB_GET: Route("GET", "/api/jobs/{job_id}"),
        Operation.JOB_CANCEL: Route("POST", "/api/jobs/{job_id}/cancel"),
        Operation.NOTIFICATION_CREATE: Route("POST", "/api/notifications"),
        Operation.NOTIFICATION_GET: Route("GET", "/api/notifications/{notification_id}"),
        Operation.NOTIFICATION_DELETE: Route("DELETE", "/api/notifications/{notification_id}"),
        Operation.NOTIFICATION_MARK_READ: Route("PUT", "/api/notifications/{notification_id}/read"),
        Operation.EVENT_TRIGGER_CREATE: Route("POST", "/api/config/event-triggers"),
        Operation.EVENT_TRIGGER_GET: Route("GET", "/api/config/event-triggers/{trigger_id}"),
        Operation.EVENT_TRIGGER_DELETE: Route("DELETE", "/api/config/event-triggers/{trigger_id}"),
        Operation.WEBHOOK_CREATE: Route("POST", "/api/webhooks"),
        Operation.WEBHOOK_GET: Route("GET", "/api/webhooks/{webhook_id}"),
        Operation.WEBHOOK_DELETE: Route("DELETE", "/api/webhooks/{webhook_id}"),
        Operation.EVENT_LIST: Route("GET", "/api/events"),
        Operation.EVENT_SEND: Route("POST", "/api/events"),
        Operation.WEBHOOK_DELIVER: Route("POST", "/webhooks/{provider}/{webhook_id}"),
        Operation.TRIGGER_START: Route("POST", "/api/trigger/{trigger_id}"),
    }
)


def _encoded(name: str, segment: str) -> str:
    if not segment:
        raise InvalidInputError(f"{name} is empty.", hint=f"Give the {name} of what is meant.")
    if not segment.strip("."):
        return segment.replace(".", "%2E")
    try:
        return quote(segment, safe="")
    except UnicodeEncodeError:
        raise InvalidInputError(f"{name} is no Unicode text.") from None
