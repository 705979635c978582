"""Flows: one runnable after another, by what the last one chose, or again until it is enough."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from mfo_runtime.agents.flow_context import FlowContext
from mfo_runtime.agents.response import Response
from mfo_runtime.agents.runnable import Runnable
from mfo_runtime.errors import ConditionFailedError, InvalidInputError, LoopLimitExceededError

DEFAULT_ITERATIONS = 10
"""How often ``Iterate`` runs its step at most."""


class Chain:
    """Runs one after the other; each sees what those before it did. The last response is the chain's."""

    def __init__(self, *steps: Runnable) -> None:
        if not steps:
            raise ValueError("A chain needs a step.")
        self.steps = steps

    async def run(self, context: FlowContext) -> Response:
        """Run them all; the first that fails ends the chain."""
        response = Response()
        for step in self.steps:
            response = await step.run(context)
        return response


@dataclass(frozen=True, slots=True)
class DecideCase:
    """One branch; ``action`` None is the one that is taken where no other fits."""

    action: str | None
    runnable: Runnable


def When(action: str, runnable: Runnable) -> DecideCase:  # noqa: N802 - reads as part of Decide
    """The branch for one action of the response before."""
    return DecideCase(action, runnable)


def Otherwise(runnable: Runnable) -> DecideCase:  # noqa: N802 - reads as part of Decide
    """The branch for all else, messages included."""
    return DecideCase(None, runnable)


class Decide:
    """Goes on with the branch of the action that the response before called."""

    def __init__(self, *cases: DecideCase) -> None:
        """Choose among ``cases``; of several for one action the first counts.

        Raises:
            ValueError: there is none.
        """
        if not cases:
            raise ValueError("Decide needs a case.")
        self._cases = cases

    async def run(self, context: FlowContext) -> Response:
        """Run the branch.

        Raises:
            ConditionFailedError: there is no branch for it, and no ``Otherwise``.
        """
        action = context.previous_action
        for case in self._cases:
            if case.action is None or (action and case.action == action):
                return await case.runnable.run(context)
        names = ", ".join(str(case.action) for case in self._cases)
        said = f'"{action}"' if action else "no action"
        raise ConditionFailedError(f"The response before called {said}, and there are branches for: {names}.")


class IterateMax:
    """Runs a step again until a response is enough."""

    def __init__(self, step: Runnable, until: Callable[[Response], bool], most: int) -> None:
        """Iterate.

        Args:
            step: what is run.
            until: whether a response is enough.
            most: how often it is run at most.

        Raises:
            ValueError: ``most`` is less than 1.
        """
        if most < 1:
            raise ValueError("A loop runs at least once.")
        self._step = step
        self._until = until
        self._most = most

    async def run(self, context: FlowContext) -> Response:
        """Run it until it is enough.

        Raises:
            LoopLimitExceededError: it was not, however often it ran.
        """
        for _ in range(self._most):
            response = await self._step.run(context)
            if self._until(response):
                return response
        raise LoopLimitExceededError(
            f"The step ran {self._most} times and its response was not what ends the loop.",
            hint="Check the condition, or allow more iterations.",
        )


def Iterate(step: Runnable, until: Callable[[Response], bool]) -> IterateMax:  # noqa: N802 - reads as the others
    """``IterateMax`` with ten iterations."""
    return IterateMax(step, until, DEFAULT_ITERATIONS)


class Guard:
    """Runs something only where a condition holds; else the response before stays as it is."""

    def __init__(self, condition: Callable[[FlowContext], bool], then: Runnable) -> None:
        self._condition = condition
        self._then = then

    async def run(self, context: FlowContext) -> Response:
        """Run it, or give the response before; an empty message where there is none."""
        if self._condition(context):
            return await self._then.run(context)
        return context.previous or Response()


class Transform:
    """Turns the response before into another one."""

    def __init__(self, function: Callable[[Response], Response]) -> None:
        self._function = function

    async def run(self, context: FlowContext) -> Response:
        """Turn it.

        Raises:
            InvalidInputError: nothing was responded before, or the function is a coroutine function.
        """
        if context.previous is None:
            raise InvalidInputError("There is no response to transform yet.", hint="Put a step before it.")
        if inspect.iscoroutinefunction(self._function):
            raise InvalidInputError(
                "Transform takes a plain function.", hint="Use RunnableFunction for one that waits."
            )
        context.previous = self._function(context.previous)
        return context.previous
