"""Files that the server makes for the client to show, such as a page with a graph; gone when the server ends."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory


class Scratch:
    """A folder of this process's own that only its user can read; made when the first file is wanted."""

    @cached_property
    def _kept(self) -> TemporaryDirectory[str]:
        return TemporaryDirectory(prefix="mfo-lsp-")

    @property
    def folder(self) -> Path:
        """The folder."""
        return Path(self._kept.name).resolve()
