"""Checking files on the disk: what is known from an earlier run is looked up, the rest is checked, if it pays by many.

Light to import: where everything is known, neither the rules nor the YAML library are loaded.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from mfo_dialect.model.rule_settings import NOTHING_SAID, RuleSettings
from mfo_workspace.checked import CheckedFiles, CheckedGroup, FileGroup, grouped, merged
from mfo_workspace.garbage import rare_collections

if TYPE_CHECKING:
    from mfo_workspace.cache.encoding import FoundGroup
    from mfo_workspace.cache.observing import Observation

_FILES_FOR_EACH_WORKER = 40
_MOST_WORKERS = 16


class Cache(Protocol):
    """What earlier checks found: on the disk (``cache/store.py``) or in memory (``remembering.py``)."""

    def find(self, group: FileGroup) -> CheckedGroup | None:
        """What a check of a group would find now; None where only the check can tell."""
        ...

    def find_nothing(self, groups: Iterable[FileGroup]) -> CheckedFiles | None:
        """The outcome without findings, where there are none but hints; None where there are, or not all is known."""
        ...

    def keep(self, group: FileGroup, checked: FoundGroup, observation: Observation) -> None:
        """Remember what a check found, and what it looked at."""
        ...

    def save(self) -> None:
        """All groups were looked up or checked."""
        ...


def check_on_disk(
    wanted: Iterable[tuple[str, bool]],
    asked: RuleSettings = NOTHING_SAID,
    cache: Cache | None = None,
    *,
    mere_hints: bool = True,
) -> CheckedFiles:
    """Check files, each within the bundle of its directory.

    Args:
        wanted: absolute paths, written with ``/``, each with whether a person named it.
        asked: what is asked for on top of the project files.
        cache: what earlier runs found with the same settings; is written when all is checked.
        mere_hints: whether anybody learns of hints, and of their lines; where not, some or all of them are missing. A cache
            is for one of the two.

    Returns:
        The same with and without a cache, in one process and in many; but for mere hints, if they are not wanted.
    """
    with rare_collections():
        groups = grouped(wanted)
        nothing = cache.find_nothing(groups) if cache is not None and not mere_hints else None
        return nothing if nothing is not None else _check_all(groups, asked, cache, mere_hints=mere_hints)


def _check_all(
    groups: Sequence[FileGroup], asked: RuleSettings, cache: Cache | None, *, mere_hints: bool
) -> CheckedFiles:
    known: dict[FileGroup, FoundGroup] = {}
    if cache is not None:
        known = {group: found for group in groups if (found := cache.find(group)) is not None}
    missing = [group for group in groups if group not in known]
    if missing:
        for group, (checked, observation) in zip(
            missing, _check(missing, asked, is_remembered=cache is not None, mere_hints=mere_hints), strict=True
        ):
            known[group] = checked
            if cache is not None and observation is not None:
                cache.keep(group, checked, observation)
    if cache is not None:
        cache.save()
    if not mere_hints and all(known[group].is_quiet for group in groups):
        return CheckedFiles(file_count=sum(known[group].file_count for group in groups))
    return merged(known[group].opened() for group in groups)


def _check(
    groups: Sequence[FileGroup], asked: RuleSettings, *, is_remembered: bool, mere_hints: bool
) -> Iterator[tuple[FoundGroup, Observation | None]]:
    from mfo_workspace.checking import check_observed  # noqa: PLC0415 - loads the rules

    count = _workers(sum(len(files) for _, files in groups))
    if count > 1:
        from mfo_workspace.processes import check_in_processes  # noqa: PLC0415 - slow to import

        yield from check_in_processes(groups, asked, count, is_remembered=is_remembered, mere_hints=mere_hints)
        return
    yield from check_observed(groups, asked, is_remembered=is_remembered, mere_hints=mere_hints)


def _workers(file_count: int) -> int:
    """How many processes check so many files soonest; starting one takes as long as checking a few dozen files."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(available, _MOST_WORKERS, file_count // _FILES_FOR_EACH_WORKER)
