"""Who stands before whom on a level that is being edited: the questions of ``wiring``, each a fact of its own."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from mfo_dialect.analysis.graph import Level
from mfo_dialect.analysis.live_graph import LiveGraph
from mfo_dialect.analysis.wiring import BuiltWiring

_Node = TypeVar("_Node", bound=Hashable)


class LiveWiring(Generic[_Node]):
    """The answers for a level that is being edited; each depends on what was looked at for it."""

    def __init__(
        self,
        live: LiveGraph[_Node],
        built: Callable[[], BuiltWiring[_Node]],
        order_key: Callable[[_Node], int],
    ) -> None:
        """Answer for a level.

        Args:
            live: its graph, kept up to date by somebody else.
            built: the answers from all nodes at once, for while the level is not plain.
            order_key: of two nodes the one with the smaller key stands first in the document.
        """
        self._live = live
        self._built = built
        self._order_key = order_key

    @property
    def is_plain(self) -> bool:
        """See ``Wiring``."""
        return self._live.is_plain.get()

    @property
    def has_cycle(self) -> bool:
        """See ``Wiring``."""
        return not self.is_plain and self._built().has_cycle

    @property
    def whole(self) -> Level:
        """See ``Wiring``."""
        return self._built().whole

    def _sorted(self, nodes: tuple[_Node, ...]) -> tuple[_Node, ...]:
        return tuple(sorted(nodes, key=self._order_key)) if len(nodes) > 1 else nodes

    def predecessors(self, node: _Node) -> tuple[_Node, ...]:
        """See ``Wiring``."""
        return self._sorted(self._live.predecessors(node)) if self.is_plain else self._built().predecessors(node)

    def successors(self, node: _Node) -> tuple[_Node, ...]:
        """See ``Wiring``."""
        return self._sorted(self._live.successors(node)) if self.is_plain else self._built().successors(node)

    def guards(self, node: _Node) -> tuple[_Node, ...]:
        """See ``Wiring``."""
        return self._sorted(self._live.guards(node)) if self.is_plain else self._built().guards(node)

    def branches(self, node: _Node) -> tuple[_Node | None, ...]:
        """See ``Wiring``."""
        return (self._live if self.is_plain else self._built()).branches(node)

    def leads_to(self, node: _Node, target: _Node, *, without_branches: bool = False) -> bool:
        """See ``Wiring``."""
        asked = self._live if self.is_plain else self._built()
        return asked.leads_to(node, target, without_branches=without_branches)

    def runs_always(self, node: _Node) -> bool:
        """See ``Wiring``."""
        return (self._live if self.is_plain else self._built()).runs_always(node)

    def is_unconditional(self, node: _Node) -> bool:
        """See ``Wiring``."""
        return (self._live if self.is_plain else self._built()).is_unconditional(node)

    def in_loop(self, node: _Node) -> bool:
        """See ``Wiring``."""
        return not self.is_plain and self._built().in_loop(node)

    def same_loop(self, node: _Node, other: _Node) -> bool:
        """See ``Wiring``."""
        return self.is_plain or self._built().same_loop(node, other)
