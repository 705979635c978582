"""Holding what a check found against baselines: what is new, what is known, what is stale, and writing them anew."""

from __future__ import annotations

import os
import posixpath
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from mfo_dialect.baseline import Baseline, Entry, Matched, entry_of, match
from mfo_dialect.findings import Finding
from mfo_dialect.model.project import Project
from mfo_dialect.model.rule_settings import NOTHING_SAID, RuleSettings
from mfo_dialect.rules import RULES
from mfo_dialect.rules.choosing import Choice
from mfo_dialect.syntax import SyntaxTree, parse
from mfo_workspace.baseline_file import baseline_text, read_baseline
from mfo_workspace.checked import CheckedFiles
from mfo_workspace.files import Files
from mfo_workspace.projects import baseline_path, find_project

_UNREAD = frozenset({"MFO101", "MFO103", "MFO999"})
"""Findings that say that others may be missing."""


@dataclass(frozen=True, slots=True)
class Held:
    """What became of the findings that one baseline is for.

    Attributes:
        path: the baseline's file.
        is_missing: whether there is no such file.
        known: the findings that it holds.
        new: those that it does not hold.
        stale: the entries for which nothing is found any more, each with how many are gone.
        before: the baseline as it was.
        after: the baseline as it would be written now.
    """

    path: str
    is_missing: bool
    known: tuple[Finding, ...]
    new: tuple[Finding, ...]
    stale: Mapping[Entry, int]
    before: Mapping[Entry, int]
    after: Mapping[Entry, int]

    @property
    def text(self) -> str:
        """The text of the baseline as it would be written now."""
        return baseline_text(self.after)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a check looked at.

    Attributes:
        checked: what it found.
        documents: the files that it was to check, by their paths.
        asked: what was asked of rules on top of the project files.
        files: where documents come from.
    """

    checked: CheckedFiles
    documents: Collection[str]
    files: Files
    asked: RuleSettings = field(default=NOTHING_SAID)


def hold_findings(looked: Looked, named: str = "") -> tuple[Held, ...]:
    """Hold the findings of a check against the baselines that count for them, each once.

    Args:
        looked: what was checked.
        named: the baseline for all documents; where it is empty, each project's own.

    Raises:
        UnreadableFileError: a baseline is damaged, not readable, or of a later version.
    """
    projects = {folder: find_project(folder, looked.files) for folder in set(map(posixpath.dirname, looked.documents))}
    folders: defaultdict[str, set[str]] = defaultdict(set)
    for folder, project in projects.items():
        path = named or baseline_path(project)
        if path:
            folders[path].add(folder)
    return tuple(
        _hold(path, looked, {folder: projects[folder] for folder in sorted(folders[path])}) for path in sorted(folders)
    )


def match_in(
    path: str, baseline: Baseline, findings: Iterable[Finding], tree_of: Callable[[str], SyntaxTree | None]
) -> Matched:
    """Tell new findings from those that a baseline knows.

    Args:
        path: the baseline's file.
        baseline: what it holds.
        findings: in the order of their places.
        tree_of: the tree of a document by its key; None for what is no YAML document.
    """

    def entry(finding: Finding) -> Entry | None:
        document = finding.place.document
        tree = tree_of(document)
        return entry_of(finding, tree, _relative(document, path)) if tree is not None else None

    return match(((finding, entry(finding)) for finding in findings), baseline)


def _hold(path: str, looked: Looked, projects: Mapping[str, Project]) -> Held:
    is_missing = not looked.files.exists(path)
    before = Baseline() if is_missing else read_baseline(path, looked.files)
    documents = {document for document in looked.documents if posixpath.dirname(document) in projects}
    findings = [finding for finding in looked.checked.findings if finding.place.document in documents]
    trees: dict[str, SyntaxTree] = {}

    def tree_of(document: str) -> SyntaxTree:
        if document not in trees:
            trees[document] = parse(looked.checked.lines[document].text)
        return trees[document]

    matched = match_in(path, before, findings, tree_of)
    judge = _Judge(path, looked, projects, documents)
    after = dict(matched.present)
    stale: dict[Entry, int] = {}
    for entry, count in before.counts.items():
        now = matched.present.get(entry, 0)
        if now >= count:
            continue
        if judge.is_judged(entry):
            stale[entry] = count - now
        else:
            after[entry] = count
    return Held(path, is_missing, matched.known, matched.new, stale, before.counts, after)


class _Judge:
    """Says of which entries a check can tell that nothing is found for them any more."""

    def __init__(self, path: str, looked: Looked, projects: Mapping[str, Project], documents: Collection[str]) -> None:
        self._path = path
        self._looked = looked
        self._documents = documents
        self._choices = {folder: Choice(project.rule_settings, looked.asked) for folder, project in projects.items()}
        unread = {error.path for error in looked.checked.unreadable}
        unread |= {finding.place.document for finding in looked.checked.findings if finding.code in _UNREAD}
        self._broken = set(map(posixpath.dirname, unread))
        self._rules = {rule.code: rule for rule in RULES}

    def is_judged(self, entry: Entry) -> bool:
        """Whether the entry's document was checked whole and by its rule, or is gone."""
        document = _absolute(entry.file, self._path)
        if document not in self._documents:
            return not self._looked.files.exists(document)
        folder = posixpath.dirname(document)
        rule = self._rules.get(entry.rule)
        return folder not in self._broken and (rule is None or self._choices[folder].runs_whole(rule))


def _relative(document: str, path: str) -> str:
    """A document as a baseline names it."""
    try:
        return PurePath(os.path.relpath(document, posixpath.dirname(path))).as_posix()
    except ValueError:  # another drive
        return document


def _absolute(file: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), file))
