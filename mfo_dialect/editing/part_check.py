"""What rules say of one part, and what that depends on: after a change only those rules look again that it concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mfo_dialect.analysis.live_snapshot import LiveSnapshot
from mfo_dialect.analysis.parts import Part
from mfo_dialect.editing.found import Found
from mfo_dialect.facts import Fact, leave
from mfo_dialect.rules import Report, Rule
from mfo_dialect.rules.plan import Plan, Step

Said = dict[Rule, list[Report | Exception]]


class PartCheck:
    """One part under all rules that look at such parts. Rules are counted by bits of a number.

    Attributes:
        part: the part.
        stale: the rules that must look again.
        found: what each rule has found when it looked last; nothing for one that found nothing.
        is_whole: whether all rules looked when rules looked last.
    """

    __slots__ = ("_numbers", "_plan", "_queue", "_snapshot", "_sources", "found", "is_whole", "part", "stale")

    def __init__(
        self,
        part: Part,
        plan: Plan,
        numbers: dict[Rule, int],
        snapshot: LiveSnapshot,
        queue: Callable[[PartCheck], None],
    ) -> None:
        """Take a part, at which nobody has looked yet.

        Args:
            part: the part.
            plan: which rules look at which parts.
            numbers: the bit of each rule.
            snapshot: the bundle.
            queue: is given this as soon as rules must look again.
        """
        self.part = part
        self.stale = 0
        self.is_whole = False
        self.found: dict[Rule, tuple[Found, ...]] = {}
        self._plan = plan
        self._numbers = numbers
        self._snapshot = snapshot
        self._queue = queue
        self._sources: dict[Fact[Any], int] = {}

    def hear(self, source: Fact[Any]) -> None:
        """Have those rules look again that depend on a fact."""
        bits = self._sources.get(source, 0)
        if bits and not self.stale:
            self._queue(self)
        self.stale |= bits

    def renew(self) -> None:
        """Have all rules look again."""
        if not self.stale:
            self._queue(self)
        self.stale = -1

    def end(self) -> None:
        """Depend on nothing any more."""
        sources, self._sources = self._sources, {}
        for source in sources:
            leave(source, self)

    def run(self) -> Said:
        """Have the rules look that must; gives what each of them says, with nothing for one that says nothing."""
        stale, self.stale = self.stale, 0
        self.is_whole = stale == -1
        run = _Run(self._snapshot, self._numbers, stale)
        for step in self._plan.steps(self.part):
            run.take_step(step, self.part)
        concerned = self._plan.concerned(self.part)
        if concerned is not None:
            run.take_values(concerned.by, concerned.rules, self.part)
        self._depend(run.sources, stale)
        return run.said

    def _depend(self, found: dict[Fact[Any], int], stale: int) -> None:
        own = getattr(self.part, "own_facts", ())
        before = self._sources
        now: dict[Fact[Any], int] = {}
        if stale != -1:
            for source, bits in before.items():
                left = bits & ~stale
                if left:
                    now[source] = left
        for source, bits in found.items():
            if source not in own:
                now[source] = now.get(source, 0) | bits
        self._sources = now
        for source in now:
            if source not in before:
                source.add_reader(self)
        for source in before:
            if source not in now:
                leave(source, self)


class _Run:
    """One look at a part by some rules."""

    def __init__(self, snapshot: LiveSnapshot, numbers: dict[Rule, int], stale: int) -> None:
        self.sources: dict[Fact[Any], int] = {}
        self.said: Said = {rule: [] for rule, bit in numbers.items() if stale & bit} if stale != -1 else {}
        self._snapshot = snapshot
        self._numbers = numbers
        self._stale = stale

    def take_step(self, step: Step, part: Part) -> None:
        numbers, stale = self._numbers, self._stale
        bits = 0
        for rule in step.rules:
            bits |= numbers[rule]
        if not bits & stale:
            return
        try:
            items: tuple[Any, ...] = self._noting(lambda: (*step.selector.items(part, self._snapshot),), bits)
        except Exception as error:  # noqa: BLE001 - the fence: a selector that breaks costs the rules that need it
            for rule in step.rules:
                self._say(rule, [error])
            return
        for rule in step.rules if items else ():
            if numbers[rule] & stale:
                for item in items:
                    self._look(rule, item)

    def take_values(self, concerned: Callable[[Any], tuple[Rule, ...]], rules: Iterable[Rule], part: Part) -> None:
        bits = 0
        for rule in rules:
            bits |= self._numbers[rule]
        if not bits & self._stale:
            return
        visits = self._noting(lambda: self._snapshot.visits_of(part), bits)
        for visit in visits:
            for rule in concerned(visit):
                if self._numbers[rule] & self._stale:
                    self._look(rule, visit)

    def _noting(self, ask: Callable[[], Any], bits: int) -> Any:
        facts = self._snapshot.facts
        frame: dict[Fact[Any], None] = {}
        facts.frame = frame
        try:
            return ask()
        finally:
            facts.frame = None
            sources = self.sources
            for fact in frame:
                sources[fact] = sources.get(fact, 0) | bits

    def _look(self, rule: Rule, item: Any) -> None:
        facts, snapshot = self._snapshot.facts, self._snapshot
        frame: dict[Fact[Any], None] = {}
        facts.frame = frame
        try:
            reports = [*rule.check(item, snapshot)]
        except Exception as error:  # noqa: BLE001 - the fence: a broken rule costs only this item
            self._say(rule, [error])
        else:
            if reports:
                self._say(rule, reports)
        finally:
            facts.frame = None
            if frame:
                sources, bit = self.sources, self._numbers[rule]
                for fact in frame:
                    sources[fact] = sources.get(fact, 0) | bit

    def _say(self, rule: Rule, said: Iterable[Report | Exception]) -> None:
        self.said.setdefault(rule, []).extend(said)
