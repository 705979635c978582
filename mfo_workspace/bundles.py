"""Gathering documents into bundles: a directory's, and those that the project file lists (dialect section 1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from posixpath import basename, dirname

from mfo_dialect.analysis.bundle import Bundle, Source, make_bundle, read_source
from mfo_dialect.file_names import is_markdown
from mfo_dialect.model.kinds import may_be_ours
from mfo_dialect.model.project import Project
from mfo_workspace.files import Files, UnreadableFileError
from mfo_workspace.projects import find_project, project_root
from mfo_workspace.walking import is_yaml

ReadSource = Callable[[str], Source | None]


def load_bundle(
    directory: str, files: Files, home: Iterable[str] | None = None, read: ReadSource | None = None
) -> Bundle:
    """The bundle of a directory.

    Args:
        directory: an absolute path, written with ``/``.
        files: where documents come from.
        home: the paths that findings are wanted for; where it is not given, all of the directory and the project file.
        read: gives a source by path, for callers that keep sources; reads and parses anew where it is not given.

    Returns:
        The directory's YAML documents that can be read, and the documents that the project file lists. Unreadable
        ones are left out: whoever names a file reads it first and reports why it cannot be read.
    """
    project = find_project(directory, files)
    read = read or (lambda path: read_path(path, files))
    home = None if home is None else list(home)
    found = _listed(project, directory, files)
    own = [path for path in files.list_directory(directory) if is_yaml(path)]
    own += [path for path in found if is_markdown(path) and dirname(path) == directory]
    wanted = own if home is None else [*own, *(path for path in home if path not in own)]
    excluded = exclusion(project, directory)
    wanted = [path for path in wanted if not excluded(path)]
    sources = [source for path in wanted if (source := read(path)) is not None]
    listed = [path for path in found if path not in wanted and not excluded(path)]
    sources += [source for path in listed if (source := read(path)) is not None]
    at_home = {source.key for source in sources if source.key in wanted} if home is None else set(home)
    return make_bundle(sources, project, at_home | ({project.document} if project.document and home is None else set()))


def read_path(path: str, files: Files) -> Source | None:
    """The document at a path; None where it cannot be read, or is plainly not ours."""
    try:
        text = files.read(path)
    except UnreadableFileError:
        return None
    return read_source(path, text) if may_be_ours(text, basename(path)) else None


def exclusion(project: Project, directory: str) -> Callable[[str], bool]:
    """Tells of paths whether the project file of a directory says that they are no MFO documents."""
    patterns = project.globs("exclude")
    if not patterns:
        return lambda _: False
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - slow to import, and few projects exclude anything

    root = PurePosixPath(project_root(project, directory))
    try:
        spec = GitIgnoreSpec.from_lines(patterns)
    except (ValueError, re.error):
        return lambda _: False
    return lambda path: (
        PurePosixPath(path).is_relative_to(root) and spec.match_file(str(PurePosixPath(path).relative_to(root)))
    )


def listed_templates(project: Project, directory: str, files: Files) -> list[str]:
    """The Markdown files that a project file lists as prompt templates: by a glob that ends in ``.md``.

    Args:
        project: what the project file says.
        directory: a directory that the project belongs to.
        files: where to look.
    """
    patterns = filter(is_markdown, project.globs("prompts"))
    return list(dict.fromkeys(_matches(patterns, project_root(project, directory), files)))


def _listed(project: Project, directory: str, files: Files) -> list[str]:
    patterns = (*project.globs("prompts"), *project.globs("agents"), *project.globs("config"))
    found = filter(is_yaml, _matches(patterns, project_root(project, directory), files))
    return list(dict.fromkeys([*found, *listed_templates(project, directory, files)]))


def _matches(patterns: Iterable[str], root: str, files: Files) -> list[str]:
    """The files that globs name; a pattern that is none is reported as the project file's mistake."""
    return [path for pattern in patterns for path in files.glob(root, pattern) if files.exists(path)]
