"""The three collections of the package ``rpds`` that ``referencing`` and ``jsonschema`` use, in pure Python.

The package itself is compiled, so an extension that has to run with any interpreter cannot bring it. Collections are copied
where the package shares; the registries that are kept in them hold a handful of schemas.
"""
# ruff: noqa: INP001, D102 - it stands beside the libraries of the extension, and its methods are those of the package

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any


class HashTrieMap(dict):
    """A map that nobody changes: each change gives another one."""

    @classmethod
    def convert(cls, value: Any) -> HashTrieMap:
        return value if isinstance(value, cls) else cls(value)

    def insert(self, key: Any, value: Any) -> HashTrieMap:
        return HashTrieMap({**self, key: value})

    def remove(self, key: Any) -> HashTrieMap:
        if key not in self:
            raise KeyError(key)
        return self.discard(key)

    def discard(self, key: Any) -> HashTrieMap:
        return HashTrieMap({name: value for name, value in self.items() if name != key})

    def update(self, other: Mapping[Any, Any] | Iterable[Any] = (), **more: Any) -> HashTrieMap:
        return HashTrieMap({**self, **dict(other), **more})

    def __hash__(self) -> int:
        return hash(frozenset(self))


class HashTrieSet(frozenset):
    """A set that nobody changes."""

    def insert(self, value: Any) -> HashTrieSet:
        return HashTrieSet(self | {value})

    def discard(self, value: Any) -> HashTrieSet:
        return HashTrieSet(self - {value})

    def remove(self, value: Any) -> HashTrieSet:
        if value not in self:
            raise KeyError(value)
        return self.discard(value)

    def update(self, *others: Iterable[Any]) -> HashTrieSet:
        return HashTrieSet(self.union(*others))


class List:
    """A list that grows at its front."""

    def __init__(self, *values: Any) -> None:
        self._values: tuple[Any, ...] = tuple(values[0]) if len(values) == 1 else values

    @property
    def first(self) -> Any:
        return self._values[0]

    @property
    def rest(self) -> List:
        return List(self._values[1:])

    def push_front(self, value: Any) -> List:
        return List((value, *self._values))

    def drop_first(self) -> List:
        return self.rest

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, List) and self._values == other._values

    def __hash__(self) -> int:
        return hash(self._values)
