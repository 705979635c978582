"""How a builtin function is declared: once, for completion, hover, signature help, checking and evaluation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mfo_dialect.expressions import types
from mfo_dialect.expressions.types import Type


class ArgumentFault(Exception):  # noqa: N818 - it tells the checker; it is not shown
    """The types of the arguments do not suit the function; the message says why."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter.

    Attributes:
        name: its name in the documentation.
        type: what it takes.
        optional: whether it may be left out.
        is_predicate: whether it is an expression that is evaluated for each item.
        repeats: whether any number of further arguments may follow.
    """

    name: str
    type: Type = types.ANY
    optional: bool = False
    is_predicate: bool = False
    repeats: bool = False

    def __str__(self) -> str:
        """The parameter in a signature's label."""
        if self.is_predicate:
            return self.name
        text = f"{self.name} {self.type}" + ("..." if self.repeats else "")
        return f"[{text}]" if self.optional else text


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function: what it takes and what it gives."""

    parameters: tuple[Parameter, ...]
    result: Type

    def label(self, name: str) -> str:
        """The signature in one line."""
        return f"{name}({', '.join(map(str, self.parameters))}) {self.result}"


@dataclass(frozen=True, slots=True)
class Function:
    """One builtin function.

    Attributes:
        name: its name.
        signatures: the ways to call it; without ``result_of`` they are also what calls are checked against.
        documentation: what it does, in Markdown.
        example: a call and its value.
        implementation: the function itself. It is called with the budget of the evaluation and the arguments; one
            that takes a predicate, with the loop (see ``functions.loops``) and the arguments after it.
        result_of: from the types of the arguments to the type of the result, for functions whose signatures do not
            say it all; raises ``ArgumentFault``.
    """

    name: str
    signatures: tuple[Signature, ...]
    documentation: str
    example: str
    implementation: Callable[..., Any]
    result_of: Callable[[tuple[Type, ...]], Type] | None = None

    @property
    def takes_predicate(self) -> bool:
        """Whether one of its arguments is evaluated for each item."""
        return any(parameter.is_predicate for parameter in self.signatures[0].parameters)

    def takes(self, count: int) -> bool:
        """Whether it can be called with that many arguments at all."""
        most = max(len(one.parameters) for one in self.signatures)
        return self.least_arguments <= count and (count <= most or self.repeats)

    @property
    def repeats(self) -> bool:
        """Whether it takes any number of arguments."""
        return any(one.repeats for signature in self.signatures for one in signature.parameters)

    @property
    def least_arguments(self) -> int:
        """How many arguments it needs at least."""
        return min(
            sum(not parameter.optional and not parameter.repeats for parameter in signature.parameters)
            for signature in self.signatures
        )


def parameter(name: str, kind: Type = types.ANY, *, optional: bool = False, repeats: bool = False) -> Parameter:
    """A parameter that takes a value."""
    return Parameter(name, kind, optional, repeats=repeats)


def signature(result: Type, *parameters: Parameter) -> Signature:
    """A way to call a function."""
    return Signature(parameters, result)


def expect_count(arguments: tuple[Type, ...], least: int, most: int | None = None) -> None:
    """Refuse a number of arguments outside the bounds; ``most`` is ``least`` unless given.

    Raises:
        ArgumentFault: there are fewer or more.
    """
    most = least if most is None else most
    if not least <= len(arguments) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise ArgumentFault(f"wrong number of arguments: expected {wanted}, got {len(arguments)}")
