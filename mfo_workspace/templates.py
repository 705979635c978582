"""Prompt templates in Markdown: which files are such templates, as a project file says (dialect section 8).

Light to import: the language is loaded where a project file speaks of Markdown.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mfo_workspace.files import DiskFiles, Files
from mfo_workspace.project_look import nearest_project_file
from mfo_workspace.walking import Skipped, Unreadable, walk_yaml

_MARKDOWN = ".md"


def walk_documents(
    root: Path, unreadable: Unreadable = lambda _: None, skipped: Skipped | None = None
) -> Iterable[str]:
    """The files below a directory that may be documents: those of ``walk_yaml``, then the templates in Markdown."""
    places = [root.as_posix()]
    yield from walk_yaml(root, unreadable, skipped, places.append)
    below, files = root.as_posix().rstrip("/") + "/", DiskFiles()
    found = (path for place in dict.fromkeys(places) for path in _templates_of(place, files))
    yield from (path for path in dict.fromkeys(found) if path.startswith(below))


def is_template(path: str, files: Files) -> bool:
    """Whether the project file of a Markdown file lists it as a template."""
    return path in _templates_of(path.rsplit("/", 1)[0], files)


def _templates_of(directory: str, files: Files) -> list[str]:
    """The templates in Markdown that the project file of a directory lists."""
    if not _may_list_templates(directory, files):
        return []
    from mfo_workspace.bundles import listed_templates  # noqa: PLC0415 - as said above
    from mfo_workspace.projects import find_project  # noqa: PLC0415 - as said above

    return listed_templates(find_project(directory, files), directory, files)


def _may_list_templates(directory: str, files: Files) -> bool:
    """A quick look at the nearest project file; False only where it surely lists no Markdown."""
    found = nearest_project_file(directory, files)
    return found is not None and _MARKDOWN in found[1].lower()
