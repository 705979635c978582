"""The folder in which the tools keep what is theirs: ``.mfo`` beside the project file, kept out of git."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from pathlib import Path

from mfo_workspace.files import DiskFiles
from mfo_workspace.project_look import nearest_project_file

DATA_FOLDER = ".mfo"
_CACHE_VARIABLE = "MFO_CACHE_DIR"
HOME_VARIABLE = "MFO_HOME"


def cache_folder(named: str | None, environment: Mapping[str, str], start: Path) -> Path:
    """The folder that was named, else the one that ``MFO_CACHE_DIR`` names, else ``cache`` in the data folder.

    Args:
        named: by the command line.
        environment: the process's.
        start: an absolute directory, from which the project file is looked for upwards; the data folder is beside it,
            or in ``start`` where there is none.
    """
    chosen = named or environment.get(_CACHE_VARIABLE)
    if chosen:
        return start / chosen
    home = environment.get(HOME_VARIABLE)
    return (start / home if home else _project_folder(start) / DATA_FOLDER) / "cache"


def _project_folder(start: Path) -> Path:
    found = nearest_project_file(start.as_posix(), DiskFiles())
    return Path(posixpath.dirname(found[0])) if found is not None else start


def make_ignored(folder: Path) -> None:
    """Make a folder, and where it is new let git pass over all that is in it.

    Raises:
        OSError: it cannot be made.
    """
    is_new = not folder.exists()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if is_new:
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
