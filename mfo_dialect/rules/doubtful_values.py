"""Choosing those of a part's doubtful values whose declarations concern a rule."""

from __future__ import annotations

from collections.abc import Callable

from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.values import Key, ValueType

_MOST_KEPT = 8192


def doubtful_where(concerns: Callable[[ValueType, Key | None], bool]) -> Callable[[Part, Snapshot], list[Visit]]:
    """What gives the doubtful values of a part whose declarations are of a kind.

    Args:
        concerns: whether a declaration is of that kind: what a value may be, and the key that it stands under; pure.
    """
    known: dict[tuple[int, int], tuple[bool, ValueType, Key | None]] = {}

    def look_up(declared: ValueType, key: Key | None) -> bool:
        if len(known) >= _MOST_KEPT:
            known.clear()
        is_concerned = concerns(declared, key)
        known[id(declared), id(key)] = is_concerned, declared, key
        return is_concerned

    def items(part: Part, snapshot: Snapshot) -> list[Visit]:
        found: list[Visit] = []
        for visit in snapshot.doubtful_visits_of(part):
            declared, key = visit.type, visit.key
            verdict = known.get((id(declared), id(key)))
            if verdict[0] if verdict is not None else look_up(declared, key):
                found.append(visit)
        return found

    return items
