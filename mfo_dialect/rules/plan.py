"""Which rules look at which kinds of parts, laid out so that each thing is looked up once for all rules that look at it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.values import Key, ValueType
from mfo_dialect.rules.rule import Rule
from mfo_dialect.rules.select import Concerns, Selector

_MANY = 20_000
_Concerned = tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """The rules that look at the same items of a part."""

    selector: Selector
    rules: tuple[Rule, ...]


class Plan:
    """What some rules look at. It grows with the declarations that it has been asked about, and never otherwise changes."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Lay out ``rules``."""
        self._visiting: dict[type, list[tuple[Rule, Concerns]]] = {}
        self._steps: dict[type, dict[Selector, list[Rule]]] = {}
        self._concerned: dict[tuple[type, int, int], tuple[_Concerned, ValueType, Key | None]] = {}
        for rule in rules:
            for selector in rule.selectors:
                for kind in selector.parts:
                    if selector.concerns is not None:
                        self._visiting.setdefault(kind, []).append((rule, selector.concerns))
                    else:
                        self._steps.setdefault(kind, {}).setdefault(selector, []).append(rule)
        self._made = {
            kind: tuple(Step(selector, tuple(found)) for selector, found in steps.items())
            for kind, steps in self._steps.items()
        }

    def steps(self, part: Part) -> Sequence[Step]:
        """What is looked at in a part, its declared values one by one apart."""
        return self._made.get(type(part), ())

    def looks_at_visits(self, part: Part) -> bool:
        """Whether any rule looks at declared values of such parts one by one."""
        return type(part) in self._visiting

    def concerned(self, part: Part, visit: Visit) -> tuple[Rule, ...]:
        """The rules that look at a declared value of a part."""
        key = (type(part), id(visit.type), id(visit.key))
        known = self._concerned.get(key)
        if known is None:
            if len(self._concerned) >= _MANY:
                self._concerned.clear()
            visiting = self._visiting.get(key[0], ())
            rules = tuple(rule for rule, concerns in visiting if concerns(visit.type, visit.key))
            known = self._concerned[key] = (
                rules,
                visit.type,
                visit.key,
            )  # the two are kept, so that no other has their id
        return known[0]


@lru_cache(maxsize=8)
def plan_of(rules: tuple[Rule, ...]) -> Plan:
    """The plan of some rules; kept for the next check."""
    return Plan(rules)
