"""Which rules' fixes failed one after the other: the others of such a rule are not worth a check each."""

from __future__ import annotations

from collections import defaultdict

from mfo_workspace.fixing.choosing import Mending

_FEW = 4


class Failures:
    """The failures of one round, by rule."""

    def __init__(self) -> None:
        self._reasons: defaultdict[str, list[str]] = defaultdict(list)

    def count(self, mending: Mending, reason: str) -> None:
        """A fix failed by itself."""
        self._reasons[mending.findings[0].code].append(reason)

    def forget(self, succeeded: tuple[Mending, ...]) -> None:
        """Fixes were applied: others of their rules are worth a check again."""
        for mending in succeeded:
            self._reasons.pop(mending.findings[0].code, None)

    def sorted_out(self, part: tuple[Mending, ...]) -> tuple[tuple[Mending, ...], list[tuple[Mending, str]]]:
        """Those to try, and the others with the reason for which those of their rule failed."""
        hopeful: list[Mending] = []
        hopeless: list[tuple[Mending, str]] = []
        for mending in part:
            reasons = self._reasons.get(mending.findings[0].code, [])
            if len(reasons) < _FEW:
                hopeful.append(mending)
            else:
                hopeless.append((mending, f"{reasons[-1]}, as with others of this rule"))
        return tuple(hopeful), hopeless
