"""The way from an agent to its models: budgets, fallbacks, rates, a breaker, a cache, and a limit of what is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from mfo_runtime.agents import (
    Adapter,
    Middleware,
    ModelChoice,
    Prompt,
    Purse,
    Reply,
    Spent,
    WrappedAdapter,
    chain_middleware,
    with_budgets,
    with_cache,
    with_fallbacks,
    with_pruning,
    with_rate_limits,
)
from mfo_runtime.agents.exchange import estimated_tokens
from mfo_runtime.agents.protecting import RateLimiter, pruned, with_breaker
from mfo_runtime.client import Operations
from mfo_runtime.errors import ServerError
from mfo_runtime.tasks.agents.assignment import Assignment
from mfo_runtime.tasks.agents.description import AgentDescription
from mfo_runtime.tasks.agents.notebook import Notebook
from mfo_runtime.tasks.agents.thread import ThreadAdapter
from mfo_runtime.tasks.context import TaskContext
from mfo_runtime.tasks.conversation import AGENTS
from mfo_runtime.tasks.safeguards import Safeguards, tenant_rate


@dataclass
class Current:
    """The step that asks now, the prompt as it went out, what it cost, and which models did not answer, and why."""

    step: str = ""
    prompt: Prompt = field(default_factory=lambda: Prompt("", ()))
    spent: Spent | None = None
    failed: list[dict[str, str]] = field(default_factory=list[dict[str, str]])

    def begin(self, step: str, prompt: Prompt) -> None:
        """A step asks."""
        self.step, self.prompt, self.spent, self.failed = step, prompt, None, []


@dataclass
class Way:
    """How one agent's model is asked.

    Attributes:
        adapter: with all that protects it.
        thread: the innermost one.
        purse: the budgets that its calls count in.
        max_tokens: how much the model is told; None for any amount.
        count_usage: told what a call used.
        current: which step asks.
    """

    adapter: Adapter
    thread: ThreadAdapter
    purse: Purse
    max_tokens: int | None
    count_usage: Callable[[Reply, Spent | None], None]
    current: Current

    async def ask(self, step: str, prompt: Prompt) -> tuple[Reply, Prompt, Spent | None]:
        """Ask; gives the reply, the prompt as the model got it, and what it cost (None for one out of a cache)."""
        self.current.begin(step, prompt)
        reply = await self.adapter.call(prompt)
        self.count_usage(reply, self.current.spent)
        return reply, self.current.prompt, self.current.spent

    def recall(self, step: str, prompt: Prompt, reply: Reply) -> Spent | None:
        """A reply that was noted: the thread knows it, and the budgets do; gives what it cost."""
        self.current.begin(step, prompt)
        if self.max_tokens is not None:
            left = self.max_tokens - estimated_tokens(prompt.system)
            prompt = replace(prompt, messages=pruned(prompt.messages, left))
        self.thread.heard(prompt, reply)
        return self.purse.spent(reply, prompt) if reply.usage else None


class _Watched(WrappedAdapter):
    """Notes the prompt as the model got it."""

    def __init__(self, inner: Adapter, current: Current) -> None:
        super().__init__(inner)
        self._current = current

    async def call(self, prompt: Prompt) -> Reply:
        self._current.prompt = prompt
        return await self.inner.call(prompt)


def way_of(assignment: Assignment, notes: Notebook) -> Way:
    """The way of an agent that has something to do."""
    agent, context, current = assignment.agent, notes.context, Current()
    models = assignment.models

    def operations(prompt: Prompt) -> Operations:
        chosen = ModelChoice(prompt.model_id, prompt.provider_id)
        number = models.index(chosen) if chosen in models else 0
        return notes.operations(f"{current.step} model {number}" if number else current.step)

    def spend(spent: Spent) -> None:
        current.spent = spent
        context.spending.write(f"{context.key}/{notes.path}{current.step}", agent.id, spent)

    def pass_on(model: ModelChoice, error: ServerError) -> None:
        current.failed.append({"model": str(model), "error": error.message})
        words = f'agent "{agent.id}" goes on with another model, as {model} did not answer: {error.message}'
        context.spending.warn_once(f'agent "{agent.id}" {model}', words)

    purse = replace(assignment.purse, on_spent=spend)
    thread = ThreadAdapter(operations, context.tell_text if assignment.is_first else None)
    around: list[Middleware] = []
    if agent.max_context_tokens is not None:
        around.append(with_pruning(agent.max_context_tokens))
    if agent.cache_ttl is not None:
        around.append(with_cache(context.safeguards.cache(agent.id, agent.cache_ttl)))
    around += [
        with_fallbacks(models, pass_on),
        with_budgets(purse),
        _breakers(context.safeguards, agent.id),
        with_rate_limits(*_limiters(context, agent, assignment.tenant)),
        partial(_Watched, current=current),
    ]

    def count_usage(reply: Reply, spent: Spent | None) -> None:
        if spent is not None:
            share = {"tokens": spent.tokens, "cost": spent.cost or 0.0}
            context.count_usage({**spent.usage(reply.usage), AGENTS: dict.fromkeys(assignment.line, share)})

    adapter = chain_middleware(*around)(thread)
    return Way(adapter, thread, purse, agent.max_context_tokens, count_usage, current)


def _limiters(context: TaskContext, agent: AgentDescription, tenant: str) -> tuple[RateLimiter, ...]:
    """The rates that count for an agent at work for a tenant, who may be nobody in particular."""
    rates = {f"agent {agent.id}": agent.limits.requests_per_minute}
    if tenant:
        rates[f"tenant {tenant}"] = tenant_rate(context.bundle.project, tenant)
    return tuple(context.safeguards.limiter(name, rate) for name, rate in rates.items() if rate is not None)


def _breakers(safeguards: Safeguards, agent: str) -> Middleware:
    """Each model of an agent has a breaker of its own, so that a fallback is asked while the first one is left alone."""

    class Choosing(WrappedAdapter):
        async def call(self, prompt: Prompt) -> Reply:
            model = ModelChoice(prompt.model_id, prompt.provider_id)
            guard = with_breaker(safeguards.breaker(agent, model), f'What agent "{agent}" asks')
            return await guard(self.inner).call(prompt)

    return Choosing
