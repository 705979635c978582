"""An expression in one call: check what was read, compile a text, evaluate it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mfo_dialect.expressions.checking import Checked, check_tree
from mfo_dialect.expressions.evaluation import Program, compile_tree
from mfo_dialect.expressions.parser import Parsed, parse
from mfo_dialect.expressions.problems import ExpressionError
from mfo_dialect.expressions.types import Type, from_shape, of_value
from mfo_dialect.expressions.values.budget import Clock, system_clock
from mfo_dialect.shapes import Shape


def check(parsed: Parsed, names: Mapping[str, Shape], *, unknown_names_allowed: bool = False) -> Checked:
    """Check a parsed expression over the shapes of the names it may read.

    Args:
        parsed: the expression; where its form is broken, what can be read of it is checked too.
        names: every name that it may read.
        unknown_names_allowed: whether any other bare name may exist too; calling it is a problem all the same.

    Returns:
        All problems, those of the form first, and the shape of the result.
    """
    return check_tree(
        parsed.tree, _Types(names), unknown_names_allowed=unknown_names_allowed, syntax_problems=parsed.problems
    )


def compile(  # noqa: A001 - the name that the field knows
    source: str,
    env_or_shapes: Mapping[str, Any] | None = None,
    *,
    typed: bool = True,
    unknown_names_allowed: bool = False,
) -> Program:
    """Read and check an expression once, to evaluate it many times.

    Args:
        source: the expression.
        env_or_shapes: the names it may read, as values like those it will be evaluated over, or as shapes; None
            where they are not known.
        typed: whether names and types are checked; a name that the environment has not is an error then. Without it
            nothing is known of names, and one that the environment has not is nil.
        unknown_names_allowed: whether names beyond ``env_or_shapes`` are left to the evaluation.

    Returns:
        The program; its ``evaluate(env)`` gives the value.

    Raises:
        ExpressionError: of stage ``compile``, with all problems.
    """
    parsed = parse(source)
    if parsed.problems:
        raise ExpressionError("compile", parsed.problems)
    names = _Types(env_or_shapes) if typed and env_or_shapes is not None else None
    checked = check_tree(parsed.tree, names, unknown_names_allowed=unknown_names_allowed)
    if checked.problems:
        raise ExpressionError("compile", checked.problems)
    are_names_open = names is None or unknown_names_allowed
    return compile_tree(parsed.tree, checked.types, must_names_exist=typed and are_names_open)


def evaluate(source: str, env: Mapping[str, Any], *, typed: bool = True, clock: Clock = system_clock) -> Any:
    """The value of an expression over the values of its names.

    Args:
        source: the expression.
        env: the names and their values: plain JSON values, bytes, times and durations.
        typed: as for ``compile``.
        clock: what ``now()`` reads, in nanoseconds since 1970-01-01 UTC.

    Returns:
        A plain JSON value, bytes, or one of the small values of time; maps whose keys are not text get text keys.

    Raises:
        ExpressionError: of stage ``compile`` when the expression is wrong whatever the values, else ``run``.
    """
    return compile(source, env if typed else None, typed=typed).evaluate(env, clock=clock)


class _Types(Mapping[str, Type]):
    """The types of names, given as values or as shapes; that of one name is worked out when it is asked for."""

    __slots__ = ("_given",)

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given

    def __getitem__(self, name: str) -> Type:
        known = self._given[name]
        return from_shape(known) if isinstance(known, Shape) else of_value(known)

    def __contains__(self, name: object) -> bool:
        return name in self._given

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)
