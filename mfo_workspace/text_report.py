"""The format for people: place, rule, message, the source line and an underline."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from mfo_dialect.findings import Finding, Severity
from mfo_dialect.text import LineIndex, Span
from mfo_workspace.outcome import CheckOutcome

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFORMATION: "36", Severity.HINT: "90"}
_BOLD, _FAINT = "1", "90"
_MAX_WIDTH = 160
_HARD_CODED_SECRET = "MFO801"  # noqa: S105 - the code of a rule
_DOT = "\N{BULLET}"
_MAX_RELATED = 6


def text_report(outcome: CheckOutcome, *, colour: bool = False, hints: bool = False) -> str:
    """All findings but hints, then one line that sums those up; nothing at all where there is nothing to say.

    Args:
        outcome: what was found.
        colour: whether to use the terminal's colours.
        hints: whether to show hints, and to count them, too.
    """
    shown = [finding for finding in outcome.findings if hints or finding.severity is not Severity.HINT]
    if not shown:
        return ""
    paint = _Paint(colour)
    secrets = _secrets(outcome)
    blocks = ["\n".join(_lines(outcome, finding, paint, secrets)) for finding in shown]
    return "\n\n".join(blocks) + f"\n\n{paint(_summary(shown, outcome.file_count), _BOLD)}\n"


def clean_line(outcome: CheckOutcome) -> str:
    """What a person at a terminal reads where there is nothing else to show; nothing where no document was checked."""
    return f"nothing to report in {_counted(outcome.file_count, 'file')}\n" if outcome.file_count else ""


def excerpt_at(lines: LineIndex, line: int, column: int) -> list[str]:
    """A source line with a mark below one place of it; line and column are 0-based, the column in code points."""
    start = lines.line_start(line) + column
    return list(_marked(lines, Span(start, start + 1), _Paint(on=False), ""))


class _Paint:
    """Wraps texts in the terminal's colours, or leaves them as they are."""

    def __init__(self, on: bool) -> None:  # noqa: FBT001 - one switch
        self._on = on

    def __call__(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._on and text else text


def _lines(
    outcome: CheckOutcome, finding: Finding, paint: _Paint, secrets: Mapping[str, Sequence[Span]]
) -> Iterator[str]:
    start = outcome.start(finding.place)
    where = f"{printable(outcome.name(finding.place.document))}:{start.line}:{start.column}"
    colour = _COLOURS[finding.severity]
    label = f"{paint(finding.severity.word, colour)} {paint(f'{finding.code} {finding.name}', colour)}"
    yield f"{paint(where, _BOLD)} {label}: {printable(finding.message)}"
    hidden = secrets.get(finding.place.document, ())
    yield from _marked(outcome.lines(finding.place.document), finding.place.span, paint, colour, hidden)
    for related in finding.related[:_MAX_RELATED]:
        place = outcome.start(related.place)
        where = f"{printable(outcome.name(related.place.document))}:{place.line}:{place.column}"
        yield f"  = {where}: {printable(related.message)}"
    for fix in finding.fixes[:1]:
        yield f"  = {paint('fix', _BOLD)}: {printable(fix.title)}{'' if fix.safe else ' (look before you apply it)'}"


def _secrets(outcome: CheckOutcome) -> dict[str, list[Span]]:
    """Where secrets are written, by document: an excerpt does not copy them into logs."""
    found: dict[str, list[Span]] = {}
    for finding in outcome.findings:
        if finding.code == _HARD_CODED_SECRET:
            found.setdefault(finding.place.document, []).append(finding.place.span)
    return found


def _without(text: str, start: int, secrets: Sequence[Span]) -> str:
    """A text that begins at an offset, with dots in the place of secrets."""
    for secret in secrets:
        first, last = max(secret.start - start, 0), min(secret.end - start, len(text))
        if first < last:
            text = text[:first] + _DOT * (last - first) + text[last:]
    return text


def _marked(lines: LineIndex, span: Span, paint: _Paint, colour: str, secrets: Sequence[Span] = ()) -> Iterator[str]:
    place = lines.position(span.start)
    text = _without(lines.line_text(place.line), lines.line_start(place.line), secrets)
    end = lines.position(span.end)
    last = end.column if end.line == place.line else len(text)
    left = max(0, place.column - _MAX_WIDTH // 2) if len(text) > _MAX_WIDTH else 0
    piece = text[left : left + _MAX_WIDTH]
    number = str(place.line + 1)
    margin = " " * len(number)
    pad = _width(text[left : place.column])
    marks = max(1, _width(text[place.column : min(last, left + _MAX_WIDTH)]))
    yield f"{margin} {paint('|', _FAINT)}"
    yield f"{paint(number, _FAINT)} {paint('|', _FAINT)} {printable(piece)}"
    yield f"{margin} {paint('|', _FAINT)} {' ' * pad}{paint('^' * marks, colour)}"


def printable(text: str) -> str:
    """A text that a terminal shows as it is: one cell a tab, control characters and lone surrogates replaced."""
    return "".join(_cell(character) for character in text)


def _cell(character: str) -> str:
    if character == "\t":
        return " "
    if character.isascii():
        return character if character >= " " and character != "\x7f" else "\N{REPLACEMENT CHARACTER}"
    category = unicodedata.category(character)
    return "\N{REPLACEMENT CHARACTER}" if category in {"Cc", "Cf", "Cs", "Zl", "Zp"} else character


def _width(text: str) -> int:
    """How many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _summary(shown: Sequence[Finding], file_count: int) -> str:
    counts = Counter(finding.severity for finding in shown)
    parts = [
        _counted(counts[Severity.ERROR], "error"),
        _counted(counts[Severity.WARNING], "warning"),
        _counted(counts[Severity.INFORMATION], "remark"),
        _counted(counts[Severity.HINT], "hint"),
    ]
    return f"{', '.join(part for part in parts if part)} in {_counted(file_count, 'file')}"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}" if count else ""
