"""Inputs, what is derived from them, and who must look again when one of them changes.

A derived fact runs its function and notes every fact that the function reads. When one of those gets another value, the
function is run again; where it then gives what it gave before, nobody further on hears of it. Facts that nobody reads
are forgotten, unless they are kept: those are the results that somebody outside waits for.

Facts are computed in the order of their heights (one more than the highest fact that they read), so that a fact seldom
sees another one that is about to change; where it did, it is computed again. One thread at a time.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Generic, Protocol, TypeVar

_T = TypeVar("_T")
_UNKNOWN: Any = object()


class Reader(Protocol):
    """Who depends on facts."""

    def hear(self, source: Fact[Any]) -> None:
        """Learn that a fact has another value; nothing is computed yet."""

    def will_ask(self, source: Fact[Any]) -> bool:
        """Whether all that depends on a fact is to be found out again in any case, because of something else."""
        ...


class CircularFactError(RuntimeError):
    """A fact needs itself before it is known."""


class _Many(dict[Reader, None]):
    """Several readers."""

    __slots__ = ()


class Fact(Generic[_T]):
    """A value that others may depend on."""

    __slots__ = ("_facts", "_readers", "_value", "height")

    def __init__(self, facts: Facts, value: _T = _UNKNOWN) -> None:
        """Make a fact of ``facts``; use ``Facts.input`` and ``Facts.derive``."""
        self._facts = facts
        self._value = value
        self._readers: _Many | Reader | None = None  # most facts have one reader, and there are many facts
        self.height = 0

    def get(self) -> _T:
        """The value now; whoever is being computed depends on it from here on."""
        frame = self._facts.frame
        if frame is not None:
            frame[self] = None
        return self._value

    def note(self) -> None:
        """Let whoever is being computed depend on it, wherever its value is kept."""
        frame = self._facts.frame
        if frame is not None:
            frame[self] = None

    @property
    def is_read(self) -> bool:
        """Whether any derived fact depends on it."""
        return bool(self._readers)

    def add_reader(self, reader: Reader) -> None:
        """Note that ``reader`` depends on this fact."""
        known = self._readers
        if known is None:
            self._readers = reader
        elif isinstance(known, _Many):
            known[reader] = None
        elif known is not reader:
            self._readers = _Many({known: None, reader: None})

    def remove_reader(self, reader: Reader) -> None:
        """Note that ``reader`` no longer depends on this fact."""
        known = self._readers
        if known is reader:
            self._readers = None
        elif isinstance(known, _Many):
            known.pop(reader, None)

    def lose(self, reader: Reader) -> None:
        """The same; what nobody needs any more is forgotten."""
        self.remove_reader(reader)

    @property
    def is_awaited(self) -> bool:
        """Whether somebody depends on it who is not going to look again anyway."""
        known = self._readers
        if isinstance(known, _Many):
            return not all(reader.will_ask(self) for reader in known)
        return known is not None and not known.will_ask(self)

    def tell_readers(self) -> None:
        """Have all that depends on this one looked at again."""
        known = self._readers
        if isinstance(known, _Many):
            for reader in known:
                reader.hear(self)
        elif known is not None:
            known.hear(self)


class Input(Fact[_T]):
    """A fact that is set from outside."""

    __slots__ = ()

    def set(self, value: _T) -> None:
        """Give it a value; nothing happens where it has an equal one."""
        if value is not self._value and value != self._value:
            self._value = value
            self.tell_readers()


class Derived(Fact[_T]):
    """A fact that follows from others.

    Attributes:
        is_kept: it is known at all times, not only while somebody reads it.
    """

    __slots__ = ("_compute", "_error", "_is_running", "_is_stale", "_sources", "is_kept")

    def __init__(self, facts: Facts, compute: Callable[[], _T], *, is_kept: bool) -> None:
        """Make a fact that ``compute`` gives; use ``Facts.derive``."""
        super().__init__(facts)
        self._compute = compute
        self._sources: tuple[Fact[Any], ...] = ()
        self._error: Exception | None = None
        self._is_stale = False
        self._is_running = False
        self.is_kept = is_kept

    def get(self) -> _T:
        """The value now, computed where it is not known; after changes, ``Facts.settle`` comes first.

        Raises:
            CircularFactError: it is asked for by its own function.
            Exception: whatever its function raised.
        """
        if not self._facts.is_live:
            return self._once()
        if self._value is _UNKNOWN or self._is_stale:
            self._refresh()
        frame = self._facts.frame
        if frame is not None:
            frame[self] = None
        elif self._facts.held is not None:
            self._facts.held[self] = None
        elif not self._readers and not self.is_kept:
            value, error = self._value, self._error
            self.forget()
            return _given(value, error)
        return _given(self._value, self._error)

    def found(self) -> _T:
        """What its function gives now."""
        return self._compute()

    def _once(self) -> Any:
        if self._value is _UNKNOWN:
            if self._is_running:
                raise CircularFactError("a fact depends on itself")
            self._is_running = True
            try:
                self._value = self.found()
            finally:
                self._is_running = False
        return self._value

    def settle(self) -> None:
        """Compute it again where it is stale; forget it where nobody needs it, its value where nobody need be told."""
        if not self._is_stale:
            return
        if self.is_kept or self.is_awaited:
            self._refresh()
        elif self._readers:
            self._value, self._error, self._is_stale = _UNKNOWN, None, False
        else:
            self.forget()

    def _refresh(self) -> None:
        if self._is_running:
            raise CircularFactError("a fact depends on itself")
        self._is_stale = False
        self._is_running = True
        before, error_before = self._value, self._error
        outer = self._facts.frame
        frame: dict[Fact[Any], None] = {}  # written so, as a type with parameters is slow to call
        self._facts.frame = frame
        self._facts.computed += 1
        try:
            self._value, self._error = self.found(), None
        except CircularFactError:
            self._value = _UNKNOWN
            raise
        except Exception as error:  # noqa: BLE001 - kept, and raised for everybody who asks
            self._value, self._error = None, error
        finally:
            self._facts.frame = outer
            self._is_running = False
            self._take_sources(frame)
        if before is not _UNKNOWN and (self._error is not error_before or _differ(before, self._value)):
            self.tell_readers()
            if self.is_kept:
                self._facts.changed[self] = None

    def _take_sources(self, found: dict[Fact[Any], None]) -> None:
        before, self._sources = self._sources, tuple(found)
        height = 0
        for source in found:
            if source.height >= height:
                height = source.height + 1
        self.height = height
        if self._sources == before:
            return
        known = set(before)
        for source in found:
            if source not in known:
                source.add_reader(self)
        for source in before:
            if source not in found:
                source.lose(self)

    def hear(self, source: Fact[Any]) -> None:  # noqa: ARG002 - all of it is computed again, whatever has changed
        """Have it computed again."""
        self._facts.make_stale(self)

    def will_ask(self, source: Fact[Any]) -> bool:  # noqa: ARG002 - all of it is computed again
        """Whether it is to be computed again, or was forgotten since somebody is going to ask anyway."""
        return self._is_stale or self._value is _UNKNOWN

    def mark_stale(self) -> bool:
        """Have it computed again; says whether it was not to be already."""
        if self._is_stale or self._value is _UNKNOWN:
            return False
        self._is_stale = True
        return True

    def forget(self) -> None:
        """Let go of the value and of everything that only this fact needed; asked again, it is computed anew."""
        waiting: list[Derived[Any]] = [self]
        while waiting:
            waiting += waiting.pop().let_go()

    def lose(self, reader: Reader) -> None:
        """See ``Fact``."""
        self.remove_reader(reader)
        if not self._readers and not self.is_kept:
            self.forget()

    def let_go(self) -> list[Derived[Any]]:
        """Forget the value; gives the facts that nobody needs any more."""
        if self._is_running:
            return []
        sources, self._sources = self._sources, ()
        self._value, self._error, self._is_stale = _UNKNOWN, None, False
        for source in sources:
            source.remove_reader(self)
        return [
            source for source in sources if isinstance(source, Derived) and not source.is_read and not source.is_kept
        ]


class Facts:
    """A set of facts that may depend on each other.

    Attributes:
        is_live: whether facts change. While they do not, nobody's dependencies are noted, and what is computed once stays;
            derived facts of that time are of no use afterwards.
        frame: the facts read so far by what is being computed; None while nothing is.
        held: the derived facts that are kept for somebody who asks many things once; None while nobody does.
        computed: how many times a derived fact has been computed.
        changed: the kept facts that got other values since somebody last cleared this.
    """

    def __init__(self, *, is_live: bool = True) -> None:
        """Start with no fact."""
        self.is_live = is_live
        self.frame: dict[Fact[Any], None] | None = None
        self.held: dict[Derived[Any], None] | None = None
        self.computed = 0
        self.changed: dict[Derived[Any], None] = {}
        self._stale: list[tuple[int, int, Derived[Any]]] = []
        self._number = 0

    def input(self, value: _T) -> Input[_T]:
        """A fact that is set from outside."""
        return Input(self, value)

    def derive(self, compute: Callable[[], _T], *, is_kept: bool = False) -> Derived[_T]:
        """A fact that follows from those that ``compute`` reads; not computed yet.

        Args:
            compute: gives the value; reads no other state that changes.
            is_kept: ``settle`` computes it again whenever it may have changed, although nobody reads it.
        """
        return Derived(self, compute, is_kept=is_kept)

    def make_stale(self, fact: Derived[Any]) -> None:
        """Have a fact computed again by the next ``settle``, or when it is asked for."""
        if fact.mark_stale():
            self._number += 1
            heapq.heappush(self._stale, (fact.height, self._number, fact))

    @property
    def is_settled(self) -> bool:
        """Whether all is up to date."""
        return not self._stale

    def settle(self, has_time: Callable[[], bool] = lambda: True) -> bool:
        """Compute again what changes have made stale.

        Args:
            has_time: asked before each fact; where it says no, the rest waits for the next call.

        Returns:
            Whether all is up to date. What changed stands in ``changed``.
        """
        while self._stale and has_time():
            heapq.heappop(self._stale)[2].settle()
        return not self._stale

    @contextmanager
    def reading(self) -> Generator[None]:
        """Keep what is computed inside until the end, for somebody who asks many things once."""
        if not self.is_live:
            yield
            return
        reader: Derived[None] = Derived(self, lambda: None, is_kept=False)
        outer, held = (self.frame, self.held), dict[Derived[Any], None]()
        self.frame, self.held = (
            None,
            held,
        )  # what is not derived need not be noted: nothing is computed again because of it
        try:
            yield
        finally:
            self.frame, self.held = outer
            for fact in held:
                fact.add_reader(reader)
            for fact in held:
                fact.lose(reader)


def _differ(before: object, after: object) -> bool:
    return before is not after and before != after


def _given(value: Any, error: Exception | None) -> Any:
    if error is not None:
        raise error
    return value
