"""What models cost, and how much of it may be spent: by a task, an agent, a run, a month."""

from __future__ import annotations

import json
import math
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from mfo_runtime.agents.exchange import Adapter, Middleware, Piece, Prompt, Reply, estimated_tokens
from mfo_runtime.agents.wrapping import WrappedAdapter
from mfo_runtime.errors import BudgetExceededError
from mfo_runtime.json_numbers import is_number, is_whole_number

_MILLION = 1_000_000
_WARNED_AT = 0.8
_DEFAULT = "default"
_LEAST_ANSWER = 1


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens cost, read and written, in whatever money the budgets are counted in."""

    input: float
    output: float


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Prices by model; that of ``default`` counts for all that are not in it."""

    prices: Mapping[str, Price] = field(default_factory=dict[str, Price])

    def of(self, model_id: str) -> Price | None:
        """The price of a model; None where nobody knows."""
        return self.prices.get(model_id) or self.prices.get(_DEFAULT)

    def cost(self, model_id: str, input_tokens: int, output_tokens: int) -> float | None:
        """What a call costs; None where nobody knows."""
        price = self.of(model_id)
        if price is None:
            return None
        return (price.input * input_tokens + price.output * output_tokens) / _MILLION


class Budget(Protocol):
    """So many tokens, so much money."""

    @property
    def name(self) -> str:
        """Whose budget it is, as messages say it: ``the run``, ``agent "writer"``."""
        ...

    @property
    def max_tokens(self) -> int | None:
        """The most tokens; None for any number."""
        ...

    @property
    def max_cost(self) -> float | None:
        """The most money; None for any amount."""
        ...

    @property
    def tokens(self) -> int:
        """What was spent, and what is being spent."""
        ...

    @property
    def cost(self) -> float:
        """What was spent, and what is being spent."""
        ...

    def add(self, tokens: int, cost: float) -> None:
        """Count something; less than nothing gives back what was put by."""
        ...


@dataclass
class CountedBudget:
    """A budget that is counted here."""

    name: str
    max_tokens: int | None = None
    max_cost: float | None = None
    tokens: int = 0
    cost: float = 0.0

    def add(self, tokens: int, cost: float) -> None:
        """Count something."""
        self.tokens += tokens
        self.cost += cost


@dataclass(frozen=True, slots=True)
class Spent:
    """What one call cost; ``cost`` is None where the model has no price."""

    model_id: str
    tokens: int
    cost: float | None

    def usage(self, reported: Mapping[str, Any]) -> dict[str, Any]:
        """What a server reported of the call, with what it cost, and with estimated tokens where none were reported."""
        usage = dict(reported)
        if "input_tokens" not in usage and "output_tokens" not in usage:
            usage["total_tokens"] = self.tokens
        return usage if self.cost is None else {**usage, "cost": self.cost}


@dataclass
class Purse:
    """Several budgets that every call is counted in.

    A call is refused before it is made where what it will at least use, its prompt as estimated and one token of an
    answer (or ``options.max_tokens``), is more than a budget has left. So a budget is exceeded by the answer of one call
    at most, and calls at the same time count each other's prompts.

    Attributes:
        budgets: all that count.
        prices: what models cost.
        warn: told once for each budget of which four fifths are spent.
        on_spent: told of each call.
    """

    budgets: Sequence[Budget]
    prices: PriceTable = field(default_factory=PriceTable)
    warn: Callable[[str], None] | None = None
    on_spent: Callable[[Spent], None] | None = None
    _warned: set[str] = field(default_factory=set[str])

    @contextmanager
    def call(self, prompt: Prompt) -> Generator[Callable[[Reply], None]]:
        """A block in which a model is asked; gives what is to be told of the reply.

        Raises:
            BudgetExceededError: it would exceed a budget, or a budget is in money and the model has no price.
        """
        input_tokens = prompt_tokens(prompt)
        output_tokens = _most_tokens(prompt)
        cost = self.prices.cost(prompt.model_id or "", input_tokens, output_tokens)
        tokens = input_tokens + output_tokens
        for budget in self.budgets:
            _check(budget, tokens, cost, prompt.model_id)
        for budget in self.budgets:
            budget.add(tokens, cost or 0.0)
        settled = False

        def settle(reply: Reply) -> None:
            nonlocal settled
            settled = True
            spent = self.spent(reply, prompt)
            for budget in self.budgets:
                budget.add(spent.tokens - tokens, (spent.cost or 0.0) - (cost or 0.0))
            self._tell(spent)

        try:
            yield settle
        finally:
            if not settled:
                for budget in self.budgets:
                    budget.add(-tokens, -(cost or 0.0))

    def spent(self, reply: Reply, prompt: Prompt) -> Spent:
        """What a call cost: by what the server counted, else by estimate."""
        read = _count(reply.usage.get("input_tokens"), prompt_tokens(prompt))
        written = _count(reply.usage.get("output_tokens"), estimated_tokens(reply.text))
        model = next((one for one in (reply.model_id, prompt.model_id or "") if self.prices.of(one)), reply.model_id)
        return Spent(model, read + written, self.prices.cost(model, read, written))

    def _tell(self, spent: Spent) -> None:
        if self.on_spent is not None:
            self.on_spent(spent)
        for budget in self.budgets:
            if self.warn is not None and budget.name not in self._warned and _share(budget) >= _WARNED_AT:
                self._warned.add(budget.name)
                self.warn(f"{_share(budget):.0%} of the budget of {budget.name} is spent ({_told(budget)}).")


class _BudgetedAdapter(WrappedAdapter):
    def __init__(self, inner: Adapter, purse: Purse) -> None:
        super().__init__(inner)
        self._purse = purse

    async def call(self, prompt: Prompt) -> Reply:
        """As the inner one, within the budgets."""
        with self._purse.call(prompt) as settle:
            reply = await self.inner.call(prompt)
            settle(reply)
            return reply

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """As the inner one, within the budgets."""
        with self._purse.call(prompt) as settle:
            async with aclosing(self.inner.stream(prompt)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Reply):
                        settle(piece)
                    yield piece


def with_budgets(purse: Purse) -> Middleware:
    """Middleware that counts calls in budgets, and refuses those that would exceed one."""
    return lambda inner: _BudgetedAdapter(inner, purse)


def prompt_tokens(prompt: Prompt) -> int:
    """About how many tokens a prompt has: its texts and its tools."""
    texts = [prompt.system, *(message.content for message in prompt.messages)]
    called = [json.dumps(dict(call.arguments), default=str) for one in prompt.messages for call in one.tool_calls]
    tools = [json.dumps(tool.to_data(), default=str) for tool in prompt.tools]
    return sum(map(estimated_tokens, [*texts, *called, *tools]))


def _most_tokens(prompt: Prompt) -> int:
    most = prompt.options.get("max_tokens")
    return most if is_whole_number(most) and most > 0 else _LEAST_ANSWER


def _check(budget: Budget, tokens: int, cost: float | None, model_id: str | None) -> None:
    if budget.max_tokens is not None and budget.tokens + tokens > budget.max_tokens:
        raise BudgetExceededError(
            f"The next call takes about {tokens} tokens, and the budget of {budget.name} has "
            f"{max(budget.max_tokens - budget.tokens, 0)} of {budget.max_tokens} left.",
        )
    if budget.max_cost is None or math.isinf(budget.max_cost):
        return
    if cost is None:
        model = f'the model "{model_id}"' if model_id else "the server's default model"
        raise BudgetExceededError(
            f"The budget of {budget.name} is in money, and {model} has no price.",
            hint='Give it one: [prices."model"] with input and output in mfo.toml, or [prices.default].',
        )
    if budget.cost + cost > budget.max_cost:
        raise BudgetExceededError(
            f"The next call costs about {cost:.6g}, and the budget of {budget.name} has "
            f"{max(budget.max_cost - budget.cost, 0):.6g} of {budget.max_cost:g} left.",
        )


def _share(budget: Budget) -> float:
    of_tokens = budget.tokens / budget.max_tokens if budget.max_tokens else 0.0
    of_money = budget.cost / budget.max_cost if budget.max_cost else 0.0
    return max(of_tokens, of_money)


def _told(budget: Budget) -> str:
    told: list[str] = []
    if budget.max_tokens is not None:
        told.append(f"{budget.tokens} of {budget.max_tokens} tokens")
    if budget.max_cost is not None:
        told.append(f"{budget.cost:.4g} of {budget.max_cost:g}")
    return ", ".join(told)


def _count(value: Any, otherwise: int) -> int:
    return int(value) if is_number(value) and value >= 0 else otherwise
