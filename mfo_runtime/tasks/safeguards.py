"""What protects models and those who pay for them, over all agents of a run, or of a service: breakers, rates, budgets."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from aiolimiter import AsyncLimiter
from cachetools import LRUCache

from mfo_dialect.model.project import Project
from mfo_runtime.agents import (
    Budget,
    CountedBudget,
    Ledger,
    MemoryCache,
    ModelChoice,
    MonthBudget,
    Price,
    PriceTable,
    RateLimiter,
    Spent,
    rate_limiter,
)
from mfo_runtime.client import CircuitBreakerPolicy, Clock
from mfo_runtime.client.breaker import Breaker
from mfo_runtime.json_numbers import is_number, is_whole_number

_MOST_KEPT = 1000
_log = logging.getLogger("mfo_runtime.budgets")


class Safeguards:
    """Breakers, rates and answers that are shared by all runs that are given the same object; kept in this process."""

    def __init__(self, policy: CircuitBreakerPolicy | None = None) -> None:
        """Begin with nothing known; ``policy`` says when an agent's model is left alone."""
        self._policy = policy or CircuitBreakerPolicy()
        self._breakers: LRUCache[str, Breaker] = LRUCache(_MOST_KEPT)
        self._limiters: LRUCache[tuple[str, int], AsyncLimiter] = LRUCache(_MOST_KEPT)
        self._caches: LRUCache[tuple[str, float], MemoryCache] = LRUCache(_MOST_KEPT)

    def breaker(self, agent: str, model: ModelChoice) -> Breaker:
        """The breaker of an agent's model."""
        name = f'agent "{agent}" with {model}'
        if name not in self._breakers:
            self._breakers[name] = Breaker(self._policy, name, Clock())
        return self._breakers[name]

    def limiter(self, name: str, requests_per_minute: int) -> RateLimiter:
        """The rate of somebody."""
        key = (name, requests_per_minute)
        if key not in self._limiters:
            self._limiters[key] = rate_limiter(requests_per_minute)
        return self._limiters[key]

    def cache(self, agent: str, ttl: float) -> MemoryCache:
        """The answers that an agent's models gave."""
        if (agent, ttl) not in self._caches:
            self._caches[agent, ttl] = MemoryCache(ttl)
        return self._caches[agent, ttl]


def tenant_rate(project: Project, tenant: str) -> int | None:
    """How often models may be asked in a minute for a tenant; None for any number."""
    section = project.section("tenants")
    rate = map_of(section.get("limits")).get(tenant, section.get("requests_per_minute"))
    return rate if is_whole_number(rate) and rate > 0 else None


@dataclass
class Spending:
    """What one run may spend and has spent.

    Attributes:
        run: the budget of the run.
        month: the budget of the month; None where there is none, or nothing is kept.
        prices: what models cost.
        warn: told where four fifths of a budget are spent, or an agent goes on with another model.
        agents: the budgets of agents by their ids.
        tasks: the budgets of tasks by the keys of their executions.
        warned: what was told once and is not told again in this run.
    """

    run: CountedBudget = field(default_factory=lambda: CountedBudget("the run"))
    month: MonthBudget | None = None
    prices: PriceTable = field(default_factory=PriceTable)
    warn: Callable[[str], None] = _log.warning
    agents: dict[str, CountedBudget] = field(default_factory=dict[str, CountedBudget])
    tasks: dict[str, CountedBudget] = field(default_factory=dict[str, CountedBudget])
    warned: set[str] = field(default_factory=set[str])

    @property
    def budgets(self) -> tuple[Budget, ...]:
        """Those that every call counts in."""
        return (self.run, self.month) if self.month is not None else (self.run,)

    def warn_once(self, subject: str, words: str) -> None:
        """Warn of a subject, unless somebody did in this run."""
        if subject not in self.warned:
            self.warned.add(subject)
            self.warn(words)

    def go_on(self, usage: Mapping[str, Any], usage_of_tasks: Mapping[str, Mapping[str, Any]]) -> None:
        """Count what an earlier part of the run used; the month's book has it already.

        Args:
            usage: all of it, and what of it counts for agents.
            usage_of_tasks: what each execution of a task used, by its key.
        """
        self.run.add(_tokens_of(usage), float(usage.get("cost", 0.0)))
        for agent_id, share in map_of(usage.get("agents")).items():
            self.of_agent(agent_id).add(int(share.get("tokens", 0)), float(share.get("cost", 0.0)))
        for key, used in usage_of_tasks.items():
            self.of_task(key).add(_tokens_of(used), float(used.get("cost", 0.0)))

    def of_agent(self, agent_id: str, max_tokens: int | None = None, max_cost: float | None = None) -> CountedBudget:
        """The budget of an agent in this run, over all that it does, with these limits."""
        budget = self.agents.setdefault(agent_id, CountedBudget(f'agent "{agent_id}"'))
        budget.max_tokens, budget.max_cost = max_tokens, max_cost
        return budget

    def of_task(self, key: str, max_tokens: int | None = None, max_cost: float | None = None) -> CountedBudget:
        """The budget of one execution of a task, over all of its tries, with these limits."""
        budget = self.tasks.setdefault(key, CountedBudget("the task"))
        budget.max_tokens, budget.max_cost = max_tokens, max_cost
        return budget

    def write(self, entry: str, agent: str, spent: Spent) -> None:
        """Write a call into the month's book, where there is one; raises ``JournalError``."""
        if self.month is not None:
            self.month.book.add(entry, agent, spent.model_id, spent.tokens, spent.cost or 0.0)
            self.month.written(spent.tokens, spent.cost or 0.0)


def spending_of(project: Project, book: Ledger | None = None, warn: Callable[[str], None] | None = None) -> Spending:
    """What the project file says of budgets and prices, for a new run.

    Args:
        project: the project file.
        book: where the spending of months is kept; None for nowhere, so that no month's budget counts.
        warn: told what ``Spending.warn`` is; the log where it is None.
    """
    budgets = project.section("budgets")
    monthly = map_of(budgets.get("month"))
    return Spending(
        CountedBudget("the run", _tokens(budgets.get("max_tokens")), limit_of_money(budgets.get("max_cost"))),
        MonthBudget(book, _tokens(monthly.get("max_tokens")), limit_of_money(monthly.get("max_cost")))
        if book is not None and monthly
        else None,
        price_table(project),
        warn or _log.warning,
    )


def price_table(project: Project) -> PriceTable:
    """The prices of the project file; one that is not whole is not there."""
    prices: dict[str, Price] = {}
    for model, written in project.section("prices").items():
        row = map_of(written)
        read, said = limit_of_money(row.get("input")), limit_of_money(row.get("output"))
        if read is not None and said is not None:
            prices[model] = Price(read, said)
    return PriceTable(prices)


def map_of(value: Any) -> dict[str, Any]:
    """A value that is a map, as a dict; an empty one for anything else."""
    return dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else {}


def items_of(value: Any) -> list[Any]:
    """The items of a list; none for anything else."""
    return list(cast("list[Any]", value)) if isinstance(value, list) else []


def limit_of_money(value: Any) -> float | None:
    """An amount that is a limit; None for none, an endless one included."""
    if not is_number(value) or not 0 <= value < math.inf:
        return None
    return float(value)


def _tokens_of(usage: Mapping[str, Any]) -> int:
    """The tokens of a sum of calls; of some of them only the total may be known."""
    return int(max(usage.get("input_tokens", 0) + usage.get("output_tokens", 0), usage.get("total_tokens", 0)))


def _tokens(value: Any) -> int | None:
    return value if is_whole_number(value) and value > 0 else None
