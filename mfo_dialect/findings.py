"""What a check says: a finding, the places it speaks of, and the edits that would mend it.

Values only; who finds, sorts, shows or converts them stands elsewhere.
"""

from __future__ import annotations

from enum import Enum, IntEnum

from mfo_dialect.records import record
from mfo_dialect.text import Span


class Severity(IntEnum):
    """How much a finding weighs; a smaller number weighs more. The engine refuses flows with an ``ERROR``."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 3
    HINT = 4

    @property
    def word(self) -> str:
        """The name as reports and settings write it: ``error``, ``warning``, ``information``, ``hint``."""
        return self.name.lower()


SEVERITIES = (*(severity.word for severity in Severity), "off")
"""What settings may say of a rule."""


class Tag(Enum):
    """How an editor may draw the place, besides underlining it."""

    UNNECESSARY = "unnecessary"
    DEPRECATED = "deprecated"


@record(order=True, guarded=False)
class Place:
    """A stretch of one document; ``document`` is the key by which the bundle knows it."""

    document: str
    span: Span


@record
class Related:
    """A second place that a finding speaks of, with its own words."""

    place: Place
    message: str


@record(guarded=False)
class Edit:
    """Put ``new_text`` at ``place``; a document that does not exist yet is created by an edit at ``Span(0, 0)``."""

    place: Place
    new_text: str


@record(guarded=False)
class Fix:
    """A way to mend a finding.

    Attributes:
        title: what it does, in the imperative, as a menu shows it.
        edits: applied together or not at all; they do not overlap.
        safe: it cannot change what the flow means beyond the mistake; only such fixes are applied without a question.
    """

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False


@record(guarded=False)
class Finding:
    """One mistake at one place.

    Attributes:
        code: the stable code of the rule, ``MFO401``.
        name: the rule's name, ``unknown-reference``.
        severity: as the catalogue or the project file sets it.
        message: what is wrong and what would be right, one sentence without a final period.
        place: where.
        related: other places that matter.
        fixes: ways to mend it, the most likely first.
        tags: for editors.
        missing: the names that are to be there and are not, where it is about such; what is underlined does not tell them.
    """

    code: str
    name: str
    severity: Severity
    message: str
    place: Place
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()
    tags: tuple[Tag, ...] = ()
    missing: tuple[str, ...] = ()
