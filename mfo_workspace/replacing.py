"""Writing a file so that a reader sees all of the old text or all of the new one, never a part."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

_NEW_FILE = 0o666
_MOST_TRIES = 100


def replace_file(path: str | Path, data: bytes) -> None:
    """Put bytes in the place of what a file holds; the file keeps its permissions, and a link still leads to it.

    What is no regular file, such as a pipe or a device, is written to as it is.

    Raises:
        OSError: the file cannot be written; what it held is still there.
        ValueError: no file can have this name.
    """
    target = Path(path).resolve()
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None and not stat.S_ISREG(mode):
        target.write_bytes(data)
        return
    if mode is not None and not os.access(target, os.W_OK):
        raise PermissionError(13, "Permission denied", str(target))
    written = _write_beside(target, data)
    try:
        if mode is not None:
            written.chmod(stat.S_IMODE(mode))
        written.replace(target)
    except BaseException:
        with suppress(OSError):
            written.unlink()
        raise


def _write_beside(target: Path, data: bytes) -> Path:
    """Write a new file in the same directory."""
    for number in range(_MOST_TRIES):
        beside = target.with_name(f".{target.name[:200]}.{os.getpid()}-{number}.tmp")
        try:
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _NEW_FILE)
        except FileExistsError:
            continue
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
        except BaseException:
            with suppress(OSError):
                beside.unlink()
            raise
        return beside
    raise FileExistsError(17, "Too many unfinished files beside it", str(target))
