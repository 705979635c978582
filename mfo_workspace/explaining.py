"""What each file is taken for, and why; or why it is left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from mfo_dialect.analysis.bundle import read_source
from mfo_dialect.model.kinds import classify, may_be_ours
from mfo_dialect.model.project import Project
from mfo_workspace.bundles import exclusion
from mfo_workspace.files import Files, UnreadableFileError
from mfo_workspace.projects import find_project


@dataclass(frozen=True, slots=True)
class ExplainedFile:
    """One file or directory.

    Attributes:
        path: absolute, written with ``/``; that of a directory ends with it.
        kind: what it is checked as; empty where it is not checked.
        reason: why.
        is_unreadable: whether it could not be read.
    """

    path: str
    kind: str
    reason: str
    is_unreadable: bool = False


def explain_paths(paths: Iterable[str], files: Files) -> list[ExplainedFile]:
    """What files are taken for when they are checked.

    Args:
        paths: absolute, written with ``/``.
        files: where they come from.
    """

    @cache
    def project_of(directory: str) -> Project:
        return find_project(directory, files)

    explained: list[ExplainedFile] = []
    for path in paths:
        directory = str(PurePosixPath(path).parent)
        project = project_of(directory)
        if exclusion(project, directory)(path):
            explained.append(ExplainedFile(path, "", f'excluded by "exclude" of {project.document}'))
        else:
            explained.append(_explained(path, files))
    return explained


def _explained(path: str, files: Files) -> ExplainedFile:
    try:
        text = files.read(path)
    except UnreadableFileError as error:
        place = f" (line {error.line}, column {error.column})" if error.line else ""
        return ExplainedFile(path, "", f"{error.reason}{place}", is_unreadable=True)
    name = PurePosixPath(path).name
    if not may_be_ours(text, name):
        return ExplainedFile(path, "", classify(None, name).reason)
    documents = read_source(path, text).documents
    ours = [document for document in documents if document.kind is not None]
    if not ours:
        return ExplainedFile(path, "", documents[0].classification.reason)
    kinds = dict.fromkeys(document.kind.value for document in ours if document.kind is not None)
    more = f"; {len(ours)} of its {len(documents)} documents are ours" if len(documents) > 1 else ""
    return ExplainedFile(path, ", ".join(kinds), f"{ours[0].classification.reason}{more}")
