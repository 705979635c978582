"""A level of a document that is being edited, as the model has levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfo_dialect.model.workflow import FlowNode, Level

if TYPE_CHECKING:
    from mfo_dialect.analysis.live_views import LiveLevelView


class LevelOf(Level):
    """The nodes of a live level as the model has them."""

    __slots__ = ("_view",)
    __setattr__ = object.__setattr__

    def __init__(self, view: LiveLevelView) -> None:
        """Look at ``view``."""
        self._view = view

    @property
    def nodes(self) -> tuple[FlowNode, ...]:  # pyright: ignore[reportIncompatibleVariableOverride] - made when asked
        """Its nodes."""
        return tuple(view.node for view in self._view.nodes)

    @property
    def count(self) -> int:
        """The number of its nodes."""
        return len(self._view.nodes)

    @property
    def damaged(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """Whether a part of the text could not be read."""
        return self._view.damaged

    @property
    def hides_nodes(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """Whether that part may hold whole nodes."""
        return self._view.hides_nodes
