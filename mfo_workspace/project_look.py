"""Where project files stand, and a light look for the nearest one, for who need not know all that it says.

Reads no TOML; ``projects.py`` does.
"""

from __future__ import annotations

import posixpath
from functools import lru_cache

from mfo_dialect.file_names import PROJECT_FILE, SHARED_PROJECT_FILE
from mfo_workspace.files import Files, UnreadableFileError

_SHARED_TABLE = "[tool.mfo"


@lru_cache(maxsize=8)
def places_of_project_files(folder: str) -> tuple[tuple[str, str], ...]:
    """Where the two project files of a directory and of those around it would stand, the nearest first."""
    around = posixpath.dirname(folder)
    own = posixpath.join(folder, PROJECT_FILE), posixpath.join(folder, SHARED_PROJECT_FILE)
    return (own, *(places_of_project_files(around) if around != folder else ()))


def nearest_project_file(directory: str, files: Files) -> tuple[str, str] | None:
    """The path and the text of the project file that a directory belongs to; None where there is none.

    A shared file counts as one where it seems to have a table of ours.

    Args:
        directory: an absolute path, written with ``/``.
        files: where to look.
    """
    for own_path, shared_path in places_of_project_files(directory):
        own = _text(own_path, files)
        if own is not None:
            return own_path, own
        shared = _text(shared_path, files)
        if shared is not None and _SHARED_TABLE in shared.replace(" ", ""):
            return shared_path, shared
    return None


def _text(path: str, files: Files) -> str | None:
    if not files.exists(path):
        return None
    try:
        return files.read(path)
    except UnreadableFileError:
        return None
