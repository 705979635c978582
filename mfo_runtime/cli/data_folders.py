"""Where runs and servers of a project keep their data."""

from __future__ import annotations

import os
from pathlib import Path

from mfo_dialect.model.project import Project
from mfo_runtime.errors import InvalidInputError
from mfo_workspace.data_folder import DATA_FOLDER, HOME_VARIABLE, make_ignored
from mfo_workspace.projects import project_root


def data_path(project: Project, directory: str) -> Path:
    """The folder of ``data_folder``, whether it is there or not."""
    home = os.environ.get(HOME_VARIABLE)
    return Path(home) if home else Path(project_root(project, directory)) / DATA_FOLDER


def data_folder(project: Project, directory: str) -> Path:
    """Where runs and servers keep their data: ``MFO_HOME``, else ``.mfo`` at the root of the project of a directory.

    A ``.mfo`` that is made here is kept out of git.

    Raises:
        InvalidInputError: the folder cannot be made.
    """
    home = os.environ.get(HOME_VARIABLE)
    folder = data_path(project, directory)
    try:
        if home:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        else:
            make_ignored(folder)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InvalidInputError(
            f"The data folder {folder} cannot be made: {reason}.", hint="Set MFO_HOME to a folder of your own."
        ) from None
    return folder
