"""Writing changed texts back to disk: whole files or nothing, and never over somebody else's change."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mfo_workspace.files import UnreadableFileError, decode

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


@dataclass(frozen=True, slots=True)
class ChangedText:
    """A file's text before and after; ``before`` is None for a file that is to be made."""

    path: str
    before: str | None
    after: str


class UnwritableFileError(Exception):
    """A file that cannot be written.

    Attributes:
        path: the file.
        reason: why, in a person's words.
    """

    def __init__(self, path: str, reason: str) -> None:
        """Say why ``path`` cannot be written."""
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Staged:
    change: ChangedText
    target: Path
    temporary: Path


def write_texts(changes: Iterable[ChangedText]) -> None:
    """Write files that belong together; where one of them cannot be written, none is.

    Each file is written beside itself and then renamed, so that a reader sees the old text or the new one. Its
    permissions, its byte order mark and its encoding stay; a symbolic link stays one, and what it points to is written.

    Args:
        changes: each path once.

    Raises:
        UnwritableFileError: a file or its directory is not writable, or it is not any more what it was when it was read.
    """
    staged: list[_Staged] = []
    try:
        for change in changes:
            staged.append(_stage(change))  # noqa: PERF401 - what is staged must be known when a later one fails
        for one in staged:
            _make_sure_unchanged(one)
        for one in staged:
            _move_into_place(one)
    finally:
        for one in staged:
            with suppress(OSError):
                one.temporary.unlink(missing_ok=True)


def _stage(change: ChangedText) -> _Staged:
    target = Path(change.path).resolve()
    try:
        data = target.read_bytes() if change.before is not None else b""
        if change.before is not None and not os.access(target, os.W_OK):
            raise UnwritableFileError(change.path, "no permission to write the file")
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".tmp", dir=target.parent)
    except OSError as error:
        raise _unwritable(change.path, error) from None
    staged = _Staged(change, target, Path(name))
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(encoded(change.after, data))
            file.flush()
            os.fsync(file.fileno())
        _take_owner_and_mode(staged)
    except OSError as error:
        with suppress(OSError):
            staged.temporary.unlink()
        raise _unwritable(change.path, error) from None
    return staged


def encoded(text: str, before: bytes) -> bytes:
    """A text as bytes in the encoding, and with the byte order mark, of the bytes before."""
    for mark, encoding in _MARKS:
        if before.startswith(mark):
            return mark + text.encode(encoding)
    return text.encode("utf-8")


def _take_owner_and_mode(staged: _Staged) -> None:
    if staged.change.before is None:
        mask = os.umask(0)
        os.umask(mask)
        staged.temporary.chmod(0o666 & ~mask)
        return
    now = staged.target.stat()
    made = staged.temporary.stat()
    if (now.st_uid, now.st_gid) != (made.st_uid, made.st_gid) and hasattr(os, "chown"):
        with suppress(PermissionError):  # the file then belongs to whoever mended it, as with any editor
            os.chown(staged.temporary, now.st_uid, now.st_gid)
    staged.temporary.chmod(now.st_mode & 0o7777)


def _make_sure_unchanged(staged: _Staged) -> None:
    """Look once more, as late as can be, whether the file is what was read."""
    change = staged.change
    if change.before is None:
        if staged.target.exists():
            raise UnwritableFileError(change.path, "a file of this name has come meanwhile, and is left alone")
        return
    try:
        text = decode(change.path, staged.target.read_bytes())
    except (OSError, UnreadableFileError):
        text = None
    if text != change.before:
        raise UnwritableFileError(change.path, "the file has changed meanwhile, and is left alone")


def _move_into_place(staged: _Staged) -> None:
    try:
        staged.temporary.replace(staged.target)
    except OSError as error:
        raise _unwritable(staged.change.path, error) from None


def _unwritable(path: str, error: OSError) -> UnwritableFileError:
    if isinstance(error, PermissionError):
        return UnwritableFileError(path, "no permission to write here")
    return UnwritableFileError(path, f"the file cannot be written: {(error.strerror or str(error)).lower()}")
