"""Checking files on disk: grouped into bundles, each bundle checked once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.checker import check
from mfo_dialect.findings import Finding
from mfo_dialect.model.kinds import has_our_name
from mfo_dialect.text import LineIndex
from mfo_workspace.bundles import load_bundle
from mfo_workspace.files import Files, UnreadableFileError


@dataclass
class CheckedFiles:
    """What was found in a set of files.

    Attributes:
        findings: sorted by document and place, each once.
        documents: the keys of all documents that findings, related places or fixes may speak of.
        lines: the lines of those that could be read.
        file_count: how many of the files are MFO documents.
        unreadable: the files that were named but cannot be read.
    """

    findings: tuple[Finding, ...] = ()
    documents: set[str] = field(default_factory=set[str])
    lines: dict[str, LineIndex] = field(default_factory=dict[str, LineIndex])
    file_count: int = 0
    unreadable: list[UnreadableFileError] = field(default_factory=list[UnreadableFileError])


def check_files(wanted: Iterable[tuple[str, bool]], files: Files) -> CheckedFiles:
    """Check files, each within the bundle of its directory.

    Args:
        wanted: absolute paths, written with ``/``, each with whether a person named it: only then, or where its name
            says that it is an MFO document, is it worth a word that it cannot be read.
        files: where documents come from.
    """
    result = CheckedFiles()
    by_directory: defaultdict[str, list[str]] = defaultdict(list)
    for path, named in wanted:
        if not (named or has_our_name(PurePosixPath(path).name)) or _is_readable(path, files, result.unreadable):
            by_directory[str(PurePosixPath(path).parent)].append(path)
    findings: dict[Finding, None] = {}
    for directory, paths in by_directory.items():
        bundle = load_bundle(directory, files, paths)
        if not any(bundle.sources[path].is_ours for path in paths if path in bundle.sources):
            continue
        findings.update(dict.fromkeys(check(bundle)))
        _remember(bundle, paths, result)
    result.findings = tuple(sorted(findings, key=lambda finding: (finding.place, finding.code)))
    for finding in result.findings:
        result.documents.update(edit.place.document for fix in finding.fixes for edit in fix.edits)
    return result


def _is_readable(path: str, files: Files, unreadable: list[UnreadableFileError]) -> bool:
    try:
        files.read(path)
    except UnreadableFileError as error:
        unreadable.append(error)
        return False
    return True


def _remember(bundle: Bundle, paths: list[str], result: CheckedFiles) -> None:
    result.file_count += sum(bundle.sources[path].is_ours for path in paths if path in bundle.sources)
    for key, source in bundle.sources.items():
        result.documents.add(key)
        result.lines[key] = source.tree.lines
    project = bundle.project
    if project.toml is not None:
        result.documents.add(project.document)
        result.lines[project.document] = project.lines
