"""What runs gave, out of the project's journal: looked up beside the loop, for a short time, and kept until it changes."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mfo_dialect.model.project import Project
from mfo_lsp.features.recorded import NOTHING_RECORDED, Recorded, RecordedValue, Wanted
from mfo_lsp.server.convert import is_file

_PATIENCE = 0.3
"""Seconds that an answer waits; what comes later counts for the next one."""
_MOST_KEPT = 200
_MOST_LOOKS = 5
"""How often a journal is looked into that cannot be read for now, until it changes: each look may take its time."""

_Stamp = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """What a look gave: the journal's stamp of then, the values, and how many looks at that journal it took.

    ``values`` is None where it could not be read for now.
    """

    stamp: _Stamp
    values: tuple[RecordedValue, ...] | None
    looks: int = 1

    def holds(self, stamp: _Stamp) -> bool:
        return self.stamp == stamp and (self.values is not None or self.looks >= _MOST_LOOKS)


class RecordedRuns:
    """The values that were looked up, each with the journal's stamp of then; nothing is ever written."""

    def __init__(self) -> None:
        """Start with none."""
        self._known: dict[Wanted, _Known] = {}

    async def of(self, wanted: Collection[Wanted], project: Project) -> Recorded:
        """What the last runs gave of what is wanted; empty where nothing can be told soon.

        Args:
            wanted: what is asked for, of documents of one project.
            project: that project.
        """
        asked = [one for one in wanted if is_file(one.document)]
        if not asked:
            return NOTHING_RECORDED
        looking = asyncio.ensure_future(asyncio.to_thread(self._look, asked, project))
        done, _ = await asyncio.wait({looking}, timeout=_PATIENCE)
        return looking.result() if looking in done and looking.exception() is None else NOTHING_RECORDED

    def _look(self, wanted: Collection[Wanted], project: Project) -> Recorded:
        """The same, in another thread; each look replaces whole entries, so that looks side by side do no harm."""
        found: dict[Wanted, tuple[RecordedValue, ...]] = {}
        for one in wanted:
            journal = _journal_of(one, project)
            stamp = _stamp(journal)
            known = self._known.get(one)
            if known is None or not known.holds(stamp):
                if len(self._known) >= _MOST_KEPT:
                    self._known.clear()
                looks = known.looks if known is not None and known.stamp == stamp else 0
                known = self._known[one] = _Known(stamp, _values(journal, one) if stamp else (), looks + 1)
            if known.values:
                found[one] = known.values
        return found


def _journal_of(wanted: Wanted, project: Project) -> Path:
    from mfo_runtime.cli.data_folders import data_path  # noqa: PLC0415 - the running side is loaded when it is asked
    from mfo_runtime.journal import JOURNAL_FILE  # noqa: PLC0415 - as above

    return data_path(project, PurePosixPath(wanted.document).parent.as_posix()) / JOURNAL_FILE


def _stamp(journal: Path) -> _Stamp:
    """By what a change of the journal is noticed; empty where there is none."""
    stamps: list[tuple[int, int]] = []
    for path in (journal, journal.with_name(f"{journal.name}-wal")):
        try:
            status = path.stat()
        except OSError:
            if not stamps:
                return ()
            status = None
        stamps.append((status.st_mtime_ns, status.st_size) if status is not None else (0, 0))
    return tuple(stamps)


def _values(journal: Path, wanted: Wanted) -> tuple[RecordedValue, ...] | None:
    from mfo_runtime.journal.glancing import seen_values  # noqa: PLC0415 - as above

    seen = seen_values(journal, wanted.document, wanted.taskflow, [wanted.source])
    if seen is None:
        return None
    return tuple(RecordedValue(one.run, one.started_at, one.state, one.value) for one in seen.get(wanted.source, ()))
