"""What happens when a task fails: retries, another prompt, another model, another output (dialect section 5.2).

Each try that failed, and each wait before the next one, is noted before anything follows from it. A task that is
executed again after a crash goes through the same tries without repeating them, and waits only the rest of its wait.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    wait_exponential,
    wait_fixed,
    wait_incrementing,
)

from mfo_dialect.catalogue.error_handling import MOST_TRIES
from mfo_dialect.durations import parse_duration
from mfo_runtime.cassettes import ASKING_TRY
from mfo_runtime.errors import InvalidInputError, InvalidOutputError, MfoError, error_from_data
from mfo_runtime.tasks.context import Execute, Note, Overrides, TaskContext, keep_nothing, mapping_of
from mfo_runtime.tasks.prompts import render_error_text, used_template
from mfo_runtime.tasks.time_limit import within

Sleep = Callable[[float], Awaitable[None]]
BeginAttempt = Callable[[int], None]
ReadMap = Callable[[], Mapping[str, Any]]

LONGEST_RETRY_AFTER = 300.0
"""Seconds: what a server may ask to wait at most; past it, and past ``max_delay``, the task fails at once."""


@dataclass(frozen=True, slots=True)
class ErrorHandling:
    """The error handling that counts for a task.

    Attributes:
        retry: the retry policy as written; None for none.
        on_error: the handlers in order, each read when it is needed: its references may lead nowhere before.
    """

    retry: Mapping[str, Any] | None = None
    on_error: Sequence[ReadMap] = ()


@dataclass(frozen=True, slots=True)
class Attempts:
    """How a task's tries are told, limited, noted, and waited between.

    Attributes:
        begin: told the number of each try but the first.
        sleep: waits that many seconds, holding no slot.
        chance: a number from 0 to 1, for the jitter.
        timeout: the seconds that one try may take; None for any time.
        noted: what was noted by name when the task was executed before.
        note: keeps a fact under a name; what follows from it waits until it is kept.
        now: seconds since the epoch.
    """

    begin: BeginAttempt
    sleep: Sleep = asyncio.sleep
    chance: Callable[[], float] = random.random
    timeout: float | None = None
    noted: Mapping[str, Any] = field(default_factory=dict[str, Any])
    note: Note = keep_nothing
    now: Callable[[], float] = time.time


async def execute_with_handling(
    execute: Execute, read_config: ReadMap, handling: ErrorHandling, context: TaskContext, attempts: Attempts
) -> dict[str, Any]:
    """Execute a task under its ``error_handling``.

    Args:
        execute: the executor.
        read_config: gives the task's config, references replaced; what it raises is handled like any failure.
        handling: the error handling that counts.
        context: the execution.
        attempts: how tries are told and waited between.

    Raises:
        MfoError: the last error, when nothing of the handling helped.
    """
    policy = _Policy(handling.retry, attempts.chance) if handling.retry is not None else None
    tries = _Tries(execute, read_config, policy, context, attempts)
    tries.are_noted = policy is not None or bool(handling.on_error)
    try:
        return await tries.run()
    except MfoError as error:
        return await _on_error(tries, handling.on_error, error)


class _Tries:
    """The tries of one task, counted over all ways of asking."""

    def __init__(
        self, execute: Execute, read_config: ReadMap, policy: _Policy | None, context: TaskContext, attempts: Attempts
    ) -> None:
        self._execute = execute
        self._read_config = read_config
        self._config: Mapping[str, Any] | None = None
        self._policy = policy
        # Where the task has a policy of its own, the client's retries would multiply it.
        self.context = context if policy is None else replace(context, max_attempts=1)
        self._attempts = attempts
        self._count = 0
        self._asked_anew = 1
        self._last_error: MfoError | None = None
        self.are_noted = False

    @property
    def config(self) -> Mapping[str, Any]:
        """The task's config; read once."""
        if self._config is None:
            self._config = self._read_config()
        return self._config

    async def run(self, overrides: Overrides | None = None) -> dict[str, Any]:
        """Ask in one way, again after errors that the policy names, as long as its tries last."""
        context = self.context if overrides is None else self.context.with_overrides(overrides, self._count + 1)
        if self._policy is None:
            return await self._try(context)
        policy = self._policy
        retrying = AsyncRetrying(
            stop=lambda _: self._count >= policy.max_attempts,
            retry=retry_if_exception(policy.is_worth_another_try),
            wait=policy.pause,
            sleep=self._sleep,
            reraise=True,
        )
        return await retrying(self._try, context)

    async def _try(self, context: TaskContext) -> dict[str, Any]:
        self._count += 1
        ASKING_TRY.set(self._count)
        before = self._attempts.noted.get(f"try {self._count}")
        if before is not None:
            self._last_error = error_from_data(before)
            raise self._last_error
        if self._count > 1:
            self._attempts.begin(self._count)
        if isinstance(self._last_error, InvalidOutputError):
            # The server did answer: under the same key it would give the same answer again.
            self._asked_anew = self._count
        if context.try_number < self._asked_anew:
            context = replace(context, try_number=self._asked_anew)
        try:
            return await within(self._attempts.timeout, self._execute(self.config, context))
        except MfoError as error:
            self._last_error = error
            if self.are_noted:
                await self._attempts.note(f"try {self._count}", error.to_data())
            raise

    async def _sleep(self, seconds: float) -> None:
        """Wait before the next try, or the rest of a wait that was begun before; never longer, whatever the clock says."""
        name, now = f"wait {self._count}", self._attempts.now()
        before = self._attempts.noted.get(name)
        if before is None:
            await self._attempts.note(name, {"until": now + seconds, "seconds": seconds})
        else:
            seconds = min(max(0.0, before["until"] - now), before["seconds"])
        await self._attempts.sleep(seconds)


async def _on_error(tries: _Tries, handlers: Sequence[ReadMap], error: MfoError) -> dict[str, Any]:
    for read_handler in handlers:
        try:
            handler = read_handler()
            match handler.get("type"):
                case "retry_with_prompt":
                    return await _retry_with_prompt(tries, handler, error)
                case "fallback":
                    return await tries.run(Overrides(handler.get("model_id"), handler.get("provider_id")))
                case "continue":
                    return dict(handler.get("output") or {})
                case _:
                    break
        except MfoError as next_error:
            error = next_error
    raise error


async def _retry_with_prompt(tries: _Tries, handler: Mapping[str, Any], error: MfoError) -> dict[str, Any]:
    """Ask again with the error in the system prompt, as long as the output is invalid; raises the last error."""
    if not isinstance(error, InvalidOutputError):
        raise error
    template = used_template(tries.config, tries.context.bundle)
    if template is None:
        raise error
    variables = mapping_of(tries.config, "prompt_context")
    last: InvalidOutputError = error
    for _ in range(min(int(handler.get("max_retries") or 1), MOST_TRIES)):
        name = str(handler.get("append_to_system_prompt"))
        text = render_error_text(template, name, last.message, variables, tries.context.bundle, tries.context.clock)
        try:
            return await tries.run(Overrides(system_suffix=text))
        except InvalidOutputError as next_error:
            last = next_error
    raise last


class _Policy:
    """A ``retry`` as written: which errors are tried again, how often, and how long the waits are."""

    def __init__(self, settings: Mapping[str, Any], chance: Callable[[], float]) -> None:
        initial = _seconds(settings, "initial_delay", 1.0)
        longest = _seconds(settings, "max_delay", 60.0)
        retry_on = settings.get("retry_on")
        self._codes: frozenset[str] | None = (
            frozenset(map(str, retry_on)) if isinstance(retry_on, list) else None  # pyright: ignore[reportUnknownArgumentType]
        )
        self.max_attempts = min(max(1, int(settings.get("max_attempts") or 3)), MOST_TRIES)
        self._longest_asked = max(longest, LONGEST_RETRY_AFTER)
        self._has_jitter = settings.get("jitter") is not False
        self._chance = chance
        match settings.get("backoff"):
            case "linear":
                self._wait = wait_incrementing(initial, initial, longest)
            case "constant":
                self._wait = wait_fixed(min(initial, longest))
            case _:
                factor = float(settings.get("multiplier") or 2.0)
                self._wait = wait_exponential(multiplier=initial, max=longest, exp_base=factor)

    def is_worth_another_try(self, error: BaseException) -> bool:
        """Whether an error is one of ``retry_on``, or transient where that is not given."""
        if not isinstance(error, MfoError) or (error.retry_after or 0.0) > self._longest_asked:
            return False
        return error.transient if self._codes is None else error.code in self._codes

    def pause(self, state: RetryCallState) -> float:
        """The seconds before the next try: as the policy says, and never less than the server asks for."""
        seconds = self._wait(state)
        if self._has_jitter:
            seconds *= 1 - self._chance() / 2
        error = state.outcome.exception() if state.outcome is not None else None
        asked = error.retry_after if isinstance(error, MfoError) else None
        return max(seconds, asked or 0.0)


def _seconds(settings: Mapping[str, Any], key: str, default: float) -> float:
    text = settings.get(key)
    if text is None:
        return default
    seconds = parse_duration(str(text))
    if seconds is None or seconds < 0:
        raise InvalidInputError(f'retry.{key} is "{text}", which is no duration such as 30s.')
    return seconds
