"""Where the cache is kept: beside the project, in a folder that git passes over."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from mfo_workspace.data_folder import DATA_FOLDER

VARIABLE = "MFO_CACHE_DIR"
_DATA_VARIABLE = "MFO_HOME"
_PROJECT_FILE = "mfo.toml"
_SHARED_FILE, _SHARED_TABLE = "pyproject.toml", b"[tool.mfo"


def cache_folder(named: str | None, environment: Mapping[str, str], start: Path) -> Path:
    """The folder that was named, else the one that ``MFO_CACHE_DIR`` names, else ``cache`` in the data folder.

    Args:
        named: by the command line.
        environment: the process's.
        start: an absolute directory, from which the project file is looked for upwards; the data folder is beside it,
            or in ``start`` where there is none.
    """
    chosen = named or environment.get(VARIABLE)
    if chosen:
        return start / chosen
    home = environment.get(_DATA_VARIABLE)
    return (start / home if home else _project_folder(start) / DATA_FOLDER) / "cache"


def _project_folder(start: Path) -> Path:
    """The nearest folder with a project file, told by a look that reads no TOML."""
    return next((folder for folder in (start, *start.parents) if _has_project_file(folder)), start)


def _has_project_file(folder: Path) -> bool:
    if os.path.isfile(folder / _PROJECT_FILE):  # noqa: PTH113 - never raises
        return True
    try:
        return _SHARED_TABLE in (folder / _SHARED_FILE).read_bytes()
    except OSError:
        return False
