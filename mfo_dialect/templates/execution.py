"""The state of one rendering: what is written, the options, and how much may still be done.

It knows nothing of nodes; the compiled parts of a template share one ``Run`` and have one ``Frame`` for each call of a
template.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from mfo_dialect.templates.printing import MAX_TEXT
from mfo_dialect.templates.values import MISSING, REFUSED, Absence
from mfo_dialect.text import Span

MissingKey = Literal["default", "invalid", "zero", "error"]
"""What a map without the key gives; ``invalid`` is Go's other word for ``default``."""

Clock = Callable[[], dt.datetime]

MAX_STEPS = 1_000_000
MAX_CALL_DEPTH = 100
ITEMS_PER_STEP = 64


class RenderError(Exception):
    """Rendering cannot go on; ``span`` is where in the source."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


def system_clock() -> dt.datetime:
    """The current time in the local zone."""
    return dt.datetime.now(dt.UTC).astimezone()


def absence(missingkey: MissingKey) -> Absence | None:
    """What a map without the key gives: nothing, the null of Go's zero value, or a refusal."""
    match missingkey:
        case "default" | "invalid":
            return MISSING
        case "zero":
            return None
        case "error":
            return REFUSED


@dataclass(slots=True)
class Run:
    """What one rendering shares: the output, the options, the budget.

    Attributes:
        absent: What a missing key gives, see ``absence``.
        clock: Tells the time.
        output: The pieces written so far.
        steps: How many more statements may run.
        text: How many more characters functions may make.
        depth: How many template calls are open.
    """

    absent: Absence | None
    clock: Clock
    output: list[str] = field(default_factory=list[str])
    steps: int = MAX_STEPS
    text: int = 5 * MAX_TEXT
    depth: int = 0

    def spend(self, steps: int, span: Span) -> None:
        """Count statements that are about to run.

        Raises:
            RenderError: There have been too many.
        """
        self.steps -= steps
        if self.steps < 0:
            raise RenderError("template takes too many steps", span)

    def count_text(self, length: int, span: Span) -> None:
        """Count text that was made.

        Raises:
            RenderError: There has been too much.
        """
        self.text -= length
        self.steps -= length // ITEMS_PER_STEP
        if self.text < 0:
            raise RenderError("template makes too much text", span)

    def written(self) -> tuple[str, bool]:
        """The output, and whether it is complete: it is cut where it grows past ``MAX_TEXT``."""
        size = 0
        for index, piece in enumerate(self.output):
            size += len(piece)
            if size > MAX_TEXT:
                return "".join(self.output[:index]), False
        return "".join(self.output), True


class Unset:
    """The value of a variable whose declaration has not run."""

    __slots__ = ()


UNSET = Unset()


class Frame:
    """The variables of one call of a template, and short ways to what its run shares."""

    __slots__ = ("absent", "run", "variables", "write")

    def __init__(self, run: Run, size: int, data: Any) -> None:
        self.run = run
        self.write = run.output.append
        self.absent = run.absent
        self.variables: list[Any] = [data] + [UNSET] * (size - 1)


Evaluate = Callable[[Frame, Any], Any]
"""Computes a value from the frame and the cursor."""
