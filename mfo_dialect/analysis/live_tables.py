"""Facts of a live snapshot: what is kept of a subject, and tables of names that are put in anew as a whole."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from mfo_dialect.facts import Derived, Fact, Facts

_Value = TypeVar("_Value")


class KeptFact(Derived[Any]):
    """What a function says of a subject; it is forgotten with the last who needs it."""

    __slots__ = ("_around", "_find", "_subject", "_table")

    def __init__(
        self,
        facts: Facts,
        find: Callable[[Any, Any], Any],
        subject: Hashable,
        around: object,
        table: dict[Any, KeptFact],
    ) -> None:
        """Ask ``find`` of ``subject`` and ``around`` when it is needed; it stands in ``table`` as long as it is known."""
        super().__init__(facts, self.found, is_kept=False)
        self._find = find
        self._subject = subject
        self._around = around
        self._table = table

    def found(self) -> Any:
        """What the function says now."""
        return self._find(self._subject, self._around)

    def let_go(self) -> list[Derived[Any]]:
        """Forget the value, and oneself."""
        if self._table.get(self._subject) is self:
            del self._table[self._subject]
        return super().let_go()


class Remembered:
    """The facts that somebody asks for now and then: known until what they follow from changes, and found again when asked for."""

    __slots__ = ("_by_subject",)

    def __init__(self) -> None:
        """Start with none."""
        self._by_subject: dict[Hashable, dict[Any, KeptFact]] = {}

    def keep(self, find: object, subject: Hashable, fact: KeptFact) -> None:
        """Have what ``find`` says of a subject remembered, until ``drop``."""
        known = self._by_subject.get(subject)
        if known is None:
            known = self._by_subject[subject] = {}
        if known.get(find) is not fact:
            known[find] = fact
            fact.add_reader(self)

    def drop(self, subjects: Iterable[Hashable]) -> None:
        """Let go of what is known of subjects that are not there any more."""
        for subject in subjects:
            for fact in self._by_subject.pop(subject, {}).values():
                fact.lose(self)

    def hear(self, source: Fact[Any]) -> None:
        """See ``Reader``: whoever asks finds out by asking."""

    def will_ask(self, source: Fact[Any]) -> bool:  # noqa: ARG002 - it is the same for all
        """See ``Reader``: nothing is found again because of it."""
        return True


class NameTable(Mapping[str, _Value], Generic[_Value]):
    """A dictionary whose entries are facts; it is given as a whole, and who asks for one name depends on that one."""

    __slots__ = ("_cells", "_facts", "_known", "_names")

    def __init__(self, facts: Facts) -> None:
        """Start empty."""
        self._facts = facts
        self._known: dict[str, _Value] = {}
        self._cells: dict[str, Fact[None]] = {}
        self._names: Fact[None] = Fact(facts, None)

    def put(self, known: dict[str, _Value], is_renewed: Callable[[_Value], bool] = lambda _: False) -> None:
        """Take other entries; those that are as before tell nobody.

        Args:
            known: the entries.
            is_renewed: whether something inside an entry may have changed, although it is as before.
        """
        before, self._known = self._known, known
        if list(before) != list(known):
            self._names.tell_readers()
        for name in {**before, **known}:
            value = known.get(name)
            if before.get(name) != value or (value is not None and is_renewed(value)):
                cell = self._cells.get(name)
                if cell is not None:
                    if cell.is_read:
                        cell.tell_readers()
                    else:
                        del self._cells[name]

    def _note(self, name: str) -> None:
        if self._facts.frame is not None:
            cell = self._cells.get(name)
            if cell is None:
                cell = self._cells[name] = Fact(self._facts, None)
            cell.note()

    def __getitem__(self, name: str) -> _Value:
        """The value of a name.

        Raises:
            KeyError: it is not there.
        """
        self._note(name)
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        """Whether a name is there."""
        self._note(str(name))
        return name in self._known

    def __iter__(self) -> Iterator[str]:
        """All names; whoever is being computed depends on which there are, and in which order."""
        self._names.note()
        return iter(tuple(self._known))

    def __len__(self) -> int:
        """How many names there are."""
        self._names.note()
        return len(self._known)
