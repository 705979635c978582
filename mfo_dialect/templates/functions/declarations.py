"""What a template function is: one value that completion, hover, checking and rendering read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from mfo_dialect.templates.values import Kind


class Evaluation(Enum):
    """How the arguments of a function are evaluated, and what it gets besides."""

    EAGER = "eager"
    AND = "and"
    OR = "or"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter.

    Attributes:
        name: Its name in the signature.
        kind: The one kind of value that it takes; None takes any.
        repeats: Whether any number of arguments go here; only the last parameter does.
    """

    name: str
    kind: Kind | None = None
    repeats: bool = False

    @property
    def label(self) -> str:
        """The parameter as a signature shows it."""
        shown = "any" if self.kind is None else "list" if self.kind is Kind.LIST else self.kind.value
        return f"{self.name} {'...' if self.repeats else ''}{shown}"


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the template language.

    Attributes:
        name: Its name in templates.
        parameters: What it takes; a value that is piped in comes last.
        result: The type of what it gives.
        documentation: What it does, in Markdown.
        example: A use of it.
        implementation: Computes the result from plain values; null and missing values are None. Raises
            ``FunctionError``.
        is_builtin: Whether it is part of Go's own language, rather than registered besides.
        evaluation: How it is called.
    """

    name: str
    parameters: tuple[Parameter, ...]
    result: str
    documentation: str
    example: str
    implementation: Callable[..., Any]
    is_builtin: bool = True
    evaluation: Evaluation = Evaluation.EAGER

    @property
    def signature(self) -> str:
        """Name, parameters and result in one line."""
        labels = " ".join(f"({parameter.label})" for parameter in self.parameters)
        return f"{self.name} {labels} -> {self.result}" if labels else f"{self.name} -> {self.result}"

    @property
    def least_arguments(self) -> int:
        """The fewest arguments that it takes."""
        return sum(not parameter.repeats for parameter in self.parameters)

    @property
    def most_arguments(self) -> int | None:
        """The most arguments that it takes; None for any number."""
        repeats = bool(self.parameters) and self.parameters[-1].repeats
        return None if repeats else len(self.parameters)

    def complaint(self, count: int) -> str | None:
        """What is wrong with calling it with ``count`` arguments, or None."""
        most = self.most_arguments
        if count >= self.least_arguments and (most is None or count <= most):
            return None
        bound = f"at least {self.least_arguments}" if most is None else str(most)
        return f"wrong number of args for {self.name}: want {bound} got {count}"

    def parameter(self, index: int) -> Parameter:
        """The parameter that takes the argument at ``index``."""
        return self.parameters[min(index, len(self.parameters) - 1)]
