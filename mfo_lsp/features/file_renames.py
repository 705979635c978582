"""What names files, once files are called otherwise: the project file's lists, baseline and modules, files of secrets.

It knows no protocol and no disk: paths are keys of texts, and nothing is looked at but what the documents say.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pathspec import GitIgnoreSpec

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.findings import Edit, Place
from mfo_dialect.model.access import entries_at, mapping_at, text_at
from mfo_dialect.model.project import Project
from mfo_dialect.model.workflow import Workflow
from mfo_dialect.syntax import Mapping, Scalar
from mfo_dialect.text import Span
from mfo_lsp.features.document_links import named_in_project
from mfo_lsp.features.rename.spelling import rewritten

_SPECIAL = re.compile(r"[*?\[]")
_YAML = (".yml", ".yaml")


@dataclass(frozen=True, slots=True)
class FileRename:
    """A file or directory that is to be called otherwise: absolute paths, written with ``/``."""

    old: str
    new: str


def project_edits(project: Project, renames: Sequence[FileRename]) -> tuple[Edit, ...]:
    """The edits that let a project file name renamed files as it named them before.

    Entries that name a file change, and so do the directories that patterns start with and the modules of custom task
    types. A file that a pattern lists, and none lists by its new name, is listed by itself behind the pattern.

    Args:
        project: the project file.
        renames: what is renamed, all at once.
    """
    moved = _Moved(renames)
    found: dict[Place, Edit] = {}
    for path, value, span in named_in_project(project):
        place = Place(project.document, span)
        new = (
            _new_module(value, project, moved) if path[0] == "task_types" else _new_path(value, project.document, moved)
        )
        if new is not None and new != value and _fits(new, project.text, span):
            found[place] = Edit(place, new)
    for edit in _newly_listed(project, renames):
        found.setdefault(edit.place, edit)
    return tuple(found[place] for place in sorted(found))


def bundle_edits(bundle: Bundle, renames: Sequence[FileRename]) -> tuple[Edit, ...]:
    """The edits that let the secrets of a bundle's workflows be read from renamed files.

    Args:
        bundle: the documents.
        renames: what is renamed, all at once; a workflow that moves finds files that stay where they are.
    """
    moved = _Moved(renames)
    return tuple(edit for workflow in bundle.workflows for edit in _of_secrets(workflow, moved))


class _Moved:
    """Where paths lead after renames."""

    def __init__(self, renames: Iterable[FileRename]) -> None:
        self._renames = sorted(renames, key=lambda rename: len(rename.old), reverse=True)

    def __call__(self, path: str) -> str:
        for rename in self._renames:
            if path == rename.old or path.startswith(f"{rename.old}/"):
                return rename.new + path[len(rename.old) :]
        return path


def _new_path(value: str, document: str, moved: _Moved) -> str | None:
    """A path or pattern as a document must write it afterwards; None where nothing changes."""
    special = _SPECIAL.search(value)
    head = value if special is None else value[: value.rfind("/", 0, special.start()) + 1]
    tail = value[len(head) :]
    base = posixpath.dirname(document)
    old = posixpath.normpath(posixpath.join(base, head))
    new, new_base = moved(old), posixpath.dirname(moved(document))
    if (new, new_base) == (old, base):
        return None
    relative = posixpath.relpath(new, new_base) if not posixpath.isabs(value) else new
    prefix = "./" if value.startswith("./") and not relative.startswith(".") else ""
    if not tail:
        return f"{prefix}{relative}"
    return tail if relative == "." else f"{prefix}{relative}/{tail}"


def _new_module(value: str, project: Project, moved: _Moved) -> str | None:
    """``package.module:function`` afterwards; None where nothing changes, or the new file is no module of the project."""
    module, colon, function = value.partition(":")
    base = posixpath.dirname(project.document)
    path = posixpath.join(base, *module.split("."))
    for ending in (".py", "/__init__.py", ""):
        new = moved(path + ending)
        if new != path + ending and new.endswith(ending):
            parts = posixpath.relpath(new.removesuffix(ending), posixpath.dirname(moved(project.document))).split("/")
            return f"{'.'.join(parts)}{colon}{function}" if all(part.isidentifier() for part in parts) else None
    return None


def _newly_listed(project: Project, renames: Iterable[FileRename]) -> Iterator[Edit]:
    base = posixpath.dirname(project.document)
    written = [(path, value, span) for path, value, span in named_in_project(project) if path[0] == "bundle"]
    for rename in renames:
        if not rename.new.endswith(_YAML):
            continue
        for key in dict.fromkeys(path for path, _, _ in written):
            here = [(value, span) for path, value, span in written if path == key]
            listing = [span for value, span in here if _SPECIAL.search(value) and _lists(value, rename.old, base)]
            if listing and not any(_lists(value, rename.new, base) for value, _ in here):
                end = listing[0].end + 1
                name = posixpath.relpath(rename.new, base)
                yield Edit(Place(project.document, Span(end, end)), f', "{name}"')


def _lists(pattern: str, path: str, base: str) -> bool:
    relative = posixpath.relpath(path, base)
    try:
        return not relative.startswith("..") and GitIgnoreSpec.from_lines([f"/{pattern}"]).match_file(relative)
    except (ValueError, re.error):
        return False


def _fits(value: str, text: str, span: Span) -> bool:
    """Whether a value can stand between the quotes that are there."""
    return not {"\\", "\n", text[span.end : span.end + 1]} & set(value)


def _of_secrets(workflow: Workflow, moved: _Moved) -> Iterator[Edit]:
    configs = mapping_at(workflow.root, "global_configs")
    for _, source in entries_at(configs, "secrets") if configs is not None else ():
        file = text_at(source, "file") if isinstance(source, Mapping) else None
        new = _new_path(file.text, workflow.document, moved) if file is not None else None
        if file is not None and new is not None and new != file.text:
            yield from _rewritten(file, new, workflow)


def _rewritten(scalar: Scalar, text: str, workflow: Workflow) -> Iterator[Edit]:
    for edit in rewritten(scalar, text, workflow.root):
        yield Edit(Place(workflow.document, edit.span), edit.new_text)
