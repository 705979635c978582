"""Facts by name: who asks for one name depends on that name alone."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Generic, TypeVar, overload

from mfo_dialect.facts.facts import Facts, Input

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")
_Other = TypeVar("_Other")
_MANY = 1000  # cells, before it is worth looking for those that nobody reads any more


class FactTable(Mapping[_Key, _Value]):
    """A dictionary whose entries are facts; a name that is not there is a fact as well. No value is None."""

    __slots__ = ("_cells", "_facts", "_known", "_limit", "_names")

    def __init__(self, facts: Facts) -> None:
        """Start empty."""
        self._facts = facts
        self._known: dict[_Key, _Value] = {}
        self._cells: dict[_Key, Input[_Value | None]] = {}
        self._names: Input[int] = facts.input(0)
        self._limit = _MANY

    @property
    def known(self) -> Mapping[_Key, _Value]:
        """All values now, for who keeps nothing that follows from them."""
        return self._known

    @overload
    def get(self, key: _Key, default: None = None) -> _Value | None: ...
    @overload
    def get(self, key: _Key, default: _Value | _Other) -> _Value | _Other: ...

    def get(self, key: _Key, default: _Value | _Other | None = None) -> _Value | _Other | None:
        """The value of a name, or the default; whoever is being computed depends on it."""
        frame = self._facts.frame
        if frame is not None:
            cell = self._cells.get(key)
            frame[cell if cell is not None else self._new_cell(key)] = None
        value = self._known.get(key)
        return default if value is None else value

    def __getitem__(self, key: _Key) -> _Value:
        """The value of a name; whoever is being computed depends on it.

        Raises:
            KeyError: it is not there.
        """
        value = self.get(key)
        if value is None:
            raise KeyError(key)
        return value

    def _new_cell(self, key: _Key) -> Input[_Value | None]:
        if len(self._cells) >= self._limit:
            self._cells = {known: cell for known, cell in self._cells.items() if cell.is_read}
            self._limit = max(_MANY, 2 * len(self._cells))
        cell = self._cells[key] = self._facts.input(self._known.get(key))
        return cell

    def __contains__(self, key: object) -> bool:
        """Whether the name is there; whoever is being computed depends on its value."""
        return self.get(key) is not None  # pyright: ignore[reportArgumentType, reportUnknownMemberType, reportCallIssue]

    def __iter__(self) -> Iterator[_Key]:
        """All names; whoever is being computed depends on which there are, not on their values."""
        self._names.get()
        return iter(tuple(self._known))

    def __len__(self) -> int:
        """How many names there are."""
        self._names.get()
        return len(self._known)

    def set(self, key: _Key, value: _Value | None) -> None:
        """Give a name a value; None takes it away."""
        was_known = key in self._known
        if value is None:
            if not was_known:
                return
            del self._known[key]
        else:
            self._known[key] = value
        if was_known != (value is not None):
            self._names.set(self._names.get() + 1)
        cell = self._cells.get(key)
        if cell is not None:
            cell.set(value)
            if not cell.is_read:
                del self._cells[key]


class FactIndex(Generic[_Key, _Value]):
    """For each name the things that have it, in the order in which they were added."""

    __slots__ = ("_table",)

    def __init__(self, facts: Facts) -> None:
        """Start empty."""
        self._table: FactTable[_Key, tuple[_Value, ...]] = FactTable(facts)

    def get(self, key: _Key) -> tuple[_Value, ...]:
        """What has a name; whoever is being computed depends on it."""
        return self._table.get(key) or ()

    def __contains__(self, key: _Key) -> bool:
        """Whether anything has a name."""
        return key in self._table

    def __iter__(self) -> Iterator[_Key]:
        """All names that anything has."""
        return iter(self._table)

    def add(self, key: _Key, value: _Value) -> None:
        """Note that ``value`` has a name."""
        self._table.set(key, (*self.get(key), value))

    def remove(self, key: _Key, value: _Value) -> None:
        """Note that ``value`` no longer has a name.

        Raises:
            ValueError: it did not have it.
        """
        left = list(self.get(key))
        left.remove(value)
        self._table.set(key, tuple(left) or None)
