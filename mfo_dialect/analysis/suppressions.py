"""Comments that suppress findings: what they list, and which stretch of their text they cover.

``# mfo: ignore[CODE, name] reason`` covers its line, or on a line of its own what starts directly below it;
``# mfo: ignore-file[...]`` before the first key covers the whole text. Which codes there are is the rules' business.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Finding, Place
from mfo_dialect.model.project import Project
from mfo_dialect.suggestions import did_you_mean, nearest
from mfo_dialect.syntax.comments import Comment
from mfo_dialect.syntax.navigation import walk
from mfo_dialect.syntax.toml import toml_comments
from mfo_dialect.syntax.tree import Mapping as MappingNode
from mfo_dialect.syntax.tree import Node, Scalar, Sequence, Style
from mfo_dialect.text import LineIndex, Span

_SIGN = "mfo:"
_DIRECTIVE = re.compile(r"#[ \t]*mfo:[ \t]*(?P<verb>[\w-]*)[ \t]*(?P<open>\[)?")
_LISTED = re.compile(r"[^\s,](?:[^,]*[^\s,])?")
_PROPERTIES = re.compile(r"(?:(?:[&!][^\s]*|\?)[ \t]+)*")
_VERBS = _ON_PLACE, _ON_FILE = "ignore", "ignore-file"
_BLANK = " \t\ufeff"


@dataclass(frozen=True, slots=True)
class Listed:
    """One code or name between the brackets, as written."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment that is to suppress findings.

    Attributes:
        place: the comment.
        listed: what stands between the brackets; nothing where there is a problem.
        covered: the findings that start here are suppressed, those at its end included.
        problem: why the comment cannot count, as a message; empty where it counts.
    """

    place: Place
    listed: tuple[Listed, ...]
    covered: Span
    problem: str = ""


def is_directive(comment: Comment) -> bool:
    """Whether a comment speaks to the checker."""
    return _DIRECTIVE.match(comment.text) is not None


def suppressions(snapshot: Snapshot) -> Iterator[Suppression]:
    """The suppressions of the home documents and the project file, in the order in which they are written."""
    for source in snapshot.sources:
        if _SIGN in source.text and source.is_ours:
            yield from _of_source(source)
    yield from _of_project(snapshot.bundle.project)


def apply_suppressions(
    findings: Iterable[Finding], known: Iterable[Suppression], codes: Mapping[str, str], never: Collection[str]
) -> tuple[list[Finding], frozenset[Listed]]:
    """The findings that are left, in the same order, and what of the lists covers any finding.

    Args:
        findings: all findings.
        known: the suppressions.
        codes: what can be listed, a code or a name, and the code it stands for.
        never: the codes of findings that are left even where they are covered.
    """
    groups: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    findings = list(findings)
    for finding in findings:
        groups[finding.place.document, finding.code].append(finding)
    by_start = {key: sorted(group, key=lambda one: one.place.span) for key, group in groups.items()}
    steps = {key: [0] * (len(group) + 1) for key, group in groups.items()}
    used: set[Listed] = set()
    for suppression in known:
        for one in suppression.listed:
            key = (one.place.document, codes.get(one.name, ""))
            group = by_start.get(key, [])
            first = bisect_left(group, suppression.covered.start, key=_start)
            behind = bisect_right(group, suppression.covered.end, key=_start)
            if first < behind:
                used.add(one)
                steps[key][first] += 1
                steps[key][behind] -= 1
    covered = {
        id(finding)
        for key, group in by_start.items()
        if key[1] not in never
        for finding, depth in zip(group, accumulate(steps[key]), strict=False)
        if depth
    }
    return [finding for finding in findings if id(finding) not in covered], frozenset(used)


def _start(finding: Finding) -> int:
    return finding.place.span.start


def _of_source(source: Source) -> Iterator[Suppression]:
    comments = [(comment, match) for comment in source.tree.comments if (match := _DIRECTIVE.match(comment.text))]
    if not comments:
        return
    layout = _Layout(source)
    for comment, match in comments:
        if _is_meant_for_us(match):
            yield _read_or_refuse(source.key, comment, match, layout)


def _of_project(project: Project) -> Iterator[Suppression]:
    if project.toml is None or _SIGN not in project.text:
        return
    layout = _TomlLayout(project)
    for comment in toml_comments(project.text):
        match = _DIRECTIVE.match(comment.text)
        if match is not None and _is_meant_for_us(match):
            yield _read_or_refuse(project.document, comment, match, layout)


def _is_meant_for_us(match: re.Match[str]) -> bool:
    verb = match["verb"]
    return verb in _VERBS or bool(match["open"] or nearest(verb, _VERBS))


def _read_or_refuse(
    document: str, comment: Comment, match: re.Match[str], layout: _Layout | _TomlLayout
) -> Suppression:
    verb = match["verb"]
    if verb not in _VERBS:
        return _wrong(document, comment, f'a comment cannot say "mfo: {verb}"{did_you_mean(verb, _VERBS)}')
    example = f'"# mfo: {verb}[MFO402] reason"'
    if not match["open"]:
        return _wrong(document, comment, f'"mfo: {verb}" needs codes in brackets, as in {example}')
    end = comment.text.find("]", match.end())
    if end < 0:
        return _wrong(document, comment, f'the bracket behind "mfo: {verb}" is not closed; write it as in {example}')
    base = comment.span.start
    listed = tuple(
        Listed(one[0], Place(document, Span(*one.span()).shifted(base)))
        for one in _LISTED.finditer(comment.text, match.end(), end)
    )
    if not listed:
        return _wrong(document, comment, f"the brackets are empty and suppress nothing; write codes as in {example}")
    if verb == _ON_PLACE:
        covered = layout.covered_by(comment.span)
    elif comment.span.start < layout.first_key:
        covered = Span(0, len(layout.text))
    else:
        return _wrong(document, comment, f'"mfo: {_ON_FILE}" counts only before the first key of the file')
    return Suppression(Place(document, comment.span), listed, covered)


def _wrong(document: str, comment: Comment, problem: str) -> Suppression:
    nothing = Span(comment.span.end, comment.span.end)
    return Suppression(Place(document, comment.span), (), nothing, problem)


class _Layout:
    """Where the entries, items and long scalars of one text stand; read in one walk through its nodes."""

    def __init__(self, source: Source) -> None:
        """Walk through the documents of ``source``."""
        self.text = source.text
        self.lines: LineIndex = source.tree.lines
        self._below = self._lines_below(source.tree.comments)
        self._ends: dict[int, int] = {}
        self._items: list[tuple[int, int, int]] = []
        self._long: defaultdict[int, list[Span]] = defaultdict(list)
        roots = [document.root for document in source.tree.documents if document.root is not None]
        self.first_key = min((root.span.start for root in roots if root.start < root.end), default=len(self.text) + 1)
        for root in roots:
            for node in walk(root):
                self._take(node)
        self._items.sort()

    def covered_by(self, comment: Span) -> Span:
        """What a comment covers that stands on a line, or alone on one."""
        line = self.lines.line_of(comment.start)
        start = self.lines.line_start(line)
        if self.text[start : comment.start].strip(_BLANK):
            spans = [self._line(line), *self._long.get(line, ())]
            return Span(min(span.start for span in spans), max(span.end for span in spans))
        below = self._below[line]
        return Span(start, max(self._line(below).end, self._end_of_node(below)))

    def _lines_below(self, comments: Iterable[Comment]) -> dict[int, int]:
        """For each line that is a comment alone, the first line below it that is none."""
        below: dict[int, int] = {}
        for line in sorted({self.lines.line_of(comment.span.start) for comment in comments}, reverse=True):
            if self.lines.line_text(line).lstrip(_BLANK).startswith("#"):
                below[line] = below.get(line + 1, line + 1)
        return below

    def _line(self, line: int) -> Span:
        start = self.lines.line_start(line)
        return Span(start, start + len(self.lines.line_text(line)))

    def _end_of_node(self, line: int) -> int:
        """Where the outermost entry or item ends that is the first thing on a line; 0 where there is none."""
        written = self.lines.line_text(line)
        column = len(written) - len(written.lstrip(_BLANK))
        start = self.lines.line_start(line) + column
        if written[column : column + 1] == "-" and not written[column + 1 : column + 2].strip():
            index = bisect_right(self._items, (start, len(self.text), 0))
            is_item = index < len(self._items) and self._items[index][1] == column
            return self._items[index][2] if is_item else 0
        properties = _PROPERTIES.match(self.text, start)
        return self._ends.get(properties.end() if properties else start, 0)

    def _take(self, node: Node) -> None:
        if isinstance(node, MappingNode):
            for pair in node.pairs:
                span = pair.span
                self._ends.setdefault(span.start, span.end)
                self._take_scalar(pair.value, span.start)
        elif isinstance(node, Sequence):
            column = self.lines.position(node.span.start).column
            for item in node.items:
                span = item.span
                if node.flow:
                    self._ends.setdefault(span.start, span.end)
                else:
                    self._items.append((span.start, column, span.end))
                self._take_scalar(item, span.start)

    def _take_scalar(self, node: Node, key: int) -> None:
        """Keep a scalar of several lines under the lines on which a comment can speak of it."""
        if not isinstance(node, Scalar):
            return
        span = node.span
        first, last = self.lines.line_of(span.start), self.lines.line_of(span.end)
        if first == last and self.lines.line_of(key) == first:
            return
        lines = {self.lines.line_of(key), first}
        if node.style is not Style.LITERAL and node.style is not Style.FOLDED:
            lines.add(last)
        for line in lines:
            self._long[line].append(span)


class _TomlLayout:
    """The lines of the project file."""

    def __init__(self, project: Project) -> None:
        self.text = project.text
        self._lines = project.lines
        written = (line for line in range(self._lines.line_count) if not self._is(line, ("", "#")))
        self.first_key = self._lines.line_start(next(written, self._lines.line_count))

    def covered_by(self, comment: Span) -> Span:
        """The line of a comment; where nothing else stands on it, down to the next line that is no comment."""
        first = last = self._lines.line_of(comment.start)
        while last < self._lines.line_count and self._is(last, ("#",)):
            last += 1
        return Span(self._lines.line_start(first), self._lines.line_start(last) + len(self._lines.line_text(last)))

    def _is(self, line: int, starts: tuple[str, ...]) -> bool:
        """Whether a line starts with one of these, an empty one standing for an empty line."""
        return self._lines.line_text(line).strip(_BLANK)[:1] in starts
