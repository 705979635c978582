"""What one evaluation carries along: the environment, variables, the loop around, the budget."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mfo_dialect.expressions.functions.loops import Loop
from mfo_dialect.expressions.values.budget import Budget


class Frame:
    """One evaluation under way."""

    __slots__ = ("budget", "environment", "loop", "variables")

    def __init__(self, environment: dict[str, Any], variables: int, budget: Budget) -> None:
        """Start with room for that many variables."""
        self.environment = environment
        self.variables: list[Any] = [None] * variables
        self.loop: Loop | None = None
        self.budget = budget


Closure = Callable[[Frame], Any]
Step = Callable[[Any, Frame], Any]
