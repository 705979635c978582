"""What a document points to: files that the project file names, modules of custom task types, addresses.

It knows no protocol and no disk: places are offsets, and what lies on the disk is asked of a function that is given.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.model.project import Project
from mfo_dialect.syntax.toml import toml_texts
from mfo_dialect.text import Span

_ADDRESS = re.compile(r"https?://[^\s\"'`<>{}|\\^\[\]$]+")
_TRAILING = ".,;:!?)"
_GLOBS = ("prompts", "agents", "config")
_SPECIAL = re.compile(r"[*?\[]")
_REFERENCE_MARKS = ("${", "$<", "{{")
_MAX_LINKS = 2000
_MAX_NAMED = 10


class ProjectFiles(Protocol):
    """What a link asks of the disk."""

    def exists(self, path: str) -> bool:
        """Whether there is a file."""
        ...

    def glob(self, directory: str, pattern: str) -> Iterable[str]:
        """The paths below a directory that a pattern matches."""
        ...


@dataclass(frozen=True, slots=True)
class DocumentLink:
    """A stretch that leads somewhere.

    Attributes:
        span: what can be clicked.
        target: the key of a file or directory, or an address with its ``http:``.
        tooltip: what is there, in a few words; empty where the target says it.
        is_address: whether the target is an address.
    """

    span: Span
    target: str
    tooltip: str = ""
    is_address: bool = False


def document_links(snapshot: Snapshot, document: str, files: ProjectFiles) -> tuple[DocumentLink, ...]:
    """The links of one text, in document order: of a document of the bundle, or of its project file.

    Args:
        snapshot: the bundle.
        document: the key of the text.
        files: where files are that the project file names.
    """
    bundle = snapshot.bundle
    text = bundle.text_of(document)
    is_project = document == bundle.project.document and bool(document)
    found = [*_addresses(text), *(_of_project(bundle.project, files) if is_project else ())]
    return tuple(sorted(found, key=lambda link: link.span)[:_MAX_LINKS])


def _addresses(text: str) -> Iterator[DocumentLink]:
    """Addresses that are written out; one that goes on with a reference or a template leads nowhere yet."""
    for match in _ADDRESS.finditer(text):
        if text.startswith(_REFERENCE_MARKS, match.end()):
            continue
        address = match[0].rstrip(_TRAILING)
        if address.partition("://")[2]:
            yield DocumentLink(Span(match.start(), match.start() + len(address)), address, is_address=True)


def _of_project(project: Project, files: ProjectFiles) -> Iterator[DocumentLink]:
    root = posixpath.dirname(project.document)
    for path, value, span in named_in_project(project):
        link = _module(value, project, files) if path[0] == "task_types" else _files(value, root, files)
        if link is not None:
            yield DocumentLink(span, *link)


def named_in_project(project: Project) -> Iterator[tuple[tuple[str, ...], str, Span]]:
    """The texts of the project file that name files or modules: the keys above each, its value, and where it is written."""
    texts = list(toml_texts(project.text))
    for path, value in _named(project):
        span = _text_of(project, path, value, texts)
        if span is not None:
            yield path, value, span


def _named(project: Project) -> Iterator[tuple[tuple[str, ...], str]]:
    """The texts of the project file that name files or modules, with the keys under which they stand."""
    if project.baseline:
        yield ("baseline",), project.baseline
    for key in _GLOBS:
        yield from ((("bundle", key), pattern) for pattern in project.globs(key))
    for name, task_type in project.task_types.items():
        if task_type.module:
            yield ("task_types", name, "module"), task_type.module


def _text_of(project: Project, path: tuple[str, ...], value: str, texts: Iterable[Span]) -> Span | None:
    """Where a value is written: the first text with it behind its key."""
    start = project.place_of(*path).start
    return next((span for span in texts if span.start >= start and project.text[span.start : span.end] == value), None)


def _files(pattern: str, root: str, files: ProjectFiles) -> tuple[str, str] | None:
    """The file that a name or a pattern stands for; the directory around them where there are several."""
    if not _SPECIAL.search(pattern):
        path = posixpath.normpath(posixpath.join(root, pattern))
        return (path, "") if files.exists(path) else None
    found = [path for path in files.glob(root, pattern) if files.exists(path)]
    if len(found) <= 1:
        return (found[0], posixpath.relpath(found[0], root)) if found else None
    names = [posixpath.relpath(path, root) for path in found[:_MAX_NAMED]]
    more = f" and {len(found) - _MAX_NAMED} more" if len(found) > _MAX_NAMED else ""
    return posixpath.commonpath([posixpath.dirname(path) for path in found]), f"{', '.join(names)}{more}"


def module_file(module: str, project: Project, files: ProjectFiles) -> str | None:
    """The file of ``package.module:function``, where it lies beside the project file; nothing is imported."""
    path = posixpath.join(posixpath.dirname(project.document), *module.partition(":")[0].split("."))
    return next((file for file in (f"{path}.py", f"{path}/__init__.py") if files.exists(file)), None)


def _module(module: str, project: Project, files: ProjectFiles) -> tuple[str, str] | None:
    root, function = posixpath.dirname(project.document), module.partition(":")[2]
    found = module_file(module, project, files)
    return (found, f"{function} in {posixpath.relpath(found, root)}" if function else "") if found is not None else None
