"""Events that the MFO server pushes, by a webhook of its own that is signed with a secret both sides know."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, cast

from mfo_runtime.client import Event
from mfo_runtime.errors import InvalidInputError, UnresolvedReferenceError
from mfo_runtime.server.failures import ApiError, ErrorCode, invalid
from mfo_runtime.server.signatures import is_signed, timestamp_of
from mfo_runtime.triggers.event_triggers import EventTrigger, occasion_of
from mfo_runtime.triggers.loading import ServedTrigger
from mfo_runtime.triggers.occasions import Accepted, Occasion

Accept = Callable[[ServedTrigger, Occasion], Awaitable[Accepted]]

_log = logging.getLogger("mfo_runtime.triggers")


class PushedEvents:
    """Takes events that are pushed; an event that is pushed again starts nothing again."""

    def __init__(self, triggers: Iterable[EventTrigger], secret: str) -> None:
        """Take events that are signed with ``secret``."""
        self._triggers = tuple(triggers)
        self._secret = secret

    def check(self, headers: Mapping[str, str], body: bytes, now: float) -> None:
        """Refuse a request that is not signed with its date.

        Raises:
            ApiError: a 401.
        """
        if timestamp_of(headers) is None or not is_signed(self._secret, headers, body, now):
            raise ApiError(ErrorCode.AUTHENTICATION, "the signature is missing, wrong or too old")

    async def take(self, data: Any, accept: Accept, now: float) -> list[str]:
        """Start what wants an event; gives the ids of the runs.

        Args:
            data: the event as the server sends it.
            accept: begins a run; whatever it raises is raised, so that the event is pushed again.
            now: seconds since the epoch.

        Raises:
            ApiError: it is no event.
        """
        event = _event(data)
        runs: list[str] = []
        for one in self._triggers:
            try:
                if one.wants(event, now):
                    runs.append((await accept(one.trigger, occasion_of(event))).run_id)
            except ValueError as error:
                _log.warning("event %s did not start %s: %s", event.id, one.trigger.id, error)
            except (InvalidInputError, UnresolvedReferenceError) as error:
                _log.warning("event %s did not start %s [%s]", event.id, one.trigger.id, error.code)
        return runs


def _event(data: Any) -> Event:
    known: Mapping[str, Any] = cast("dict[str, Any]", data) if isinstance(data, dict) else dict[str, Any]()
    name, kind = known.get("id"), known.get("type")
    if not isinstance(name, str) or not isinstance(kind, str) or not name:
        raise invalid("this is no event: it has no id or no type")
    return Event(0, name, kind, known.get("data"), str(known.get("created_at") or ""), known)
