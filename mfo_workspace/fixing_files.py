"""Fixing files on disk: bundle after bundle in memory, then each bundle's files written, or none of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath

from mfo_dialect.checker import check
from mfo_dialect.findings import Finding, Fix
from mfo_dialect.text import LineIndex, Position
from mfo_workspace.bundles import load_bundle
from mfo_workspace.files import Files, UnreadableFileError
from mfo_workspace.fixable import chosen_fix
from mfo_workspace.fixing import Choose, Refusal, fix_bundle
from mfo_workspace.fixing.trying import Check
from mfo_workspace.writing import ChangedText, UnwritableFileError, write_texts

Write = Callable[[Iterable[ChangedText]], None]


@dataclass(frozen=True, slots=True)
class RefusedFix:
    """A fix that was not applied: of which finding, where that starts (line and column 0-based), and why."""

    finding: Finding
    fix: Fix
    start: Position
    reason: str


@dataclass
class FixedFiles:
    """What came of fixing files.

    Attributes:
        changes: the files whose texts changed, by path, as they were first and as they are now.
        mended: the findings that are gone; their places speak of texts that there were on the way.
        refused: fixes that were tried and not applied.
        unwritable: files that should have been written and could not be.
    """

    changes: dict[str, ChangedText] = field(default_factory=dict[str, ChangedText])
    mended: list[Finding] = field(default_factory=list[Finding])
    refused: list[RefusedFix] = field(default_factory=list[RefusedFix])
    unwritable: list[UnwritableFileError] = field(default_factory=list[UnwritableFileError])


@dataclass(frozen=True, slots=True)
class FixPolicy:
    """What is mended, and what becomes of it.

    Attributes:
        choose: the fix to apply for a finding, None where there is none to apply unasked.
        is_wanted: whether a finding is to be mended.
        check: what judges the fixes.
        offered: what finds that which may be mended, where that is not all that ``check`` finds.
        write: takes the changed files of one bundle.
    """

    choose: Choose = chosen_fix
    is_wanted: Callable[[Finding], bool] = lambda _: True
    check: Check = check
    offered: Check | None = None
    write: Write = write_texts


def keep_in_memory(changes: Iterable[ChangedText]) -> None:
    """Write nothing: for those who only want to see what would change."""


def fix_files(
    findings: Iterable[Finding],
    wanted: Iterable[str],
    files: Files,
    policy: FixPolicy,
) -> FixedFiles:
    """Fix files, each within the bundle of its directory.

    Args:
        findings: what a check has found in them; bundles without a finding to mend are not read again.
        wanted: the paths of the files that were checked; others are changed only where a fix of these asks for it.
        files: where documents come from.
        policy: what is mended, and what becomes of it.
    """
    result = FixedFiles()
    by_directory: defaultdict[str, list[str]] = defaultdict(list)
    for path in wanted:
        by_directory[_directory(path)].append(path)
    wanted_ones = filter(policy.is_wanted, findings)
    fixable = {_directory(one.place.document) for one in wanted_ones if policy.offered or policy.choose(one)}
    patched = PatchedFiles(files, {})
    for directory in sorted(fixable & by_directory.keys()):
        home = frozenset(by_directory[directory])
        fixed = fix_bundle(
            load_bundle(directory, patched, home),
            policy.choose,
            is_wanted=lambda one, home=home: one.place.document in home and policy.is_wanted(one),
            check=policy.check,
            offered=policy.offered,
            other_text=partial(existing_text, patched),
        )
        result.refused += map(partial(_placed, text_of=fixed.bundle.text_of), fixed.refusals)
        changes = [ChangedText(path, existing_text(patched, path), text) for path, text in fixed.texts.items()]
        try:
            policy.write(changes)
        except UnwritableFileError as error:
            result.unwritable.append(error)
            continue
        patched.texts.update(fixed.texts)
        result.mended += fixed.mended
        for change in changes:
            first = result.changes.get(change.path, change)
            result.changes[change.path] = ChangedText(change.path, first.before, change.after)
    return result


def _directory(path: str) -> str:
    return str(PurePosixPath(path).parent)


def existing_text(files: Files, path: str) -> str | None:
    """A file's text; None where there is no such file, nothing where it cannot be read."""
    try:
        return files.read(path)
    except UnreadableFileError:
        return "" if files.exists(path) else None


def _placed(refusal: Refusal, text_of: Callable[[str], str]) -> RefusedFix:
    place = refusal.finding.place
    start = LineIndex(text_of(place.document)).position(place.span.start)
    return RefusedFix(refusal.finding, refusal.fix, start, refusal.reason)


class PatchedFiles:
    """Files with some texts laid over them."""

    def __init__(self, files: Files, texts: Mapping[str, str]) -> None:
        """Lay ``texts``, by path, over ``files``."""
        self._files = files
        self.texts = dict(texts)

    def read(self, path: str) -> str:
        """The text laid over, else what the files have; raises as they do."""
        return self.texts[path] if path in self.texts else self._files.read(path)

    def list_directory(self, path: str) -> Iterable[str]:
        """The files of a directory, with those that are only here, sorted."""
        return sorted({*self._files.list_directory(path), *(key for key in self.texts if _directory(key) == path)})

    def exists(self, path: str) -> bool:
        """Whether there is a file here or there."""
        return path in self.texts or self._files.exists(path)

    def glob(self, directory: str, pattern: str) -> Iterable[str]:
        """What a pattern matches among the files."""
        return self._files.glob(directory, pattern)
