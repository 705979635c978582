"""What was found in a group of files, as JSON and back: for the cache, and for another process."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from mfo_dialect.findings import Edit, Finding, Fix, Place, Related, Severity, Tag
from mfo_dialect.records import record
from mfo_dialect.text import Span
from mfo_workspace.checked import CheckedGroup
from mfo_workspace.files import UnreadableFileError

Json = Any
compact_json = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
"""Plain values without cycles as JSON, in ASCII and without a space; ``json.dumps`` would look for cycles, which takes as long."""
_SEVERITIES = {severity.value: severity for severity in Severity}
_TAGS = {tag.value: tag for tag in Tag}


@record
class PackedGroup:
    """What was found in a group, without a value for each finding: quickly sent, and quickly kept.

    Attributes:
        found: what ``group_to_json`` gives, written on one line.
        texts: as in ``CheckedGroup``; none where only hints were found and nobody wants these.
        file_count: as in ``CheckedGroup``.
        is_quiet: as in ``CheckedGroup``.
    """

    found: bytes
    texts: Mapping[str, str]
    file_count: int
    is_quiet: bool

    def opened(self) -> CheckedGroup:
        """The values again."""
        return replace(group_from_json(json.loads(self.found)), texts=self.texts)


FoundGroup: TypeAlias = CheckedGroup | PackedGroup


def packed(group: FoundGroup, *, mere_hints: bool = True) -> PackedGroup:
    """What was found, to be sent or kept; ``mere_hints``: with the texts also where there is nothing but hints."""
    if isinstance(group, PackedGroup):
        return group
    found, is_quiet = compact_json(group_to_json(group)).encode("ascii"), group.is_quiet
    return PackedGroup(found, group.texts if mere_hints or not is_quiet else {}, group.file_count, is_quiet)


def group_to_json(group: CheckedGroup) -> Json:
    """A list of six: all paths, then findings, further documents, count, unreadable files, the baseline.

    Findings and documents name paths by their numbers in the first list.
    """
    numbers: dict[str, int] = {}

    def number(path: str) -> int:
        return numbers.setdefault(path, len(numbers))

    findings = [_finding(finding, number) for finding in group.findings]
    unreadable = [[error.path, error.reason, error.line, error.column] for error in group.unreadable]
    documents = [number(document) for document in group.documents]
    return [[*numbers], findings, documents, group.file_count, unreadable, group.baseline]


def group_from_json(data: Json) -> CheckedGroup:
    """The group, without its texts.

    Raises:
        Exception: of some kind, where this is not what ``group_to_json`` wrote.
    """
    paths, findings, documents, count, unreadable, baseline = data
    return CheckedGroup(
        tuple([_read_finding(finding, paths) for finding in findings]),
        tuple([paths[document] for document in documents]),
        {},
        count,
        tuple([UnreadableFileError(*error) for error in unreadable]),
        baseline,
    )


def _finding(finding: Finding, number: Callable[[str], int]) -> Json:
    return [
        finding.code,
        finding.name,
        finding.severity.value,
        finding.message,
        _place(finding.place, number),
        [[_place(related.place, number), related.message] for related in finding.related],
        [
            [fix.title, [[_place(edit.place, number), edit.new_text] for edit in fix.edits], fix.safe]
            for fix in finding.fixes
        ],
        [tag.value for tag in finding.tags],
        finding.missing,
    ]


def _read_finding(data: Json, paths: Sequence[str]) -> Finding:
    code, name, severity, message, place, related, fixes, tags, missing = data
    return Finding(
        code,
        name,
        _SEVERITIES[severity],
        message,
        _read_place(place, paths),
        tuple([Related(_read_place(place, paths), message) for place, message in related]),
        tuple([_read_fix(fix, paths) for fix in fixes]),
        tuple([_TAGS[tag] for tag in tags]),
        tuple(missing),
    )


def _read_fix(data: Json, paths: Sequence[str]) -> Fix:
    title, edits, safe = data
    return Fix(title, tuple([Edit(_read_place(place, paths), new_text) for place, new_text in edits]), safe)


def _place(place: Place, number: Callable[[str], int]) -> Json:
    return [number(place.document), *place.span]


def _read_place(data: Json, paths: Sequence[str]) -> Place:
    number: int = data[0]
    return Place(paths[number], Span(data[1], data[2]))
