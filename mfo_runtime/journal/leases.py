"""Who executes a run: a lock of the operating system, which ends with the process that holds it, however it ends."""

from __future__ import annotations

import hashlib
import os
import re
import socket
from pathlib import Path

from filelock import FileLock, Timeout

LOCKS_FOLDER = "locks"

_PATIENCE = 0.5
_POLL = 0.02
_WORDS = re.compile(r"process (\d+) on (.+)")
_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,80}")


class Lease:
    """The right to execute one run, for as long as it is held."""

    def __init__(self, lock: FileLock) -> None:
        self._lock = lock

    def release(self) -> None:
        """Let others have it."""
        self._lock.release(force=True)


def take_lease(folder: Path, run_id: str, patience: float = _PATIENCE) -> Lease | None:
    """The lease of a run; None where somebody has it.

    Args:
        folder: the journal's folder.
        run_id: the run.
        patience: seconds to wait for somebody who only looks whether it is held.

    Raises:
        OSError: the lock file cannot be made.
    """
    locks = folder / LOCKS_FOLDER
    locks.mkdir(mode=0o700, exist_ok=True)
    lock = FileLock(_lock_file(folder, run_id), thread_local=False)
    try:
        lock.acquire(timeout=patience, poll_interval=_POLL)
    except Timeout:
        return None
    return Lease(lock)


def is_held(folder: Path, run_id: str) -> bool:
    """Whether somebody has the lease of a run at this moment."""
    if not _lock_file(folder, run_id).exists():
        return False
    try:
        lease = take_lease(folder, run_id, patience=0)
    except OSError:
        return False
    if lease is None:
        return True
    lease.release()
    return False


def forget_lease(folder: Path, run_id: str) -> None:
    """Remove what is left of a run's lease; to be called by whoever holds it."""
    _lock_file(folder, run_id).unlink(missing_ok=True)


def this_process() -> str:
    """This process in a person's words."""
    return f"process {os.getpid()} on {socket.gethostname()}"


def process_called(words: str) -> int | None:
    """The number of the process that ``this_process`` called so; None where it is one of another machine."""
    found = _WORDS.fullmatch(words)
    return int(found[1]) if found is not None and found[2] == socket.gethostname() else None


def _lock_file(folder: Path, run_id: str) -> Path:
    name = run_id if _PLAIN.fullmatch(run_id) else hashlib.sha256(run_id.encode(errors="replace")).hexdigest()
    return folder / LOCKS_FOLDER / f"{name}.lock"
