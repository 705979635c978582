"""What a bundle would be after some edits, and whether that is better than before."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

from mfo_dialect.analysis.bundle import Bundle, make_bundle, read_source
from mfo_dialect.checker import INTERNAL_ERROR
from mfo_dialect.file_names import PROJECT_FILE
from mfo_dialect.findings import Edit, Finding, Severity
from mfo_dialect.model.project import Project, read_project
from mfo_dialect.text import LineIndex, TextEdit, apply_edits
from mfo_workspace.fixing.choosing import Mending
from mfo_workspace.fixing.moved import MovedPlaces

Check = Callable[[Bundle], Collection[Finding]]
OtherText = Callable[[str], str | None]
Key = tuple[str, str, int]


@dataclass(frozen=True, eq=False)
class Judged:
    """A bundle and all findings in all its documents, those included that the bundle only sees."""

    bundle: Bundle
    findings: tuple[Finding, ...]

    @cached_property
    def keys(self) -> frozenset[Key]:
        """The findings, by code and start."""
        return frozenset(key_of(finding) for finding in self.findings)

    @property
    def has_failed(self) -> bool:
        """Whether a rule failed on it, so that nobody knows what it would have found."""
        return any(finding.code == INTERNAL_ERROR for finding in self.findings)

    def count(self, least: Severity) -> int:
        """How many findings weigh at least so much."""
        return sum(finding.severity <= least for finding in self.findings)

    def problems(self, document: str) -> int:
        """How many problems a document's text has by itself."""
        source = self.bundle.sources.get(document)
        if source is not None:
            return len(source.tree.problems)
        return int(document == self.bundle.project.document and self.bundle.project.problem is not None)


class UnfitEditError(Exception):
    """Edits that cannot be applied; the words say why."""


def judge(bundle: Bundle, check: Check) -> Judged:
    """A bundle as its checker sees it, every document at home."""
    project = bundle.project
    home = {*bundle.sources, *((project.document,) if project.document else ())}
    whole = make_bundle(bundle.sources.values(), project, home)
    return Judged(whole, tuple(check(whole)))


def edited(bundle: Bundle, edits: Iterable[Edit], other_text: OtherText) -> Bundle:
    """The bundle after edits, whose places speak of it as it is.

    Args:
        bundle: the bundle.
        edits: they may make new documents; those that are equal are one.
        other_text: gives the text of a document that the bundle does not have, None where there is none.

    Raises:
        UnfitEditError: they overlap, lie outside a text, or would write into a document that the bundle does not have.
    """
    by_document: defaultdict[str, list[TextEdit]] = defaultdict(list)
    for edit in dict.fromkeys(edits):
        by_document[edit.place.document].append(TextEdit(edit.place.span, edit.new_text))
    sources, project = dict(bundle.sources), bundle.project
    for document, changes in by_document.items():
        is_new = document not in bundle.sources and document != bundle.project.document
        if is_new and other_text(document) is not None:
            raise UnfitEditError(f"{posixpath.basename(document)} is there already, and no part of the bundle")
        try:
            text = apply_edits(bundle.text_of(document), changes)
        except ValueError:
            raise UnfitEditError("its edits overlap") from None
        if document == bundle.project.document or posixpath.basename(document) == PROJECT_FILE:
            project = _read_again(project, document, text)
        else:
            sources[document] = read_source(document, text)
    return make_bundle(sources.values(), project, bundle.home | set(by_document))


def _read_again(project: Project, document: str, text: str) -> Project:
    return read_project(text, document, project.table if document == project.document else ())


@dataclass(frozen=True, eq=False)
class Trial:
    """A bundle after mendings of one round.

    Attributes:
        after: the bundle with the mendings that were taken before, and those that are tried now.
        taken: those that were taken before.
        tried: those that are tried now.
        moved: the findings that the round started with, where they would be now.
    """

    after: Judged
    taken: tuple[Mending, ...]
    tried: tuple[Mending, ...]
    moved: MovedPlaces

    @cached_property
    def persisting(self) -> tuple[Mending, ...]:
        """The mendings of which a finding is still there."""
        keys, moved = self.after.keys, self.moved
        return tuple(
            mending
            for mending in (*self.taken, *self.tried)
            if any(moved.key(finding) in keys for finding in mending.findings)
        )

    @cached_property
    def newcomers(self) -> tuple[Finding, ...]:
        """The findings that were not there when the round started."""
        return tuple(finding for finding in self.after.findings if key_of(finding) not in self.moved.known)

    def objection(self, before: Judged) -> str:
        """Why it is not better than ``before``, the bundle without what is tried; empty where it is.

        It is better where what was to be mended is gone and nothing new is there, or where each mending leaves fewer
        findings, and none of them is traded for a heavier one.
        """
        if damage := self.damage(before):
            return damage
        fewer = len(before.findings) - len(self.after.findings)
        if fewer > 0 and not self.persisting and not self.newcomers:
            return ""
        if self.is_lighter(before, len(self.tried)):
            return ""
        if fewer >= len(self.tried):
            return "it would leave a heavier finding than it mends"
        fresh = ", ".join(sorted({finding.code for finding in self.newcomers}))
        return f"it would leave as many findings or more{f' (new: {fresh})' if fresh else ''}"

    def damage(self, before: Judged) -> str:
        """What speaks against it whatever it mends; empty where nothing does."""
        for document in sorted({edit.place.document for mending in self.tried for edit in mending.fix.edits}):
            if self.after.problems(document) > before.problems(document):
                return f"{posixpath.basename(document)} could not be read any more"
        return "a rule would fail on what it leaves" if self.after.has_failed and not before.has_failed else ""

    def is_lighter(self, before: Judged, least: int) -> bool:
        """Whether at least so many findings fewer are left, and no more of any severity and heavier ones."""
        is_heavier = any(self.after.count(severity) > before.count(severity) for severity in Severity)
        return len(before.findings) - len(self.after.findings) >= least and not is_heavier


def key_of(finding: Finding) -> Key:
    """A finding by its code and its start."""
    return (finding.code, finding.place.document, finding.place.span.start)


def line_of(finding: Finding, bundle: Bundle) -> str:
    """The text of the line on which a finding starts."""
    source = bundle.sources.get(finding.place.document)
    lines = source.tree.lines if source is not None else LineIndex(bundle.text_of(finding.place.document))
    return lines.line_text(lines.line_of(finding.place.span.start))
