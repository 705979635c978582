"""Which files are checked: those named, and those that directories hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from mfo_workspace.files import UnreadableFileError
from mfo_workspace.templates import walk_documents
from mfo_workspace.walking import Skipped

STDIN = "-"


@dataclass
class Collected:
    """The files to check.

    Attributes:
        wanted: absolute paths, written with ``/``, each with whether it was named itself.
        problems: paths that do not exist, and directories that cannot be listed.
    """

    wanted: dict[str, bool] = field(default_factory=dict[str, bool])
    problems: list[UnreadableFileError] = field(default_factory=list[UnreadableFileError])


def collect(paths: Iterable[str], stdin: str = "", skipped: Skipped | None = None) -> Collected:
    """The files that paths stand for.

    A directory stands for the YAML files in it that git would not ignore, and for the prompt templates in Markdown that a
    project file lists.

    Args:
        paths: as written.
        stdin: what ``-`` stands for, an absolute path.
        skipped: told of what directories hold and is left out; see ``walk_documents``.
    """
    collected = Collected()
    for path in paths:
        if path == STDIN:
            collected.wanted[stdin] = True
        elif not path:  # as a variable of a script that is not set; it is not the current directory
            collected.problems.append(UnreadableFileError('""', "an empty name is no file"))
        else:
            _collect(path, collected, skipped)
    return collected


def _collect(path: str, collected: Collected, skipped: Skipped | None) -> None:
    try:
        absolute = Path(path).resolve()
        is_directory, exists = absolute.is_dir(), absolute.exists()
    except (OSError, ValueError, RuntimeError):
        is_directory, exists, absolute = False, False, Path(path)
    if is_directory:
        for file in walk_documents(absolute, lambda folder: collected.problems.append(_closed(folder)), skipped):
            collected.wanted.setdefault(file, False)
    elif exists:
        collected.wanted[absolute.as_posix()] = True
    else:
        collected.problems.append(UnreadableFileError(path, "there is no such file or directory"))


def _closed(folder: Path) -> UnreadableFileError:
    return UnreadableFileError(folder.as_posix(), "the directory cannot be listed")
