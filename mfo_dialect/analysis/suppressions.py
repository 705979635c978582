"""Comments that suppress findings: what they list, and which stretch of their text they cover.

``# mfo: ignore[CODE, name] reason`` covers its line, or on a line of its own what starts directly below it;
``# mfo: ignore-file[...]`` before the first key covers the whole text. Which codes there are is the rules' business.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import accumulate

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.suppression_layouts import TomlLayout, YamlLayout
from mfo_dialect.findings import Finding, Place
from mfo_dialect.model.project import Project
from mfo_dialect.records import record
from mfo_dialect.suggestions import did_you_mean, nearest
from mfo_dialect.syntax.comments import Comment
from mfo_dialect.text import Span

_SIGN = "mfo:"
_DIRECTIVE = re.compile(r"#[ \t]*mfo:[ \t]*(?P<verb>[\w-]*)[ \t]*(?P<open>\[)?")
_LISTED = re.compile(r"[^\s,](?:[^,]*[^\s,])?")
_VERBS = _ON_PLACE, _ON_FILE = "ignore", "ignore-file"


@record
class Listed:
    """One code or name between the brackets, as written."""

    name: str
    place: Place


@record
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
        if source.holds(_SIGN) and source.is_ours:
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
    layout = YamlLayout(source)
    for comment, match in comments:
        if _is_meant_for_us(match):
            yield _read_or_refuse(source.key, comment, match, layout)


def _of_project(project: Project) -> Iterator[Suppression]:
    if project.toml is None or _SIGN not in project.text:
        return
    from mfo_dialect.syntax.toml import toml_comments  # noqa: PLC0415 - many bundles have no project file

    layout = TomlLayout(project)
    for comment in toml_comments(project.text):
        match = _DIRECTIVE.match(comment.text)
        if match is not None and _is_meant_for_us(match):
            yield _read_or_refuse(project.document, comment, match, layout)


def _is_meant_for_us(match: re.Match[str]) -> bool:
    verb = match["verb"]
    return verb in _VERBS or bool(match["open"] or nearest(verb, _VERBS))


def _read_or_refuse(
    document: str, comment: Comment, match: re.Match[str], layout: YamlLayout | TomlLayout
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
