"""What can be wrong with an expression: problems with a place and a kind, and the error that carries them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from mfo_dialect.text import Span


class ProblemKind(Enum):
    """The sort of a problem; each sort is a rule of its own."""

    SYNTAX = "syntax"
    UNKNOWN_NAME = "unknown name"
    UNKNOWN_FUNCTION = "unknown function"
    ARGUMENTS = "arguments"
    TYPE = "type"


_LONGEST_SHOWN = 60


def shown(text: str) -> str:
    """A word of the expression in a message: quoted, and cut where it is long."""
    return f'"{text}"' if len(text) <= _LONGEST_SHOWN else f'"{text[:_LONGEST_SHOWN]}..."'


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        message: what, in a sentence without a full stop.
        span: where, in offsets of the expression's source.
        kind: its sort.
        suggestions: names that may have been meant, nearest first.
    """

    message: str
    span: Span
    kind: ProblemKind
    suggestions: tuple[str, ...] = ()


class ExpressionError(Exception):
    """An expression has no value.

    Attributes:
        stage: ``compile`` when that is known without evaluating it, else ``run``.
        span: where, in offsets of the expression's source.
        problems: all that is known to be wrong, the deciding one first; of stage ``run`` exactly one.
    """

    def __init__(self, stage: Literal["compile", "run"], problems: tuple[Problem, ...]) -> None:
        """Make the error of ``problems``, at least one."""
        super().__init__(problems[0].message)
        self.stage: Literal["compile", "run"] = stage
        self.problems = problems

    @property
    def message(self) -> str:
        """What the deciding problem says."""
        return self.problems[0].message

    @property
    def span(self) -> Span:
        """Where the deciding problem is."""
        return self.problems[0].span
