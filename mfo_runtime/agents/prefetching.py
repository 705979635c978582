"""Beginning the next step before the one before it has ended, with what it will probably say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from mfo_runtime.agents.flow_context import FlowContext
from mfo_runtime.agents.response import Response
from mfo_runtime.agents.runnable import Runnable


class Prefetch:
    """Runs two runnables in order, the second at once where the first one's response can be foreseen.

    What the second did counts only where the prediction was right; else it is cancelled and run again, so that the
    outcome is always that of ``Chain``. A wrong prediction costs the calls that were made for it.
    """

    def __init__(self, first: Runnable, then: Runnable, predict: Callable[[FlowContext], Response | None]) -> None:
        """Foresee.

        Args:
            first: what runs first.
            then: what runs with its response.
            predict: what the first one will respond; None where nobody knows, and nothing is begun.
        """
        self._first = first
        self._then = then
        self._predict = predict

    async def run(self, context: FlowContext) -> Response:
        """Run both; raises what either raises as ``Chain`` would."""
        predicted = self._predict(context)
        if predicted is None:
            await self._first.run(context)
            return await self._then.run(context)
        branch = context.branch()
        name = getattr(self._first, "name", "")
        if name:
            branch.respond(name, predicted)
        branch.previous = predicted
        ahead = asyncio.ensure_future(self._then.run(branch))
        try:
            response = await self._first.run(context)
            if response.to_data() == predicted.to_data():
                result = await ahead
                context.join(branch)
                context.previous = result
                return result
        finally:
            ahead.cancel()
            await asyncio.gather(ahead, return_exceptions=True)
        return await self._then.run(context)
