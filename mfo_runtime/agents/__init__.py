"""Agents as code: steps, flows of steps, sessions, adapters to models, and safeguards around them; it knows no document.

In short::

    step = (
        new_step("intent")
        .role("You sort what customers ask for.")
        .task("Say what the customer wants.")
        .input("{{ .query }}")
        .action("search", Search)
        .build()
    )
    async with Engine(MfoAdapter(client)) as engine:
        context, response = await engine.run(step, {"query": "red dress"})
        wanted = params_as(response, "search", Search)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfo_dialect.on_demand import load_on_demand

if TYPE_CHECKING:
    from mfo_runtime.agents.actions import Action, ActionRegistry
    from mfo_runtime.agents.caching import Cache, CachingAdapter, MemoryCache, cache_key, with_cache
    from mfo_runtime.agents.engine import DEFAULT_RETRIES, Engine, Outcome
    from mfo_runtime.agents.exchange import (
        Adapter,
        Message,
        Middleware,
        Piece,
        Prompt,
        Reply,
        ToolCall,
        ToolDef,
        estimated_tokens,
    )
    from mfo_runtime.agents.fallbacks import ModelChoice, with_fallbacks
    from mfo_runtime.agents.flow_context import FlowContext, Metadata, NodeData
    from mfo_runtime.agents.flows import (
        Chain,
        Decide,
        DecideCase,
        Guard,
        Iterate,
        IterateMax,
        Otherwise,
        Transform,
        When,
    )
    from mfo_runtime.agents.layers import ContextBuilder
    from mfo_runtime.agents.ledger import Ledger, MonthBudget, SpendingBook
    from mfo_runtime.agents.middleware import CallHook, Logger, MetricsCollector, with_hook, with_logging, with_metrics
    from mfo_runtime.agents.mock import MockAdapter
    from mfo_runtime.agents.openai_adapter import OpenAIAdapter, OpenAIEndpoint
    from mfo_runtime.agents.parallel import (
        Merge,
        Parallel,
        ParallelError,
        all_of_them,
        most_confident,
        valid_ones,
        vote,
    )
    from mfo_runtime.agents.prefetching import Prefetch
    from mfo_runtime.agents.protecting import (
        RateLimiter,
        pruned,
        rate_limiter,
        with_breaker,
        with_pruning,
        with_rate_limits,
    )
    from mfo_runtime.agents.prototypes import Prototype, schema_of, value_of
    from mfo_runtime.agents.response import Response, ResponseKind, params_as
    from mfo_runtime.agents.runnable import NamedRunnable, Runnable, RunnableFunction
    from mfo_runtime.agents.server_adapter import MfoAdapter
    from mfo_runtime.agents.session import DEFAULT_MAX_SESSIONS, DEFAULT_SESSION_TTL, Session, SessionManager
    from mfo_runtime.agents.spending import Budget, CountedBudget, Price, PriceTable, Purse, Spent, with_budgets
    from mfo_runtime.agents.step import Guide, Step, StepBuilder, ValidationError, Validator, new_step, simple_step
    from mfo_runtime.agents.wrapping import WrappedAdapter, chain_middleware
else:
    __getattr__ = load_on_demand(
        __name__,
        {
            "actions": ["Action", "ActionRegistry"],
            "caching": ["Cache", "CachingAdapter", "MemoryCache", "cache_key", "with_cache"],
            "engine": ["DEFAULT_RETRIES", "Engine", "Outcome"],
            "exchange": [
                "Adapter",
                "Message",
                "Middleware",
                "Piece",
                "Prompt",
                "Reply",
                "ToolCall",
                "ToolDef",
                "estimated_tokens",
            ],
            "fallbacks": ["ModelChoice", "with_fallbacks"],
            "flow_context": ["FlowContext", "Metadata", "NodeData"],
            "flows": [
                "Chain",
                "Decide",
                "DecideCase",
                "Guard",
                "Iterate",
                "IterateMax",
                "Otherwise",
                "Transform",
                "When",
            ],
            "layers": ["ContextBuilder"],
            "ledger": ["Ledger", "MonthBudget", "SpendingBook"],
            "middleware": ["CallHook", "Logger", "MetricsCollector", "with_hook", "with_logging", "with_metrics"],
            "mock": ["MockAdapter"],
            "openai_adapter": ["OpenAIAdapter", "OpenAIEndpoint"],
            "parallel": ["Merge", "Parallel", "ParallelError", "all_of_them", "most_confident", "valid_ones", "vote"],
            "prefetching": ["Prefetch"],
            "protecting": ["RateLimiter", "pruned", "rate_limiter", "with_breaker", "with_pruning", "with_rate_limits"],
            "prototypes": ["Prototype", "schema_of", "value_of"],
            "response": ["Response", "ResponseKind", "params_as"],
            "runnable": ["NamedRunnable", "Runnable", "RunnableFunction"],
            "server_adapter": ["MfoAdapter"],
            "session": ["DEFAULT_MAX_SESSIONS", "DEFAULT_SESSION_TTL", "Session", "SessionManager"],
            "spending": ["Budget", "CountedBudget", "Price", "PriceTable", "Purse", "Spent", "with_budgets"],
            "step": ["Guide", "Step", "StepBuilder", "ValidationError", "Validator", "new_step", "simple_step"],
            "wrapping": ["WrappedAdapter", "chain_middleware"],
        },
    )

__all__ = [
    "DEFAULT_MAX_SESSIONS",
    "DEFAULT_RETRIES",
    "DEFAULT_SESSION_TTL",
    "Action",
    "ActionRegistry",
    "Adapter",
    "Budget",
    "Cache",
    "CachingAdapter",
    "CallHook",
    "Chain",
    "ContextBuilder",
    "CountedBudget",
    "Decide",
    "DecideCase",
    "Engine",
    "FlowContext",
    "Guard",
    "Guide",
    "Iterate",
    "IterateMax",
    "Ledger",
    "Logger",
    "MemoryCache",
    "Merge",
    "Message",
    "Metadata",
    "MetricsCollector",
    "MfoAdapter",
    "Middleware",
    "MockAdapter",
    "ModelChoice",
    "MonthBudget",
    "NamedRunnable",
    "NodeData",
    "OpenAIAdapter",
    "OpenAIEndpoint",
    "Otherwise",
    "Outcome",
    "Parallel",
    "ParallelError",
    "Piece",
    "Prefetch",
    "Price",
    "PriceTable",
    "Prompt",
    "Prototype",
    "Purse",
    "RateLimiter",
    "Reply",
    "Response",
    "ResponseKind",
    "Runnable",
    "RunnableFunction",
    "Session",
    "SessionManager",
    "SpendingBook",
    "Spent",
    "Step",
    "StepBuilder",
    "ToolCall",
    "ToolDef",
    "Transform",
    "ValidationError",
    "Validator",
    "When",
    "WrappedAdapter",
    "all_of_them",
    "cache_key",
    "chain_middleware",
    "estimated_tokens",
    "most_confident",
    "new_step",
    "params_as",
    "pruned",
    "rate_limiter",
    "schema_of",
    "simple_step",
    "valid_ones",
    "value_of",
    "vote",
    "with_breaker",
    "with_budgets",
    "with_cache",
    "with_fallbacks",
    "with_hook",
    "with_logging",
    "with_metrics",
    "with_pruning",
    "with_rate_limits",
]
