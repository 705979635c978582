"""What happens when a task fails: retries, another prompt, another model, another output (dialect section 5.2)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    wait_exponential,
    wait_fixed,
    wait_incrementing,
)

from mfo_dialect.analysis.chats import chat_use
from mfo_dialect.durations import parse_duration
from mfo_runtime.errors import InvalidInputError, InvalidOutputError, MfoError
from mfo_runtime.tasks.context import Execute, Overrides, TaskContext, mapping_of
from mfo_runtime.tasks.prompts import render_error_text

Sleep = Callable[[float], Awaitable[None]]
BeginAttempt = Callable[[int], None]
_MAX_ATTEMPTS = 100


@dataclass(frozen=True, slots=True)
class Attempts:
    """How a task's tries are told and waited between.

    Attributes:
        begin: told the number of each try but the first.
        sleep: waits that many seconds, holding no slot.
        chance: a number from 0 to 1, for the jitter.
    """

    begin: BeginAttempt
    sleep: Sleep = asyncio.sleep
    chance: Callable[[], float] = random.random


async def execute_with_handling(
    execute: Execute, config: Mapping[str, Any], handling: Mapping[str, Any], context: TaskContext, attempts: Attempts
) -> dict[str, Any]:
    """Execute a task under its ``error_handling``.

    Args:
        execute: the executor.
        config: the task's config, references replaced.
        handling: the error handling that counts, references replaced; empty for none.
        context: the execution.
        attempts: how tries are told and waited between.

    Raises:
        MfoError: the last error, when nothing of the handling helped.
    """
    return await _Handling(execute, config, context, attempts).run(handling)


class _Handling:
    def __init__(self, execute: Execute, config: Mapping[str, Any], context: TaskContext, attempts: Attempts) -> None:
        self._execute = execute
        self._config = config
        self._context = context
        self._attempts = attempts
        self._tries = 0

    async def run(self, handling: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return await self._with_retries(handling.get("retry"))
        except MfoError as error:
            return await self._on_error(handling.get("on_error") or [], error)

    async def _try(self, overrides: Overrides | None = None) -> dict[str, Any]:
        self._tries += 1
        if self._tries > 1:
            self._attempts.begin(self._tries)
        if overrides is None:
            return await self._execute(self._config, self._context)
        return await self._execute(self._config, self._context.with_overrides(overrides, self._tries))

    async def _with_retries(self, policy: Any) -> dict[str, Any]:
        if not isinstance(policy, Mapping):
            return await self._try()
        settings: Mapping[str, Any] = policy  # pyright: ignore[reportUnknownVariableType]
        self._context = replace(self._context, max_attempts=1)
        retrying = AsyncRetrying(
            stop=stop_after_attempt(min(int(settings.get("max_attempts") or 3), _MAX_ATTEMPTS)),
            retry=retry_if_exception(lambda error: _is_worth_another_try(error, settings.get("retry_on"))),
            wait=_Pause(settings, self._attempts.chance),
            sleep=self._attempts.sleep,
            reraise=True,
        )
        return await retrying(self._try)

    async def _on_error(self, handlers: list[Any], error: MfoError) -> dict[str, Any]:
        for handler in handlers:
            match handler.get("type"):
                case "retry_with_prompt":
                    outcome = await self._retry_with_prompt(handler, error)
                case "fallback":
                    outcome = await self._fall_back(handler)
                case "continue":
                    return dict(handler.get("output") or {})
                case _:
                    raise error
            if not isinstance(outcome, MfoError):
                return outcome
            error = outcome
        raise error

    async def _retry_with_prompt(self, handler: Mapping[str, Any], error: MfoError) -> dict[str, Any] | MfoError:
        chat = chat_use(self._context.view, self._context.bundle)
        if not isinstance(error, InvalidOutputError) or chat is None or chat.template is None:
            return error
        variables = mapping_of(self._config, "prompt_context")
        for _ in range(min(int(handler.get("max_retries") or 1), _MAX_ATTEMPTS)):
            text = render_error_text(chat.template, str(handler["append_to_system_prompt"]), error.message, variables)
            try:
                return await self._try(Overrides(system_suffix=text))
            except InvalidOutputError as next_error:
                error = next_error
            except MfoError as other_error:
                return other_error
        return error

    async def _fall_back(self, handler: Mapping[str, Any]) -> dict[str, Any] | MfoError:
        overrides = Overrides(model_id=handler.get("model_id"), provider_id=handler.get("provider_id"))
        try:
            return await self._try(overrides)
        except MfoError as error:
            return error


def _is_worth_another_try(error: BaseException, retry_on: Any) -> bool:
    if not isinstance(error, MfoError):
        return False
    return error.code in retry_on if isinstance(retry_on, list) else error.transient


class _Pause:
    """How long to wait before the next try: as the policy says, and never less than the server asks for."""

    def __init__(self, settings: Mapping[str, Any], chance: Callable[[], float]) -> None:
        initial = _seconds(settings, "initial_delay", 1.0)
        longest = _seconds(settings, "max_delay", 60.0)
        self._jitter = settings.get("jitter") is not False
        self._chance = chance
        match settings.get("backoff"):
            case "linear":
                self._wait = wait_incrementing(initial, initial, longest)
            case "constant":
                self._wait = wait_fixed(min(initial, longest))
            case _:
                factor = float(settings.get("multiplier") or 2.0)
                self._wait = wait_exponential(multiplier=initial, max=longest, exp_base=factor)

    def __call__(self, state: RetryCallState) -> float:
        seconds = self._wait(state)
        if self._jitter:
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
