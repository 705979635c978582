"""Reverse questions: which parts of a scope say a key of themselves.

The keys of one part are found by a function of that part; who asks for one key learns of that key alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, Generic, Protocol, TypeVar

from mfo_dialect.records import record

_Part = TypeVar("_Part", bound=Hashable)
_Said_co = TypeVar("_Said_co", covariant=True)
_Asked = TypeVar("_Asked")


@record
class OfItself(Generic[_Asked]):
    """A function whose keys follow from nothing but what is written in the part, whatever else there is.

    Attributes:
        keys_of: gives the keys of a part.
    """

    keys_of: Callable[[_Asked], Iterable[Hashable]]

    def __call__(self, part: _Asked, _snapshot: object) -> Iterable[Hashable]:
        """The keys of a part."""
        return self.keys_of(part)


class Index(Protocol[_Said_co]):
    """The parts of a scope by the keys that they say."""

    def get(self, key: Hashable) -> tuple[_Said_co, ...]:
        """The parts that say a key, each once, in the order of the text."""
        ...

    def count(self, key: Hashable) -> int:
        """How often a key is said; a part may say it several times."""
        ...

    def repeated(self) -> frozenset[Any]:
        """The keys that are said more than once."""
        ...

    def __contains__(self, key: object) -> bool:
        """Whether any part says a key."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """All keys, in the order in which they are first said."""
        ...


class BuiltIndex(Generic[_Part]):
    """An index of parts that do not change."""

    __slots__ = ("_counts", "_parts")

    def __init__(self, parts: Iterable[_Part], keys_of: Callable[[_Part], Iterable[Hashable]]) -> None:
        """Ask each of ``parts``, in the order of the text, for its keys."""
        self._parts: dict[Hashable, list[_Part]] = {}
        self._counts: dict[Hashable, int] = {}
        for part in parts:
            for key in keys_of(part):
                self._counts[key] = self._counts.get(key, 0) + 1
                known = self._parts.setdefault(key, [])
                if not known or known[-1] is not part:
                    known.append(part)

    def get(self, key: Hashable) -> tuple[_Part, ...]:
        """The parts that say a key, each once, in the order of the text."""
        return tuple(self._parts.get(key, ()))

    def count(self, key: Hashable) -> int:
        """How often a key is said."""
        return self._counts.get(key, 0)

    def repeated(self) -> frozenset[Any]:
        """The keys that are said more than once."""
        return frozenset(key for key, count in self._counts.items() if count > 1)

    def __contains__(self, key: object) -> bool:
        """Whether any part says a key."""
        return key in self._parts

    def __iter__(self) -> Iterator[Any]:
        """All keys, in the order in which they are first said."""
        return iter(self._parts)
