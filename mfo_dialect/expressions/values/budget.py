"""What one evaluation may spend, and how it fails. It knows no expression, only amounts."""

from __future__ import annotations

from collections.abc import Callable

from mfo_dialect.text import Span

MAX_STEPS = 2_000_000
MAX_ITEMS = 1_000_000
MAX_TEXT = 20_000_000


class Failure(Exception):  # noqa: N818 - it never leaves the package; ExpressionError does
    """An evaluation has failed.

    Attributes:
        message: why.
        span: where, once the node that failed is known.
    """

    def __init__(self, message: str, span: Span | None = None) -> None:
        """Fail with ``message``."""
        super().__init__(message)
        self.message = message
        self.span = span

    def at(self, span: Span) -> Failure:
        """The same failure, placed at ``span`` unless it has a place already."""
        if self.span is None:
            self.span = span
        return self


Clock = Callable[[], int]


def system_clock() -> int:
    """The time now, in nanoseconds since 1970-01-01 UTC: the one clock of the language, read by ``now()`` alone."""
    from time import time_ns  # noqa: PLC0415 - nothing else of the package knows a clock

    return time_ns()


class Budget:
    """What one evaluation has left, and its clock (nanoseconds since 1970-01-01 UTC).

    The limits bound time and memory for any expression over any input; none is near what a condition needs.
    """

    __slots__ = ("clock", "items", "steps", "text")

    def __init__(self, clock: Clock = system_clock) -> None:
        """Start with everything left."""
        self.clock = clock
        self.steps = MAX_STEPS
        self.items = MAX_ITEMS
        self.text = MAX_TEXT

    def spend(self, steps: int) -> None:
        """Count ``steps`` units of work.

        Raises:
            Failure: none are left.
        """
        self.steps -= steps
        if self.steps < 0:
            raise Failure(f"the expression takes more than {MAX_STEPS} steps")

    def take(self, items: int) -> None:
        """Count ``items`` new items of lists and maps.

        Raises:
            Failure: none are left.
        """
        self.items -= items
        if self.items <= 0:
            raise Failure(f"the expression makes more than {MAX_ITEMS} items")

    def write(self, characters: int) -> None:
        """Count ``characters`` of new text.

        Raises:
            Failure: none are left.
        """
        self.text -= characters
        if self.text < 0:
            raise Failure(f"the expression makes more than {MAX_TEXT} characters of text")
