"""Nodes by name in a document that is being edited: who asks for one name depends on that one alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mfo_dialect.analysis.index import Index
from mfo_dialect.analysis.scopes import NodeView


class Names(Mapping[str, NodeView]):
    """The nodes of an index by name, of several the first; who asks for one name depends on that one."""

    __slots__ = ("_but", "_index")

    def __init__(self, index: Index[NodeView], but: frozenset[str] = frozenset()) -> None:
        """Look at ``index``; the names in ``but`` count as not there."""
        self._index = index
        self._but = but

    def __getitem__(self, name: str) -> NodeView:
        """The node of a name.

        Raises:
            KeyError: no node has it.
        """
        found = self._index.get(name) if name not in self._but else ()
        if not found:
            raise KeyError(name)
        return found[0]

    def __contains__(self, name: object) -> bool:
        """Whether a node has a name."""
        return name not in self._but and name in self._index

    def __iter__(self) -> Iterator[str]:
        """All names, the last in the text first."""
        return iter(self._listed())

    def __len__(self) -> int:
        """How many names there are."""
        return len(self._listed())

    def _listed(self) -> list[str]:
        but = self._but
        return [name for name in self._index if name is not None and name not in but][::-1]
