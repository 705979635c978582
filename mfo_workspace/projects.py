"""Finding the project file: ``mfo.toml``, or ``[tool.mfo]`` in ``pyproject.toml``, looked for upwards."""

from __future__ import annotations

import posixpath
from functools import lru_cache
from pathlib import PurePosixPath

from mfo_dialect.model.project import Project, read_project
from mfo_workspace.files import Files, UnreadableFileError
from mfo_workspace.project_look import places_of_project_files

_SHARED_TABLE = ("tool", "mfo")


def find_project(directory: str, files: Files) -> Project:
    """The project that a directory belongs to; an empty one where no directory above has a project file.

    Args:
        directory: an absolute path, written with ``/``.
        files: where to look.
    """
    for own_path, shared_path in places_of_project_files(str(PurePosixPath(directory))):
        own = _read(own_path, (), files)
        if own is not None:
            return own
        shared = _read(shared_path, _SHARED_TABLE, files)
        if shared is not None and shared.data:
            return shared
    return _NO_PROJECT


_NO_PROJECT = Project()


def _read(path: str, table: tuple[str, ...], files: Files) -> Project | None:
    if not files.exists(path):
        return None
    try:
        return _project_in(files.read(path), path, table)
    except UnreadableFileError:
        return None


@lru_cache(maxsize=8)
def _project_in(text: str, document: str, table: tuple[str, ...]) -> Project:
    """``read_project``; kept, as all directories below a project file have it in common, and what follows from it."""
    return read_project(text, document, table)


def baseline_path(project: Project) -> str:
    """The path of the baseline that the project file names; empty where it names none."""
    if not project.baseline:
        return ""
    return posixpath.normpath(posixpath.join(posixpath.dirname(project.document), project.baseline))


def project_root(project: Project, directory: str) -> str:
    """The directory of the project file, or ``directory`` where there is none."""
    return str(PurePosixPath(project.document).parent) if project.document else directory
