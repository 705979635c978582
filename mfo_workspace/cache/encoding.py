"""What was found in a group of files, as JSON values and back; texts stay in their files."""

from __future__ import annotations

from typing import Any

from mfo_dialect.findings import Edit, Finding, Fix, Place, Related, Severity, Tag
from mfo_dialect.text import Span
from mfo_workspace.checked import CheckedGroup, documents_of
from mfo_workspace.files import UnreadableFileError

Json = Any


def group_to_json(group: CheckedGroup) -> Json:
    """A list of five: findings, further documents, count, unreadable files, the baseline."""
    spoken_of = set(documents_of(group.findings))
    return [
        [_finding(finding) for finding in group.findings],
        [document for document in group.documents if document not in spoken_of],
        group.file_count,
        [[error.path, error.reason, error.line, error.column] for error in group.unreadable],
        group.baseline,
    ]


def group_from_json(data: Json) -> CheckedGroup:
    """The group, without its texts.

    Raises:
        TypeError, ValueError: this is not what ``group_to_json`` wrote.
    """
    findings, documents, count, unreadable, baseline = data
    read = tuple(map(_read_finding, findings))
    return CheckedGroup(
        read,
        (*map(_text, documents), *dict.fromkeys(documents_of(read))),
        {},
        _number(count),
        tuple(_read_error(*error) for error in unreadable),
        _text(baseline),
    )


def _finding(finding: Finding) -> Json:
    return [
        finding.code,
        finding.name,
        finding.severity.value,
        finding.message,
        _place(finding.place),
        [[_place(related.place), related.message] for related in finding.related],
        [[fix.title, [[_place(edit.place), edit.new_text] for edit in fix.edits], fix.safe] for fix in finding.fixes],
        [tag.value for tag in finding.tags],
        list(finding.missing),
    ]


def _read_finding(data: Json) -> Finding:
    code, name, severity, message, place, related, fixes, tags, missing = data
    return Finding(
        _text(code),
        _text(name),
        Severity(severity),
        _text(message),
        _read_place(place),
        tuple(Related(_read_place(place), _text(message)) for place, message in related),
        tuple(Fix(_text(title), tuple(map(_read_edit, edits)), safe is True) for title, edits, safe in fixes),
        tuple(map(Tag, tags)),
        tuple(map(_text, missing)),
    )


def _read_edit(data: Json) -> Edit:
    place, new_text = data
    return Edit(_read_place(place), _text(new_text))


def _place(place: Place) -> Json:
    return [place.document, *place.span]


def _read_place(data: Json) -> Place:
    document, start, end = data
    return Place(_text(document), Span(_number(start), _number(end)))


def _read_error(path: Json, reason: Json, line: Json, column: Json) -> UnreadableFileError:
    return UnreadableFileError(_text(path), _text(reason), _number(line), _number(column))


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError("a text was expected")
    return value


def _number(value: Json) -> int:
    if type(value) is not int or value < 0:
        raise TypeError("a number was expected")
    return value
