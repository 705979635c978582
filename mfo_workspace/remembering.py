"""What was found while a process runs, as long as the disk still answers as it did then."""

from __future__ import annotations

from collections.abc import Iterable

from mfo_workspace.cache.encoding import FoundGroup
from mfo_workspace.cache.observing import Observation, PresentDisk
from mfo_workspace.checked import CheckedFiles, CheckedGroup, FileGroup


class RememberedChecks:
    """A cache in memory, for checks that come again and again with the same settings; holds one entry a group."""

    def __init__(self) -> None:
        """Nothing was found yet."""
        self._known: dict[FileGroup, tuple[CheckedGroup, Observation]] = {}
        self._disk = PresentDisk()

    def find(self, group: FileGroup) -> CheckedGroup | None:
        """What a check of a group would find now; None where only the check can tell."""
        known = self._known.get(group)
        return known[0] if known is not None and self._disk.agrees(known[1]) else None

    def find_nothing(self, groups: Iterable[FileGroup]) -> CheckedFiles | None:  # noqa: ARG002 - as the disk's cache
        """Nothing is gained by a quicker look."""
        return None

    def keep(self, group: FileGroup, checked: FoundGroup, observation: Observation) -> None:
        """Remember what a check found, and what it looked at."""
        self._known[group] = (checked.opened(), observation)

    def save(self) -> None:
        """End a round: the next one asks the disk anew."""
        self._disk = PresentDisk()
