"""What one run of ``check`` found, before it is written in any format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import field

from mfo_dialect.findings import Finding, Place, Severity
from mfo_dialect.records import record
from mfo_dialect.text import LineIndex, Position

RULE_URL = "https://github.com/mfo-lsp/mfo-lsp/blob/main/docs/rules/{code}.md"


@record(slots=False)
class CheckOutcome:
    """What was found.

    Attributes:
        findings: sorted by file and place.
        names: of each document, the name that a reader sees: relative to the current directory.
        texts: of each document that findings speak of, its lines.
        file_count: how many MFO files were checked.
    """

    findings: tuple[Finding, ...]
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    texts: Mapping[str, LineIndex] = field(default_factory=dict[str, LineIndex])
    file_count: int = 0

    def count(self, severity: Severity) -> int:
        """How many findings have a severity."""
        return Counter(finding.severity for finding in self.findings)[severity]

    def name(self, document: str) -> str:
        """A document's name as a reader sees it."""
        try:
            return self.names[document]
        except KeyError:
            return document

    def lines(self, document: str) -> LineIndex:
        """A document's lines; those of an empty text where the document does not exist yet."""
        return self.texts.get(document) or LineIndex("")

    def start(self, place: Place) -> Position:
        """Where a place starts: line and column from 1, the column in code points."""
        return _from_one(self.lines(place.document).position(place.span.start))

    def end(self, place: Place) -> Position:
        """Where a place ends: line and column from 1; the column is that behind the last code point."""
        return _from_one(self.lines(place.document).position(place.span.end))


def _from_one(position: Position) -> Position:
    return Position(position.line + 1, position.column + 1)
