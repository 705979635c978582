"""What is wrong with a template: problems of its text, and the error that a failed rendering raises.

It knows nothing of how templates are read or rendered, and nothing of findings and rules.
"""

from __future__ import annotations

from enum import Enum
from typing import Literal

from mfo_dialect.records import record
from mfo_dialect.text import Span


class ProblemKind(Enum):
    """What sort of mistake a problem is; callers choose their rule by it."""

    SYNTAX = "syntax"
    UNKNOWN_FUNCTION = "unknown-function"
    UNDEFINED_VARIABLE = "undefined-variable"
    DUPLICATE_TEMPLATE = "duplicate-template"
    UNDEFINED_TEMPLATE = "undefined-template"
    WRONG_ARGUMENTS = "wrong-arguments"

    @property
    def is_fatal(self) -> bool:
        """Whether the reference refuses to parse a template with such a problem.

        The others fail only when the rendering comes to them.
        """
        return self not in {ProblemKind.UNDEFINED_TEMPLATE, ProblemKind.WRONG_ARGUMENTS}


@record
class Problem:
    """One mistake in the text of a template.

    Attributes:
        message: What is wrong, for a person; it holds names of the template, never values.
        span: The stretch of the template's source to mark.
        kind: What sort of mistake it is.
        noticed_at: The offset at which a reader that stops at the first mistake gives up; behind ``span`` for a
            block that is never closed.
    """

    message: str
    span: Span
    kind: ProblemKind
    noticed_at: int


class TemplateError(Exception):
    """A template that could not be parsed or rendered.

    Attributes:
        message: What went wrong, without the place.
        stage: ``parse`` when the text is no template, ``exec`` when rendering failed.
        span: Where, in the template's source.
        partial: The text that had been written before rendering failed; empty for ``parse``.
    """

    def __init__(self, message: str, *, stage: Literal["parse", "exec"], span: Span, partial: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.stage: Literal["parse", "exec"] = stage
        self.span = span
        self.partial = partial
