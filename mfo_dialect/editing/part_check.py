"""What rules say of one part, and what that depends on: after a change only those rules look again that it concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mfo_dialect.analysis.live_snapshot import LiveSnapshot
from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.editing.found import Found
from mfo_dialect.facts import Fact
from mfo_dialect.rules import Report, Rule
from mfo_dialect.rules.plan import Concerned, Step, plan_of

Said = dict[Rule, list[Report | Exception]]


@dataclass(frozen=True, slots=True)
class CountedStep:
    """The rules that look at the same items of a part, each with its bit, and all their bits."""

    items: Callable[[Any, Snapshot], Iterable[Any]]
    rules: tuple[tuple[Rule, int], ...]
    bits: int


@dataclass(frozen=True, slots=True)
class Looks:
    """The looks that some rules take at parts of one kind: at items, and at declared values one by one."""

    steps: tuple[CountedStep, ...]
    concerned: Concerned | None
    concerned_bits: int


ALL = -1
"""The bits of all rules."""
_MANY = 1000


class Counting:
    """The rules of a plan, counted: each is a bit of a number.

    Attributes:
        plan: the plan.
        bits: the bit of each rule.
        noted: how many facts rules were found to depend on so far.
    """

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        """Count ``rules``."""
        self.plan = plan_of(rules)
        self.bits = {rule: 1 << number for number, rule in enumerate(rules)}
        self.noted = 0
        self._known: dict[tuple[type, int], Looks] = {}

    def looks(self, part: Part, bits: int) -> Looks:
        """What the rules of some bits look at in such a part."""
        known = self._known.get((type(part), bits))
        if known is None:
            if len(self._known) >= _MANY:
                self._known.clear()
            concerned = self.plan.concerned(part)
            counted = (self._counted(step, bits) for step in self.plan.steps(part))
            known = self._known[type(part), bits] = Looks(
                tuple(step for step in counted if step.rules),
                concerned,
                self._all(concerned.rules) & bits if concerned is not None else 0,
            )
        return known

    def _counted(self, step: Step, bits: int) -> CountedStep:
        rules = tuple((rule, self.bits[rule]) for rule in step.rules if self.bits[rule] & bits)
        return CountedStep(step.selector.items, rules, self._all(step.rules) & bits)

    def _all(self, rules: Iterable[Rule]) -> int:
        bits = 0
        for rule in rules:
            bits |= self.bits[rule]
        return bits


class PartCheck:
    """One part under all rules that look at such parts.

    Attributes:
        part: the part.
        stale: the bits of the rules that must look again.
        found: what each rule has found when it looked last; nothing for one that found nothing.
    """

    __slots__ = ("_counting", "_queue", "_snapshot", "_sources", "found", "part", "stale")

    def __init__(
        self, part: Part, counting: Counting, snapshot: LiveSnapshot, queue: Callable[[PartCheck], None]
    ) -> None:
        """Take a part, at which nobody has looked yet.

        Args:
            part: the part.
            counting: the rules.
            snapshot: the bundle.
            queue: is given this as soon as rules must look again.
        """
        self.part = part
        self.stale = 0
        self.found: dict[Rule, tuple[Found, ...]] = {}
        self._counting = counting
        self._snapshot = snapshot
        self._queue = queue
        self._sources: dict[Fact[Any], int] = {}

    def hear(self, source: Fact[Any]) -> None:
        """Have those rules look again that depend on a fact."""
        bits = self._sources.get(source)
        if bits:
            if not self.stale:
                self._queue(self)
            self.stale |= bits

    def will_ask(self, source: Fact[Any]) -> bool:
        """Whether all rules that depend on a fact are going to look again anyway."""
        return not self._sources.get(source, 0) & ~self.stale

    def renew(self) -> None:
        """Have all rules look again."""
        if not self.stale:
            self._queue(self)
        self.stale = ALL

    def end(self) -> None:
        """Depend on nothing any more."""
        sources, self._sources = self._sources, {}
        for source in sources:
            source.lose(self)

    def run(self) -> Said:
        """Have the rules look that must; gives what each of them says, with nothing for one that says nothing any more."""
        stale, self.stale = self.stale, 0
        counting, part = self._counting, self.part
        looks = counting.looks(part, stale)
        run = _Run(self._snapshot, {rule: [] for rule in self.found if counting.bits[rule] & stale})
        for step in looks.steps:
            run.take_step(step, part)
        if looks.concerned is not None and looks.concerned_bits:
            run.take_values(looks.concerned.by, looks.concerned_bits, counting.bits, part)
        counting.noted += len(run.sources)
        self._depend(run.sources, stale)
        return run.said

    def _depend(self, found: dict[Fact[Any], int], stale: int) -> None:
        """Depend on what was found to be read, which is used up, instead of on what those rules read before."""
        sources, others = self._sources, ~stale
        gone: list[Fact[Any]] = []
        for source, bits in sources.items():
            if bits & stale:
                left = bits & others | found.pop(source, 0)
                if not left:
                    gone.append(source)
                elif left != bits:
                    sources[source] = left
        own = getattr(self.part, "own_facts", ())
        for source, bits in found.items():
            known = sources.get(source)
            if known is not None:
                sources[source] = known | bits
            elif source not in own:
                sources[source] = bits
                source.add_reader(self)
        for source in gone:
            del sources[source]
            source.lose(self)


class _Run:
    """One look at a part by some rules."""

    __slots__ = ("_facts", "_snapshot", "said", "sources")

    def __init__(self, snapshot: LiveSnapshot, said: Said) -> None:
        self.sources: dict[Fact[Any], int] = {}
        self.said = said
        self._snapshot = snapshot
        self._facts = snapshot.facts

    def take_step(self, step: CountedStep, part: Part) -> None:
        facts = self._facts
        items: list[Any] = []
        frame: dict[Fact[Any], None] = {}
        facts.frame = frame
        try:
            items += step.items(part, self._snapshot)
        except Exception as error:  # noqa: BLE001 - the fence: a selector that breaks costs the rules that need it
            items = []
            for rule, _ in step.rules:
                self._say(rule, [error])
        finally:
            facts.frame = None
            if frame:
                self._note(frame, step.bits)
        for rule, bit in step.rules if items else ():
            self._look(rule, bit, items)

    def take_values(
        self, concerned: Callable[[Any], tuple[Rule, ...]], bits: int, by_rule: dict[Rule, int], part: Part
    ) -> None:
        frame: dict[Fact[Any], None] = {}
        self._facts.frame = frame
        try:
            visits = self._snapshot.visits_of(part)
        finally:
            self._facts.frame = None
            self._note(frame, bits)
        for visit in visits:
            for rule in concerned(visit):
                bit = by_rule[rule]
                if bit & bits:
                    self._look(rule, bit, (visit,))

    def _look(self, rule: Rule, bit: int, items: Sequence[Any]) -> None:
        frame: dict[Fact[Any], None] = {}
        facts, snapshot, check = self._facts, self._snapshot, rule.check
        facts.frame = frame
        try:
            for item in items:
                try:
                    reports = [*check(item, snapshot)]
                except Exception as error:  # noqa: BLE001 - the fence: a broken rule costs only this item
                    self._say(rule, [error])
                else:
                    if reports:
                        self._say(rule, reports)
        finally:
            facts.frame = None
            if frame:
                self._note(frame, bit)

    def _note(self, frame: dict[Fact[Any], None], bits: int) -> None:
        sources = self.sources
        if not sources:
            self.sources = dict.fromkeys(frame, bits)
            return
        for fact in frame:
            sources[fact] = sources.get(fact, 0) | bits

    def _say(self, rule: Rule, said: Iterable[Report | Exception]) -> None:
        self.said.setdefault(rule, []).extend(said)
