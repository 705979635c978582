"""The keys of ``error_handling`` (dialect section 5.2)."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from mfo_dialect.catalogue.values import (
    DURATION,
    VALUE,
    BooleanType,
    IntegerType,
    Key,
    ListType,
    MapType,
    Names,
    NumberType,
    TextType,
    choice,
    name_of,
)

MOST_TRIES = 100
"""How often a task, or a request of the client, can be tried in all."""

ERROR_TYPES = (
    "connection_failed",
    "timeout",
    "rate_limited",
    "internal",
    "circuit_open",
    "invalid_response",
    "invalid_output",
    "task_timeout",
    "task_failed",
    "validation",
    "authentication",
    "authorization",
    "not_found",
    "conflict",
)

RETRY = MapType(
    "retry policy",
    (
        Key("max_attempts", IntegerType(1, MOST_TRIES), "How often the task is tried in all.", default="3"),
        Key(
            "backoff",
            choice("exponential", "linear", "constant"),
            "How the wait between tries grows.",
            default="exponential",
        ),
        Key("initial_delay", DURATION, "The wait before the second try.", default="1s"),
        Key("max_delay", DURATION, "The longest wait between two tries.", default="1m"),
        Key("multiplier", NumberType(1), "What each exponential wait is multiplied by.", default="2.0"),
        Key(
            "jitter",
            BooleanType(),
            "Spread the waits at random, so that many tasks do not retry together.",
            default="true",
        ),
        Key(
            "retry_on",
            ListType(TextType(choices=ERROR_TYPES)),
            "The error types that are tried again; transient ones where this is not given.",
        ),
    ),
)

ON_ERROR_TYPES = ("retry_with_prompt", "fail_fast", "fallback", "continue")

_HANDLERS: dict[str, tuple[Key, ...]] = {
    "retry_with_prompt": (
        Key(
            "append_to_system_prompt",
            name_of(Names.ERROR_TEMPLATE),
            "The key of the used prompt template's error_handling_templates whose text is added to the system prompt.",
            required=True,
        ),
        Key("max_retries", IntegerType(1, 100), "How often the model is asked again.", required=True),
    ),
    "fail_fast": (),
    "fallback": (
        Key("model_id", name_of(Names.MODEL), "The model to ask instead.", source="ours"),
        Key("provider_id", name_of(Names.PROVIDER), "The provider to ask instead.", source="ours"),
    ),
    "continue": (
        Key(
            "output",
            MapType("output", others=VALUE),
            "The output with which the task counts as succeeded.",
            source="ours",
        ),
    ),
}
ON_ERROR = MapType(
    "error handler",
    (Key("type", TextType(choices=ON_ERROR_TYPES), "What to do when the task fails.", required=True),),
    discriminator="type",
    variants=MappingProxyType(_HANDLERS),
    otherwise=tuple(replace(key, required=False) for keys in _HANDLERS.values() for key in keys),
)

ERROR_HANDLING = MapType(
    "error handling",
    (
        Key("retry", RETRY, "Try the task again after transient errors."),
        Key("on_error", ListType(ON_ERROR), "What to do when the task still fails, tried in order."),
    ),
)
