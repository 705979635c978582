"""Several runnables at the same time, and one response of theirs: all of them, a vote, or whatever a function makes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from mfo_runtime.agents.flow_context import FlowContext
from mfo_runtime.agents.prototypes import Prototype, schema_of
from mfo_runtime.agents.response import Response, ResponseKind
from mfo_runtime.agents.runnable import Runnable, name_of
from mfo_runtime.errors import InvalidOutputError, TaskError
from mfo_runtime.json_schema import schema_problem
from mfo_runtime.providers.json_answers import parse_answer

Merge: TypeAlias = Callable[[Sequence[Response]], Response]
"""Makes one response of several, which come in the order of the runnables."""


class ParallelError(TaskError):
    """Runnables failed that ran at the same time.

    Attributes:
        errors: for each runnable, in their order, its error, or None.
    """

    code = "parallel_failed"
    default_hint = "Look at each of the errors."

    def __init__(self, errors: Sequence[Exception | None], names: Sequence[str] = ()) -> None:
        """Tell of all errors, by index and name."""
        self.errors = tuple(errors)
        told = [f"[{index}{_named(names, index)}] {error}" for index, error in enumerate(errors) if error is not None]
        super().__init__(f"{len(told)} of {len(self.errors)} failed: {'; '.join(told)}")

    @property
    def failed_indexes(self) -> tuple[int, ...]:
        """Which of them failed, from 0."""
        return tuple(index for index, error in enumerate(self.errors) if error is not None)

    @property
    def causes(self) -> tuple[Exception, ...]:
        """Their errors alone."""
        return tuple(error for error in self.errors if error is not None)


def _named(names: Sequence[str], index: int) -> str:
    return f" {names[index]}" if index < len(names) and names[index] else ""


def all_of_them(responses: Sequence[Response]) -> Response:
    """The responses themselves as ``value``, and their messages below each other."""
    return Response(message="\n\n".join(one.message for one in responses if one.message), value=tuple(responses))


class Parallel:
    """Runs all at the same time, each on a copy of the context; what they did is joined in their order."""

    def __init__(self, *steps: Runnable, merge: Merge = all_of_them, enough: int | None = None) -> None:
        """Run ``steps``.

        Args:
            steps: what is run.
            merge: makes one response of theirs.
            enough: how many have to succeed; all where it is None.

        Raises:
            ValueError: there is none, or ``enough`` is not between 1 and their number.
        """
        if not steps or (enough is not None and not 1 <= enough <= len(steps)):
            raise ValueError("Parallel needs a step, and enough is between 1 and the number of steps.")
        self._steps = steps
        self._merge = merge
        self._enough = len(steps) if enough is None else enough

    async def run(self, context: FlowContext) -> Response:
        """Run them, and wait for all.

        Raises:
            ParallelError: too many failed; it holds all errors with their indexes.
            InvalidOutputError: ``merge`` finds no response in what they gave.
        """
        branches = [context.branch() for _ in self._steps]
        running = (step.run(branch) for step, branch in zip(self._steps, branches, strict=True))
        results = await asyncio.gather(*running, return_exceptions=True)
        errors = [one if isinstance(one, Exception) else None for one in results]
        fatal = next(
            (one for one in results if isinstance(one, BaseException) and not isinstance(one, Exception)), None
        )
        if fatal is not None:
            raise fatal
        good = [one for one in results if isinstance(one, Response)]
        if len(good) < self._enough:
            raise ParallelError(errors, [name_of(step) for step in self._steps])
        for branch, result in zip(branches, results, strict=True):
            if isinstance(result, Response):
                context.join(branch)
        context.previous = self._merge(good)
        return context.previous


def vote(key: Callable[[Response], Any] | None = None) -> Merge:
    """A merge that takes what most of them say, of several the first; ``key`` says what is compared.

    Without one, actions are compared by name and parameters, messages by their JSON value, or their words in any case.
    """
    compared = key or _said

    def merge(responses: Sequence[Response]) -> Response:
        keys = [json.dumps(compared(one), sort_keys=True, default=str) for one in responses]
        return responses[max(range(len(keys)), key=lambda index: (keys.count(keys[index]), -index))]

    return merge


def _said(response: Response) -> Any:
    if response.kind is ResponseKind.METHOD:
        return [response.action, dict(response.params)]
    parsed = parse_answer(response.message)
    return " ".join(response.message.casefold().split()) if parsed is None else parsed


def valid_ones(schema: Prototype, then: Merge = all_of_them, normalise: Callable[[Any], Any] | None = None) -> Merge:
    """A merge that leaves out what is not JSON of a schema, and hands the rest on, each parsed as ``value``.

    Args:
        schema: what answers must be like: a type or a JSON Schema.
        then: makes one response of those that are valid.
        normalise: turns each value into its usual form first; a ``ValueError`` leaves it out.
    """

    def merge(responses: Sequence[Response]) -> Response:
        good: list[Response] = []
        problems: list[str] = []
        for index, one in enumerate(responses):
            try:
                value = _valid(one, schema, normalise)
            except ValueError as error:
                problems.append(f"[{index}] {error}")
                continue
            message = json.dumps(value, ensure_ascii=False) if one.kind is ResponseKind.MESSAGE else one.message
            good.append(Response(one.kind, one.action, one.params, message, one.raw, value))
        if not good:
            raise InvalidOutputError(f"No answer is valid: {'; '.join(problems)}.")
        return then(good)

    return merge


def _valid(response: Response, schema: Prototype, normalise: Callable[[Any], Any] | None) -> Any:
    value = dict(response.params) if response.kind is ResponseKind.METHOD else parse_answer(response.message)
    if value is None:
        raise ValueError("it is not JSON")
    value = normalise(value) if normalise is not None else value
    problem = schema_problem(value, schema_of(schema))
    if problem:
        raise ValueError(problem)
    return value


def most_confident(name: str = "confidence") -> Merge:
    """A merge that takes the answer with the highest number under a name; for use behind ``valid_ones``."""

    def confidence(response: Response) -> float:
        value = response.value.get(name) if isinstance(response.value, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        return float(value) if isinstance(value, int | float) else float("-inf")

    return lambda responses: max(responses, key=confidence)
