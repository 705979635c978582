"""Triggers of a document that is being edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfo_dialect.analysis.scopes import TriggerView
from mfo_dialect.model.workflow import Trigger, Workflow
from mfo_dialect.syntax import Sequence

if TYPE_CHECKING:
    from mfo_dialect.analysis.live_workflow import LiveDocument


class LiveTriggerView(TriggerView):
    """A trigger; it is another one when something else is written in it."""

    __slots__ = ("home", "listed_in")
    __setattr__ = object.__setattr__

    def __init__(self, home: LiveDocument, trigger: Trigger) -> None:
        """Look at ``trigger`` of a document."""
        object.__setattr__(self, "trigger", trigger)
        self.home = home
        self.listed_in: Sequence | None = None

    @property
    def workflow(self) -> Workflow:  # pyright: ignore[reportIncompatibleVariableOverride] - its document's
        """The document that holds it."""
        return self.home.workflow
