"""Where the journal of a project is, and how long it keeps its runs."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from mfo_dialect.model.project import Project
from mfo_runtime.agents import SpendingBook
from mfo_runtime.cli.data_folders import data_folder, data_path
from mfo_runtime.cli.places import directory_of
from mfo_runtime.journal import Journal, Retention
from mfo_runtime.json_numbers import is_number
from mfo_workspace.files import DiskFiles
from mfo_workspace.projects import find_project


def journal_at(place: str | None) -> tuple[Journal, Project]:
    """The journal of the project that a file or folder belongs to, for reading; nothing is made.

    Args:
        place: the file or folder; the current folder where it is None.
    """
    directory = directory_of(place)
    project = find_project(directory, DiskFiles())
    return Journal(data_path(project, directory)), project


def journal_of(project: Project, document: str) -> Journal | None:
    """The journal that runs of a document are kept in; None where the project keeps none.

    Runs that are past the project's retention are forgotten.

    Raises:
        InvalidInputError: the folder cannot be made.
        JournalError: the journal cannot be used.
    """
    section = project.section("journal")
    if section.get("enabled") is False:
        return None
    folder = data_folder(project, PurePosixPath(document).parent.as_posix())
    journal = Journal(folder, "full" if section.get("synchronous") == "full" else "normal")
    try:
        journal.prune(retention_of(project))
    except BaseException:
        journal.close()
        raise
    return journal


def spending_book_of(project: Project, document: str) -> SpendingBook | None:
    """Where it is kept what runs of a month spent; None where the project has no budget of a month.

    Raises:
        InvalidInputError: the folder cannot be made.
    """
    if not project.section("budgets").get("month"):
        return None
    return SpendingBook(data_folder(project, PurePosixPath(document).parent.as_posix()))


def retention_of(project: Project, defaults: Retention | None = None) -> Retention:
    """How long the project keeps runs; where it does not say, as ``defaults`` has it, or else as is usual on one machine."""
    section, defaults = project.section("journal"), defaults or Retention()
    days, runs = _number(section.get("keep_days")), _number(section.get("keep_last"))
    return Retention(defaults.days if days is None else days, defaults.runs if runs is None else int(runs))


def _number(value: Any) -> float | None:
    return float(value) if is_number(value) and value >= 0 else None
