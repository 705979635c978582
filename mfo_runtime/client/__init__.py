"""The async client of the MFO server: every operation of its HTTP interface, with retries and one failure tree."""

from mfo_runtime.client.auth import IssuedToken
from mfo_runtime.client.breaker import Circuit
from mfo_runtime.client.chain import Attempt, CallOptions
from mfo_runtime.client.chat_stream import ChatPiece, ChatStream, EndPiece, TextPiece, ToolCallPiece
from mfo_runtime.client.clock import Clock
from mfo_runtime.client.conversation import ChatMessage, ChatReply, ChatRequest, Thread, ToolCall
from mfo_runtime.client.event_triggers import EventTrigger, EventTriggerRequest
from mfo_runtime.client.events import Event
from mfo_runtime.client.jobs import Job, JobStatus
from mfo_runtime.client.limiter import Pace
from mfo_runtime.client.limits import CircuitBreakerPolicy, RateLimit
from mfo_runtime.client.memory import MemoryEntry
from mfo_runtime.client.mfo_client import MfoClient, Operations, http_settings
from mfo_runtime.client.notifications import Notification
from mfo_runtime.client.pages import Listing, Page
from mfo_runtime.client.resources import Resource
from mfo_runtime.client.routes import ROUTES, Operation, Route
from mfo_runtime.client.settings import ClientSettings, RetryPolicy
from mfo_runtime.client.tokens import ApiToken
from mfo_runtime.client.tools import Tool, ToolResult
from mfo_runtime.client.webhooks import Webhook

__all__ = [
    "ROUTES",
    "ApiToken",
    "Attempt",
    "CallOptions",
    "ChatMessage",
    "ChatPiece",
    "ChatReply",
    "ChatRequest",
    "ChatStream",
    "Circuit",
    "CircuitBreakerPolicy",
    "ClientSettings",
    "Clock",
    "EndPiece",
    "Event",
    "EventTrigger",
    "EventTriggerRequest",
    "IssuedToken",
    "Job",
    "JobStatus",
    "Listing",
    "MemoryEntry",
    "MfoClient",
    "Notification",
    "Operation",
    "Operations",
    "Pace",
    "Page",
    "RateLimit",
    "Resource",
    "RetryPolicy",
    "Route",
    "TextPiece",
    "Thread",
    "Tool",
    "ToolCall",
    "ToolCallPiece",
    "ToolResult",
    "Webhook",
    "http_settings",
]
