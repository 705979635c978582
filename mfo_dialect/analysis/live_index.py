"""An index whose parts come, go and say other keys: what is asked of it is a fact for each key."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import islice
from typing import Any, Generic, TypeVar

from mfo_dialect.facts import Fact, Facts

_Part = TypeVar("_Part", bound=Hashable)
_NO_KEYS: tuple[Hashable, ...] = ()
_MANY = 100
"""Keys that come until who remembers all others is to look at all of them again."""
_FEW = 16
"""Parts with one key that are kept as they are given; more are kept in a list, so that one more costs no copy of all."""
_AT_ONCE = 8
"""Parts that are asked between two looks at the time."""


class _Asker:
    """What the keys of one part depend on besides the part itself."""

    __slots__ = ("index", "part", "sources")

    def __init__(self, index: LiveIndex[Any], part: Hashable, sources: dict[Fact[Any], None]) -> None:
        self.index = index
        self.part = part
        self.sources = sources
        for source in sources:
            source.add_reader(self)

    def hear(self, source: Fact[Any]) -> None:  # noqa: ARG002 - the part is asked again, whatever has changed
        """Have the part asked again."""
        self.index.wait(self.part)

    def will_ask(self, source: Fact[Any]) -> bool:  # noqa: ARG002 - as above
        """Whether the part is going to be asked again anyway."""
        return self.part in self.index.waiting

    def end(self) -> None:
        """Depend on nothing any more."""
        for source in self.sources:
            source.lose(self)


class LiveIndex(Generic[_Part]):
    """The parts of a scope by the keys that they say.

    Attributes:
        waiting: parts that are to be asked again, as something that their keys depend on has changed.
        came: the keys that have come since somebody emptied this; None where nobody did, or many have.
        unasked: parts that nobody has asked yet; until ``fill`` is through, nothing else may be asked of the index.
    """

    __slots__ = (
        "_askers",
        "_cells",
        "_counts",
        "_facts",
        "_given",
        "_keys_of",
        "_names",
        "_order",
        "_parts",
        "_place",
        "_repeated",
        "_repeats",
        "_said",
        "_unsettled",
        "came",
        "unasked",
        "waiting",
    )

    def __init__(
        self,
        facts: Facts,
        keys_of: Callable[[_Part], Iterable[Hashable]],
        place: Callable[[_Part], Any],
        unsettled: dict[LiveIndex[Any], None],
    ) -> None:
        """Start without parts.

        Args:
            facts: where who asks is noted.
            keys_of: the keys of one part.
            place: where a part stands now, to put parts in order.
            unsettled: takes the index as soon as a part is to be asked again because of something else.
        """
        self._unsettled = unsettled
        self._facts = facts
        self._keys_of = keys_of
        self._place = place
        self._said: dict[_Part, tuple[Hashable, ...]] = {}
        self._parts: dict[Hashable, tuple[_Part, ...] | list[_Part]] = {}
        self._given: dict[Hashable, tuple[_Part, ...]] = {}
        self._counts: dict[Hashable, int] = {}
        self._cells: dict[Hashable, Fact[None]] = {}
        self._names: Fact[None] = Fact(facts, None)
        self._repeated: dict[Hashable, None] = {}
        self._repeats: Fact[None] = Fact(facts, None)
        self._order: list[Hashable] | None = None
        self._askers: dict[_Part, _Asker] = {}
        self.waiting: dict[_Part, None] = {}
        self.unasked: dict[_Part, None] = {}
        self.came: dict[Hashable, None] | None = None

    def get(self, key: Hashable) -> tuple[_Part, ...]:
        """The parts that say a key; whoever is being computed depends on it."""
        self._note(key)
        parts = self._parts.get(key, ())
        if isinstance(parts, tuple):
            return parts
        given = self._given.get(key)
        if given is None:
            given = self._given[key] = tuple(parts)
        return given

    def count(self, key: Hashable) -> int:
        """How often a key is said; whoever is being computed depends on it."""
        self._note(key)
        return self._counts.get(key, 0)

    def repeated(self) -> frozenset[Any]:
        """The keys that are said more than once; whoever is being computed depends on which these are."""
        self._repeats.note()
        return frozenset(self._repeated)

    def __contains__(self, key: object) -> bool:
        """Whether any part says a key; whoever is being computed depends on who does."""
        self._note(key)
        return key in self._parts

    def __iter__(self) -> Iterator[Any]:
        """All keys in the order in which they are first said; whoever is being computed depends on which there are."""
        self._names.note()
        if self._order is None:
            self._order = sorted(self._parts, key=self._place_of_key)
        return iter(self._order)

    def has_now(self, key: Hashable) -> bool:
        """Whether any part says a key, for who depends on which there are already."""
        return key in self._parts

    def in_any_order(self) -> Iterator[Any]:
        """All keys; whoever is being computed depends on which there are."""
        self._names.note()
        return iter(self._parts)

    def _place_of_key(self, key: Hashable) -> Any:
        return self._place(self._parts[key][0])

    def _note(self, key: object) -> None:
        if self._facts.frame is not None:
            cell = self._cells.get(key)
            if cell is None:
                cell = self._cells[key] = Fact(self._facts, None)
            cell.note()

    def fill(self, has_time: Callable[[], bool] = lambda: True) -> bool:
        """Ask the parts that nobody has asked yet, as long as there is time; says whether all have been asked."""
        if not self._facts.is_live and not self._said:
            self._ask_unnoted()
            return True
        frame, self._facts.frame = self._facts.frame, None
        try:
            return self._ask_all(self.unasked, has_time)
        finally:
            self._facts.frame = frame

    def _ask_unnoted(self) -> None:
        """Ask all parts at once while nothing is noted, when nobody can depend on any key yet."""
        by_key: dict[Hashable, list[_Part]] = {}
        counts = self._counts
        asked, self.unasked = self.unasked, {}
        for part in asked:
            keys = self._said[part] = self._said_by(part)
            for key in keys:
                counts[key] = counts.get(key, 0) + 1
                known = by_key.setdefault(key, [])
                if not known or known[-1] is not part:
                    known.append(part)
        for key, parts in by_key.items():
            in_order = sorted(parts, key=self._place) if len(parts) > 1 else parts
            self._parts[key] = tuple(in_order) if len(in_order) <= _FEW else in_order
        self._repeated = {key: None for key, count in counts.items() if count > 1}

    def _ask_all(self, parts: dict[_Part, None], has_time: Callable[[], bool]) -> bool:
        while parts:
            for part in [*islice(parts, _AT_ONCE)]:
                self.ask(part)
            if parts and not has_time():
                return False
        return True

    def ask(self, part: _Part) -> None:
        """Ask a part for its keys, a new one or one that has changed."""
        self.waiting.pop(part, None)
        self.unasked.pop(part, None)
        if not self._facts.is_live:
            self._take(part, self._said_by(part))
            return
        outer = self._facts.frame
        frame: dict[Fact[Any], None] = {}
        self._facts.frame = frame
        try:
            keys = self._said_by(part)
        finally:
            self._facts.frame = outer
        own: frozenset[Fact[Any]] = getattr(part, "own_facts", frozenset())
        sources = {fact: None for fact in frame if fact not in own}
        before = self._askers.pop(part, None)
        if sources:
            self._askers[part] = _Asker(self, part, sources)
        if before is not None:
            before.end()
        self._take(part, keys)

    def _said_by(self, part: _Part) -> tuple[Hashable, ...]:
        try:
            return tuple(self._keys_of(part))
        except Exception:  # noqa: BLE001 - a part whose keys cannot be told says none; rules that ask it are fenced
            return _NO_KEYS

    def _take(self, part: _Part, keys: tuple[Hashable, ...]) -> None:
        self._say(part, self._said.get(part, _NO_KEYS), keys)
        self._said[part] = keys

    def drop(self, part: _Part) -> None:
        """Forget a part."""
        self._order = None  # others may be about to go, whose places say nothing any more
        self.waiting.pop(part, None)
        self.unasked.pop(part, None)
        asker = self._askers.pop(part, None)
        if asker is not None:
            asker.end()
        self._say(part, self._said.pop(part, _NO_KEYS), _NO_KEYS)

    def wait(self, part: _Part) -> None:
        """Have a part asked again when there is time."""
        self.waiting[part] = None
        self._unsettled[self] = None

    def settle(self, has_time: Callable[[], bool] = lambda: True) -> bool:
        """Ask those parts again that are waiting for it, as long as there is time; says whether that is done."""
        return self._ask_all(self.waiting, has_time)

    def end(self) -> None:
        """Depend on nothing any more."""
        for asker in self._askers.values():
            asker.end()
        self._askers = {}
        self.waiting = {}
        self.unasked = {}

    def _say(self, part: _Part, before: tuple[Hashable, ...], now: tuple[Hashable, ...]) -> None:
        if before == now:
            return
        if not before and len(now) == 1:
            self._change(part, now[0], 0, 1)
            return
        old, new = Counter(before), Counter(now)
        for key in {**old, **new}:
            if old[key] != new[key]:
                self._change(part, key, old[key], new[key])

    def _put_in_order(self, key: Hashable) -> None:
        """Move a key to where its first part stands now."""
        order = self._order
        if order is None:
            return
        if key in order:
            order.remove(key)
        if key in self._parts:
            insort(order, key, key=self._place_of_key)

    def _with(self, parts: tuple[_Part, ...] | list[_Part], part: _Part) -> tuple[_Part, ...] | list[_Part]:
        if not parts:
            return (part,)
        place, own = self._place, self._place(part)
        is_last = place(parts[-1]) < own  # as it is while all parts are asked one after the other
        index = len(parts) if is_last else bisect_left(parts, own, key=place)
        if isinstance(parts, tuple):
            parts = (*parts[:index], part, *parts[index:])
            return parts if len(parts) <= _FEW else [*parts]
        parts.insert(index, part)
        return parts

    @staticmethod
    def _without(parts: tuple[_Part, ...] | list[_Part], part: _Part) -> tuple[_Part, ...] | list[_Part]:
        if isinstance(parts, tuple):
            return tuple(one for one in parts if one is not part)
        del parts[next(index for index, one in enumerate(parts) if one is part)]
        return parts

    def _note_coming(self, key: Hashable) -> None:
        if key in self._parts and self.came is not None:
            self.came[key] = None
            if len(self.came) > _MANY:
                self.came = None

    def _change(self, part: _Part, key: Hashable, before: int, now: int) -> None:
        self._given.pop(key, None)
        count = self._counts.get(key, 0) + now - before
        parts = self._parts.get(key, ())
        first = parts[0] if parts else None
        if not before:
            parts = self._with(parts, part)
        elif not now:
            parts = self._without(parts, part)
        if count:
            self._counts[key] = count
            self._parts[key] = parts
        else:
            self._counts.pop(key, None)
            self._parts.pop(key, None)
        if (parts[0] if parts else None) is not first:
            self._put_in_order(key)
            if first is None or not parts:
                self._names.tell_readers()
                self._note_coming(key)
        if (count > 1) != (key in self._repeated):
            if count > 1:
                self._repeated[key] = None
            else:
                del self._repeated[key]
            self._repeats.tell_readers()
        cell = self._cells.get(key)
        if cell is not None:
            if cell.is_read:
                cell.tell_readers()
            else:
                del self._cells[key]
