"""What a check of files found, before it has a format: group by group, and all in one value.

Light to import: a run whose groups are all known from an earlier one loads no rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from mfo_dialect.findings import Finding, Severity
from mfo_dialect.records import record
from mfo_dialect.text import LineIndex, Span
from mfo_workspace.files import UnreadableFileError

FileGroup: TypeAlias = tuple[str, tuple[tuple[str, bool], ...]]
"""A directory and the files in it that are to be checked, each with whether a person named it."""


@record
class CheckedGroup:
    """What was found in the files of one directory.

    Attributes:
        findings: sorted by document and place.
        documents: the keys of all documents that were looked at, and of those that fixes would write.
        texts: the texts of the documents that findings, related places or fixes speak of, where there are any.
        file_count: how many of the files are MFO documents.
        unreadable: the files that cannot be read though they should be.
        baseline: the path of the baseline that the directory's project file names; empty where it names none.
    """

    findings: tuple[Finding, ...] = ()
    documents: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    file_count: int = 0
    unreadable: tuple[UnreadableFileError, ...] = ()
    baseline: str = ""

    @property
    def is_quiet(self) -> bool:
        """Whether nothing but hints was found, and nothing else is to be told."""
        is_readable = not self.unreadable and not self.baseline
        return is_readable and all(finding.severity is Severity.HINT for finding in self.findings)

    def opened(self) -> CheckedGroup:
        """Itself, as nothing is packed here (``cache/encoding.py``)."""
        return self


@dataclass
class CheckedFiles:
    """What was found in a set of files.

    Attributes:
        findings: sorted by document and place, each once.
        documents: the keys of all documents that were looked at, and of those that fixes would write.
        lines: the lines of the documents that findings, related places or fixes speak of, where they could be read.
        file_count: how many of the files are MFO documents.
        unreadable: the files that were named but cannot be read.
        baselines: the paths of the baselines that project files name.
    """

    findings: tuple[Finding, ...] = ()
    documents: set[str] = field(default_factory=set[str])
    lines: Mapping[str, LineIndex] = field(default_factory=dict[str, LineIndex])
    file_count: int = 0
    unreadable: list[UnreadableFileError] = field(default_factory=list[UnreadableFileError])
    baselines: set[str] = field(default_factory=set[str])


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
    findings: list[Finding] = []
    texts: dict[str, Mapping[str, str]] = {}
    is_apart = True
    for group in groups:
        is_apart = is_apart and result.documents.isdisjoint(group.documents)
        findings += group.findings
        result.documents.update(group.documents)
        texts.update(dict.fromkeys(group.texts, group.texts))
        result.file_count += group.file_count
        result.unreadable += group.unreadable
        result.baselines.update([group.baseline] if group.baseline else ())
    result.findings = tuple(sorted(findings if is_apart else dict.fromkeys(findings), key=_order))
    result.lines = _Lines(texts)
    return result


def _order(finding: Finding) -> tuple[str, Span, str]:
    return (finding.place.document, finding.place.span, finding.code)


class _Lines(Mapping[str, LineIndex]):
    """The lines of texts, found when they are asked for: of most documents nobody asks."""

    def __init__(self, texts: dict[str, Mapping[str, str]]) -> None:
        self._texts = texts
        self._lines: dict[str, LineIndex] = {}

    def __getitem__(self, key: str) -> LineIndex:
        known = self._lines.get(key)
        if known is None:
            known = self._lines[key] = LineIndex(self._texts[key][key])
        return known

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def documents_of(findings: Iterable[Finding]) -> Iterator[str]:
    """The documents that findings, their related places and their fixes speak of; some more than once."""
    for finding in findings:
        yield finding.place.document
        for related in finding.related:
            yield related.place.document
        for fix in finding.fixes:
            for edit in fix.edits:
                yield edit.place.document
