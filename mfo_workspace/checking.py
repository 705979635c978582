"""Checking files: grouped into bundles, each bundle checked once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from posixpath import basename
from typing import TypeAlias

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.checker import INTERNAL_ERROR, check
from mfo_dialect.findings import Finding
from mfo_dialect.model.kinds import has_our_name
from mfo_dialect.model.rule_settings import NOTHING_SAID, RuleSettings
from mfo_workspace.bundles import load_bundle
from mfo_workspace.cache.observing import Observation, ObservedDisk
from mfo_workspace.checked import CheckedFiles, CheckedGroup, FileGroup, documents_of, grouped, merged
from mfo_workspace.files import Files, UnreadableFileError
from mfo_workspace.projects import baseline_path

ObservedGroup: TypeAlias = tuple[CheckedGroup, Observation | None]
"""What was found, and all that it follows from; None where it follows from more, such as a lack of memory, or nobody asks."""


def check_files(wanted: Iterable[tuple[str, bool]], files: Files, asked: RuleSettings = NOTHING_SAID) -> CheckedFiles:
    """Check files, each within the bundle of its directory.

    Args:
        wanted: absolute paths, written with ``/``, each with whether a person named it: only then, or where its name
            says that it is an MFO document, is it worth a word that it cannot be read.
        files: where documents come from.
        asked: what is asked for on top of the project files.
    """
    return merged(check_group(group, files, asked) for group in grouped(wanted))


def check_group(
    group: FileGroup, files: Files, asked: RuleSettings = NOTHING_SAID, *, mere_hints: bool = True
) -> CheckedGroup:
    """Check files of one directory; see ``check_files``, and ``checker.check`` for ``mere_hints``."""
    directory, wanted = group
    unreadable: list[UnreadableFileError] = []
    paths = [
        path
        for path, named in wanted
        if not (named or has_our_name(basename(path))) or _is_readable(path, files, unreadable)
    ]
    if not paths:
        return CheckedGroup(unreadable=tuple(unreadable))
    bundle = load_bundle(directory, files, paths)
    count = sum(bundle.sources[path].is_ours for path in paths if path in bundle.sources)
    if not count:
        return CheckedGroup(unreadable=tuple(unreadable))
    findings = check(bundle, asked=asked, mere_hints=mere_hints)
    texts = _texts(bundle)
    documents = dict.fromkeys((*texts, *documents_of(findings)))
    spoken_of = _of_findings(texts, findings)
    return CheckedGroup(findings, tuple(documents), spoken_of, count, tuple(unreadable), baseline_path(bundle.project))


def check_observed(
    groups: Iterable[FileGroup], asked: RuleSettings, *, is_remembered: bool = True, mere_hints: bool = True
) -> Iterator[ObservedGroup]:
    """Check groups on the disk, one after the other.

    Args:
        groups: what to check.
        asked: what is asked for on top of the project files.
        is_remembered: whether anybody wants to know what each check looked at.
        mere_hints: as for ``checker.check``.
    """
    disk = ObservedDisk()
    for group in groups:
        disk.start()
        checked = check_group(group, disk, asked, mere_hints=mere_hints)
        is_sure = is_remembered and not any(finding.code == INTERNAL_ERROR for finding in checked.findings)
        yield checked, disk.observation if is_sure else None


def _is_readable(path: str, files: Files, unreadable: list[UnreadableFileError]) -> bool:
    try:
        files.read(path)
    except UnreadableFileError as error:
        unreadable.append(error)
        return False
    return True


def _texts(bundle: Bundle) -> dict[str, str]:
    texts = {key: source.text for key, source in bundle.sources.items()}
    if bundle.project.toml is not None:
        texts[bundle.project.document] = bundle.project.text
    return texts


def _of_findings(texts: dict[str, str], findings: Iterable[Finding]) -> dict[str, str]:
    return {key: texts[key] for key in documents_of(findings) if key in texts}
