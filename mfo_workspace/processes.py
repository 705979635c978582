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

_CHUNKS_FOR_EACH = 8
_LARGEST_CHUNK = 16


def check_in_processes(
    groups: Sequence[FileGroup], asked: RuleSettings, count: int, *, is_remembered: bool = True
) -> Iterator[SentGroup]:
    """Check groups with ``count`` workers, which end with this process; what a lost worker leaves is checked here."""
    done = 0
    try:
        for observed in _by_workers(groups, partial(_check_chunk, asked, is_remembered=is_remembered), count):
            done += 1
            yield observed
    except (BrokenProcessPool, OSError):
        yield from check_observed(islice(groups, done, None), asked, is_remembered=is_remembered)


def _by_workers(
    groups: Sequence[FileGroup], check: Callable[[Sequence[FileGroup]], list[SentGroup]], count: int
) -> Iterator[SentGroup]:
    is_copied = sys.platform == "linux" and threading.active_count() == 1
    gc.collect()
    gc.freeze()
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("fork" if is_copied else "spawn"), _start_worker)
    size = max(1, min(_LARGEST_CHUNK, len(groups) // (count * _CHUNKS_FOR_EACH)))
    chunks = [groups[start : start + size] for start in range(0, len(groups), size)]
    others = {*multiprocessing.active_children()}
    try:
        with _interrupts_held():  # one that comes while a process is copied would be lost
            found = pool.map(check, chunks)
        for checked in found:
            yield from checked
    except BaseException:  # nobody waits for what the workers are at
        for worker in {*multiprocessing.active_children()} - others:
            worker.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        gc.unfreeze()


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


def _check_chunk(asked: RuleSettings, groups: Sequence[FileGroup], *, is_remembered: bool) -> list[SentGroup]:
    with rare_collections():
        return [
            (packed(checked), observation)
            for checked, observation in check_observed(groups, asked, is_remembered=is_remembered)
        ]
