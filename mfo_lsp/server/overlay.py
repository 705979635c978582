"""The disk with the open texts laid over it: the open buffer wins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mfo_lsp.server.convert import directory_of, path_key
from mfo_lsp.server.open_text import OpenText
from mfo_workspace.files import Files


class OverlaidFiles:
    """Files as a bundle's loader wants them."""

    def __init__(self, disk: Files, open_texts: Mapping[str, OpenText]) -> None:
        """Lay ``open_texts``, by key, over ``disk``; both are looked at anew each time."""
        self._disk = disk
        self._open = open_texts

    def still(self) -> OverlaidFiles:
        """The same with the texts that are open now, as they are now; for work in another thread."""
        texts = {key: OpenText(one.uri, one.version, one.text) for key, one in self._open.items()}
        return OverlaidFiles(self._disk, texts)

    def read(self, path: str) -> str:
        """The open text of a file, else what the disk has.

        Raises:
            UnreadableFileError: it is not open, and missing, too large, binary, or not readable.
        """
        open_text = self._open.get(path)
        return open_text.text if open_text is not None else self._disk.read(path)

    def list_directory(self, path: str) -> Iterable[str]:
        """The files of a directory, sorted, with those that are open and not on the disk yet."""
        found = {path_key(entry) for entry in self._disk.list_directory(path)}
        return sorted(found | {key for key in self._open if directory_of(key) == path})

    def exists(self, path: str) -> bool:
        """Whether there is a file on the disk or among the open texts."""
        return path in self._open or self._disk.exists(path)

    def glob(self, directory: str, pattern: str) -> Iterable[str]:
        """What a pattern matches on the disk."""
        return self._disk.glob(directory, pattern)
