"""What a token is for: a scope for reading and one for writing each part of the server, and ``*`` for all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mfo_runtime.server.failures import ApiError, ErrorCode

ALL = "*"
_PARTS: Mapping[str, str] = {
    "/api/tokens": "tokens",
    "/api/chat": "chat",
    "/api/tools": "tools",
    "/api/memory": "memory",
    "/api/resources": "resources",
    "/api/jobs": "jobs",
    "/api/notifications": "notifications",
    "/api/config/event-triggers": "event_triggers",
    "/api/webhooks": "webhooks",
    "/api/events": "events",
    "/api/trigger": "triggers",
}
SCOPES: tuple[str, ...] = (ALL, *(f"{part}:{act}" for part in _PARTS.values() for act in ("read", "write")))
"""Every scope that a token can have."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and what the token that was shown is for."""

    user_id: str
    scopes: tuple[str, ...] = (ALL,)


def scope_of(method: str, path: str) -> str:
    """The scope that a route below ``/api`` asks for, by its method and pattern."""
    part = next(name for prefix, name in _PARTS.items() if path == prefix or path.startswith(f"{prefix}/"))
    return f"{part}:{'read' if method == 'GET' else 'write'}"


def check_scope(caller: Caller, scope: str) -> None:
    """Refuse a caller whose token is not for this; raises a 403 that names the scope."""
    if not covers(caller.scopes, scope):
        raise ApiError(ErrorCode.AUTHORIZATION, f"the token lacks the scope {scope}", {"missing_scope": scope})


def covers(scopes: Collection[str], scope: str) -> bool:
    """Whether a token with these scopes has this one."""
    return ALL in scopes or scope in scopes
