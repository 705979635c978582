"""Finding the project file: ``mfo.toml``, or ``[tool.mfo]`` in ``pyproject.toml``, looked for upwards."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import PurePosixPath

from mfo_dialect.model.project import Project, read_project
from mfo_workspace.files import Files, UnreadableFileError

PROJECT_FILE = "mfo.toml"
_SHARED_FILE = "pyproject.toml"
_SHARED_TABLE = ("tool", "mfo")


def find_project(directory: str, files: Files) -> Project:
    """The project that a directory belongs to; an empty one where no directory above has a project file.

    Args:
        directory: an absolute path, written with ``/``.
        files: where to look.
    """
    for folder in _with_those_above(directory):
        own = _read(posixpath.join(folder, PROJECT_FILE), (), files)
        if own is not None:
            return own
        shared = _read(posixpath.join(folder, _SHARED_FILE), _SHARED_TABLE, files)
        if shared is not None and shared.data:
            return shared
    return Project()


def _with_those_above(directory: str) -> Iterator[str]:
    """A directory and those around it, the nearest first."""
    folder, above = str(PurePosixPath(directory)), ""
    while folder != above:
        yield folder
        folder, above = posixpath.dirname(folder), folder


def _read(path: str, table: tuple[str, ...], files: Files) -> Project | None:
    if not files.exists(path):
        return None
    try:
        return read_project(files.read(path), path, table)
    except UnreadableFileError:
        return None


def baseline_path(project: Project) -> str:
    """The path of the baseline that the project file names; empty where it names none."""
    if not project.baseline:
        return ""
    return posixpath.normpath(posixpath.join(posixpath.dirname(project.document), project.baseline))


def project_root(project: Project, directory: str) -> str:
    """The directory of the project file, or ``directory`` where there is none."""
    return str(PurePosixPath(project.document).parent) if project.document else directory
