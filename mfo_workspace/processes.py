"""Checking groups of files in worker processes; what comes out, and its order, do not depend on how many there are."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import TypeAlias

from mfo_dialect.model.rule_settings import RuleSettings
from mfo_workspace.cache.encoding import FoundGroup, packed
from mfo_workspace.cache.observing import Observation
from mfo_workspace.checked import FileGroup
from mfo_workspace.checking import check_observed
from mfo_workspace.garbage import rare_collections

SentGroup: TypeAlias = tuple[FoundGroup, Observation | None]
"""What was found, packed if a worker found it, and all that it follows from."""

_LARGEST_CHUNK = 16
_SHARES_OF_REST = 2


def check_in_processes(
    groups: Sequence[FileGroup],
    asked: RuleSettings,
    count: int,
    *,
    is_remembered: bool = True,
    mere_hints: bool = True,
) -> Iterator[SentGroup]:
    """Check groups with ``count`` workers, which end with this process; what a lost worker leaves is checked here.

    Args:
        groups: what to check.
        asked: what is asked for on top of the project files.
        count: how many workers there are to be.
        is_remembered: whether anybody wants to know what each check looked at.
        mere_hints: whether anybody learns of hints, and wants the texts of groups in which nothing else is found: most of
            what is sent.
    """
    done = 0
    check = partial(_check_chunk, asked, is_remembered=is_remembered, mere_hints=mere_hints)
    try:
        for observed in _by_workers(groups, check, count):
            done += 1
            yield observed
    except (BrokenProcessPool, OSError):
        rest = islice(groups, done, None)
        yield from check_observed(rest, asked, is_remembered=is_remembered, mere_hints=mere_hints)


def _by_workers(
    groups: Sequence[FileGroup], check: Callable[[Sequence[FileGroup]], list[SentGroup]], count: int
) -> Iterator[SentGroup]:
    is_copied = sys.platform == "linux" and threading.active_count() == 1
    gc.freeze()
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("fork" if is_copied else "spawn"), _start_worker)
    others = {*multiprocessing.active_children()}
    try:
        with _interrupts_held():  # one that comes while a process is copied would be lost
            found = pool.map(check, _chunks(groups, count))
        for checked in found:
            yield from checked
    except BaseException:  # nobody waits for what the workers are at
        for worker in {*multiprocessing.active_children()} - others:
            worker.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        gc.unfreeze()


def _chunks(groups: Sequence[FileGroup], count: int) -> Iterator[Sequence[FileGroup]]:
    """What is handed to a worker at once: less and less towards the end, so that all workers end at about the same time."""
    start = 0
    while start < len(groups):
        size = max(1, min(_LARGEST_CHUNK, (len(groups) - start) // (count * _SHARES_OF_REST)))
        yield groups[start : start + size]
        start += size


@contextmanager
def _interrupts_held() -> Generator[None]:
    """Keep an interrupt until the block ends, where the system can; processes and threads made meanwhile hold it too."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker() -> None:
    """An interrupt ends a worker without a word, and so does the end of the process that waits for it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _check_chunk(
    asked: RuleSettings, groups: Sequence[FileGroup], *, is_remembered: bool, mere_hints: bool
) -> list[SentGroup]:
    with rare_collections():
        return [
            (packed(checked, mere_hints=mere_hints), observation)
            for checked, observation in check_observed(
                groups, asked, is_remembered=is_remembered, mere_hints=mere_hints
            )
        ]
