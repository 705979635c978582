"""The folder in which the tools keep what is theirs: ``.mfo``, kept out of git."""

from __future__ import annotations

from pathlib import Path

DATA_FOLDER = ".mfo"


def make_ignored(folder: Path) -> None:
    """Make a folder, and where it is new let git pass over all that is in it.

    Raises:
        OSError: it cannot be made.
    """
    is_new = not folder.exists()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if is_new:
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
