"""Triggers of type ``event``: which events start their flows. Events are the same whether they are asked for or pushed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mfo_dialect.model.access import mapping_at, text_at
from mfo_dialect.syntax import to_value
from mfo_runtime.client import Event
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.server.events import names_of
from mfo_runtime.server.failures import ApiError
from mfo_runtime.server.filters import check_filter, meets, passes
from mfo_runtime.triggers.loading import ServedTrigger
from mfo_runtime.triggers.occasions import Occasion


@dataclass(frozen=True, slots=True)
class EventTrigger:
    """A trigger of type ``event``, and which events it wants.

    Attributes:
        trigger: the trigger.
        event_type: the events' type.
        filter: an expression that must be true of an event; empty for none.
        condition: values that must stand at dotted paths of an event.
    """

    trigger: ServedTrigger
    event_type: str
    filter: str = ""
    condition: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def wants(self, event: Event, seconds: float) -> bool:
        """Whether an event starts the flow; raises ``ValueError`` where the filter has no answer for it."""
        if event.type != self.event_type:
            return False
        names = names_of(event.to_data())
        return meets(self.condition, names) and (not self.filter or passes(self.filter, names, seconds))


def event_trigger_of(trigger: ServedTrigger) -> EventTrigger:
    """What a trigger of type ``event`` listens for.

    Raises:
        InvalidInputError: its filter cannot be read.
    """
    config = trigger.trigger.config
    condition = mapping_at(config, "filter") if config is not None else None
    text = text_at(config, "filter") if config is not None else None
    if text is not None:
        try:
            check_filter(text.text)
        except ApiError as error:
            raise InvalidInputError(f'Trigger "{trigger.id}": {error.message}.', hint="Correct the filter.") from None
    return EventTrigger(
        trigger,
        trigger.text("event_type") or "",
        text.text if text is not None else "",
        dict(to_value(condition)) if condition is not None else {},
    )


def occasion_of(event: Event) -> Occasion:
    """An event as an occasion: it starts each flow once, however often one hears of it."""
    return Occasion(event.payload, keys=(f"event:{event.id}",))
