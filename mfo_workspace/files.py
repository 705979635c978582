"""Reading files safely: size, encoding, and errors in a person's words."""

from __future__ import annotations

import os
from collections.abc import Iterable
from os.path import isfile
from pathlib import Path
from typing import Protocol

MAX_BYTES = 16 * 1024 * 1024
_PIECE = 64 * 1024
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class UnreadableFileError(Exception):
    """A file that cannot be read as text.

    Attributes:
        path: the file.
        reason: why, in a person's words.
        line, column: where, 1-based, for a byte that is not UTF-8; 0 where no place is to blame.
    """

    def __init__(self, path: str, reason: str, line: int = 0, column: int = 0) -> None:
        """Say why ``path`` cannot be read."""
        super().__init__(f"{path}:{line}:{column}: {reason}" if line else f"{path}: {reason}")
        self.path = path
        self.reason = reason
        self.line = line
        self.column = column

    def __reduce__(self) -> tuple[type[UnreadableFileError], tuple[str, str, int, int]]:
        """Processes hand it to each other."""
        return UnreadableFileError, (self.path, self.reason, self.line, self.column)


class Files(Protocol):
    """Where documents come from: the disk, or the disk with an editor's open texts laid over it."""

    def read(self, path: str) -> str:
        """The text of a file, a byte order mark left out.

        Raises:
            UnreadableFileError: the file is missing, too large, binary, or not readable.
        """
        ...

    def list_directory(self, path: str) -> Iterable[str]:
        """The full paths of the files in a directory; empty where it cannot be listed."""
        ...

    def exists(self, path: str) -> bool:
        """Whether there is a file."""
        ...

    def glob(self, directory: str, pattern: str) -> Iterable[str]:
        """The full paths below a directory that a pattern matches, sorted; empty for a pattern that is none."""
        ...


class DiskFiles:
    """The disk as it is. Paths are absolute and written with ``/``."""

    def read(self, path: str) -> str:
        """Read a file; see ``Files.read``."""
        return decode(path, self.read_bytes(path))

    def read_bytes(self, path: str) -> bytes:
        """The bytes of a file; of one that is too large, one byte more than is allowed.

        Raises:
            UnreadableFileError: the file is missing or not readable.
        """
        try:
            handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
            try:
                return _read_to_end(handle)
            finally:
                os.close(handle)
        except FileNotFoundError:
            raise UnreadableFileError(path, "there is no such file") from None
        except IsADirectoryError:
            raise UnreadableFileError(path, "this is a directory, not a file") from None
        except PermissionError:
            raise UnreadableFileError(path, "no permission to read the file") from None
        except (OSError, ValueError) as error:
            raise UnreadableFileError(path, f"the file cannot be read: {_words(error)}") from None

    def list_directory(self, path: str) -> Iterable[str]:
        """List a directory, sorted by name."""
        prefix = path if path.endswith("/") else f"{path}/"
        try:
            return [prefix + name for name in sorted(os.listdir(path))]  # noqa: PTH208 - paths as texts, as above
        except OSError:
            return ()

    def exists(self, path: str) -> bool:
        """Whether the path is a file."""
        return isfile(path)  # noqa: PTH113 - as above

    def glob(self, directory: str, pattern: str) -> Iterable[str]:
        """Match a pattern; ``**`` stands for any directories."""
        try:
            return sorted(path.as_posix() for path in Path(directory).glob(pattern))
        except (ValueError, NotImplementedError, OSError):
            return ()


def _read_to_end(handle: int) -> bytes:
    """All that a file holds, but not much more than is allowed: a device may never end."""
    data = os.read(handle, _PIECE)
    while data and len(data) <= MAX_BYTES and (piece := os.read(handle, max(_PIECE, len(data)))):
        data += piece
    return data[: MAX_BYTES + 1]


def decode(path: str, data: bytes) -> str:
    """Bytes as text: UTF-8, or UTF-16 where a byte order mark says so; the mark itself is left out.

    Raises:
        UnreadableFileError: the bytes are too many, binary, or not UTF-8; then with the place of the first bad byte.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableFileError(
            path, f"the file is larger than {MAX_BYTES // (1024 * 1024)} MB, too large for an MFO document"
        )
    encoding, name = ("utf-16", "UTF-16") if data.startswith(_UTF16_MARKS) else ("utf-8", "UTF-8")
    data = data.removeprefix(_UTF8_MARK)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        place = _end_of(data[: error.start].decode(encoding, "replace"))
        raise UnreadableFileError(path, f"the file is not {name} text", *place) from None
    if "\0" in text:
        raise UnreadableFileError(path, "this is a binary file", *_end_of(text[: text.index("\0")]))
    return text


def _end_of(text: str) -> tuple[int, int]:
    """The line and column, 1-based, behind a text."""
    return text.count("\n") + 1, len(text) - text.rfind("\n")


def _words(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) and error.strerror else str(error)).lower()
