"""The first findings of a bundle: as long as nothing is edited, nobody need know what they depend on.

So they are there much earlier. What they depend on is found out afterwards, when each part is looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mfo_dialect.analysis.live_snapshot import LiveSnapshot
from mfo_dialect.editing.part_check import PartCheck, Said
from mfo_dialect.editing.publishing import Publishing
from mfo_dialect.rules.plan import Plan
from mfo_dialect.rules.running import reports_on


class FirstLook:
    """All parts of a bundle that is not being edited yet.

    Attributes:
        looked: at how many parts rules have looked.
    """

    def __init__(self, snapshot: LiveSnapshot, plan: Plan, publishing: Publishing, checks: Iterable[PartCheck]) -> None:
        """Begin.

        Args:
            snapshot: the bundle; until ``end`` it notes nothing, and must not change.
            plan: the rules.
            publishing: takes what they say.
            checks: the parts.
        """
        self.looked = 0
        self._snapshot = snapshot
        self._plan = plan
        self._publishing = publishing
        self._waiting = iter([*checks])
        self._is_done = False
        snapshot.note_nothing()

    def go_on(self, has_time: Callable[[], bool]) -> bool:
        """Look at parts as long as there is time; says whether all have been looked at."""
        while not self._is_done and has_time():
            check = next(self._waiting, None)
            if check is None:
                self._is_done = True
            else:
                self.looked += 1
                self._publishing.take(check, self._look(check))
        return self._is_done

    def _look(self, check: PartCheck) -> Said:
        said: Said = {}
        for rule, reports in reports_on(check.part, self._plan, self._snapshot):
            said.setdefault(rule, []).extend([reports] if isinstance(reports, Exception) else reports)
        return said

    def end(self) -> None:
        """Let the bundle be edited."""
        self._waiting = iter(())
        self._snapshot.note_from_now_on()
