"""What a check of files found, before it has a format: group by group, and all in one value.

Light to import: a run whose groups are all known from an earlier one loads no rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from mfo_dialect.findings import Finding
from mfo_dialect.text import LineIndex
from mfo_workspace.files import UnreadableFileError

FileGroup: TypeAlias = tuple[str, tuple[tuple[str, bool], ...]]
"""A directory and the files in it that are to be checked, each with whether a person named it."""


@dataclass(frozen=True, slots=True)
class CheckedGroup:
    """What was found in the files of one directory.

    Attributes:
        findings: sorted by document and place.
        documents: the keys of all documents that were looked at, and of those that fixes would write.
        texts: the texts of the documents that findings, related places or fixes speak of.
        file_count: how many of the files are MFO documents.
        unreadable: the files that cannot be read though they should be.
    """

    findings: tuple[Finding, ...] = ()
    documents: tuple[str, ...] = ()
    texts: dict[str, str] = field(default_factory=dict[str, str])
    file_count: int = 0
    unreadable: tuple[UnreadableFileError, ...] = ()


@dataclass
class CheckedFiles:
    """What was found in a set of files.

    Attributes:
        findings: sorted by document and place, each once.
        documents: the keys of all documents that were looked at, and of those that fixes would write.
        lines: the lines of the documents that findings, related places or fixes speak of, where they could be read.
        file_count: how many of the files are MFO documents.
        unreadable: the files that were named but cannot be read.
    """

    findings: tuple[Finding, ...] = ()
    documents: set[str] = field(default_factory=set[str])
    lines: dict[str, LineIndex] = field(default_factory=dict[str, LineIndex])
    file_count: int = 0
    unreadable: list[UnreadableFileError] = field(default_factory=list[UnreadableFileError])


def grouped(wanted: Iterable[tuple[str, bool]]) -> tuple[FileGroup, ...]:
    """Files by their directories, in the order in which those come up.

    Args:
        wanted: absolute paths, written with ``/``, each with whether a person named it.
    """
    by_directory: dict[str, list[tuple[str, bool]]] = {}
    for path, named in wanted:
        by_directory.setdefault(path.rpartition("/")[0] or "/", []).append((path, named))
    return tuple((directory, tuple(files)) for directory, files in by_directory.items())


def merged(groups: Iterable[CheckedGroup]) -> CheckedFiles:
    """All groups as one value; what two of them found counts once."""
    result = CheckedFiles()
    findings: dict[Finding, None] = {}
    for group in groups:
        findings.update(dict.fromkeys(group.findings))
        result.documents.update(group.documents)
        result.lines.update((key, LineIndex(text)) for key, text in group.texts.items() if key not in result.lines)
        result.file_count += group.file_count
        result.unreadable += group.unreadable
    result.findings = tuple(sorted(findings, key=lambda finding: (finding.place, finding.code)))
    return result


def documents_of(findings: Iterable[Finding]) -> Iterator[str]:
    """The documents that findings, their related places and their fixes speak of; some more than once."""
    for finding in findings:
        yield finding.place.document
        for related in finding.related:
            yield related.place.document
        for fix in finding.fixes:
            for edit in fix.edits:
                yield edit.place.document
