"""Which rules look at which kinds of parts, laid out so that each thing is looked up once for all rules that look at it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.values import Key, ValueType
from mfo_dialect.records import record
from mfo_dialect.rules.rule import Rule
from mfo_dialect.rules.select import Concerns, Selector

_MANY = 20_000


@record
class Step:
    """The rules that look at the same items of a part."""

    selector: Selector
    rules: tuple[Rule, ...]


class Concerned:
    """The rules that look at declared values of one kind of part, by the declaration; worked out when it is first met.

    Attributes:
        known: what is worked out, by the identities of declared type and key, with the rules first; for who looks up so many
            values that a call for each would be felt.
    """

    __slots__ = ("_rules", "known")

    def __init__(self) -> None:
        """Start without a rule."""
        self._rules: list[tuple[Rule, Concerns]] = []
        self.known: dict[tuple[int, int], tuple[tuple[Rule, ...], ValueType, Key | None]] = {}

    def add(self, rule: Rule, concerns: Concerns) -> None:
        """Let a rule take part."""
        self._rules.append((rule, concerns))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All of them."""
        return tuple(rule for rule, _ in self._rules)

    def by(self, visit: Visit) -> tuple[Rule, ...]:
        """The rules that look at a value."""
        known = self.known.get((id(visit.type), id(visit.key)))
        return known[0] if known is not None else self._look_up(visit.type, visit.key)

    def _look_up(self, declared: ValueType, key: Key | None) -> tuple[Rule, ...]:
        if len(self.known) >= _MANY:
            self.known.clear()
        rules = tuple(rule for rule, concerns in self._rules if concerns(declared, key))
        self.known[id(declared), id(key)] = rules, declared, key  # the two are kept, so that no other has their id
        return rules


class Plan:
    """What some rules look at, for each kind of part."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Lay out ``rules``."""
        self._concerned: dict[type, Concerned | None] = {}
        self._steps_by_type: dict[str, tuple[Step, ...]] = {}
        concerned: dict[type, Concerned] = {}
        steps: dict[type, dict[Selector, list[Rule]]] = {}
        for rule in rules:
            for selector in rule.selectors:
                for kind in selector.parts:
                    if selector.concerns is not None:
                        concerned.setdefault(kind, Concerned()).add(rule, selector.concerns)
                    else:
                        steps.setdefault(kind, {}).setdefault(selector, []).append(rule)
        self._concerned.update(concerned)
        self._kinds = frozenset((*steps, *concerned))
        self._steps = {
            kind: tuple(Step(selector, tuple(found)) for selector, found in by_selector.items())
            for kind, by_selector in steps.items()
        }

    def steps(self, part: Part) -> tuple[Step, ...]:
        """What is looked at in a part, its declared values one by one apart."""
        steps = self._steps.get(type(part))
        if steps is None:
            steps = self._steps[type(part)] = self._steps.get(self._kind(part), ())
        return steps

    def steps_at(self, part: Part) -> tuple[Step, ...]:
        """As ``steps``, without those that give nothing for nodes of the part's type."""
        if not isinstance(part, NodeView):
            return self.steps(part)
        name = part.type_name
        steps = self._steps_by_type.get(name)
        if steps is None:
            if len(self._steps_by_type) >= _MANY:
                self._steps_by_type.clear()
            steps = tuple(one for one in self.steps(part) if not one.selector.types or name in one.selector.types)
            self._steps_by_type[name] = steps
        return steps

    def _kind(self, part: Part) -> type:
        """The kind of a part that some rule looks at: its class, or the one that it is a special case of."""
        return next((kind for kind in type(part).__mro__ if kind in self._kinds), type(part))

    def concerned(self, part: Part) -> Concerned | None:
        """Who looks at the declared values of a part one by one; None where nobody does."""
        if type(part) not in self._concerned:
            self._concerned[type(part)] = self._concerned.get(self._kind(part))
        return self._concerned[type(part)]


@lru_cache(maxsize=8)
def plan_of(rules: tuple[Rule, ...]) -> Plan:
    """The plan of some rules; kept for the next check."""
    return Plan(rules)
