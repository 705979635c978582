"""Middleware that asks another model where one fails."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from mfo_runtime.agents.exchange import Adapter, Middleware, Piece, Prompt, Reply
from mfo_runtime.agents.wrapping import WrappedAdapter
from mfo_runtime.errors import AuthenticationError, AuthorizationError, ServerError


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model and who serves it; None for the server's default."""

    model_id: str | None = None
    provider_id: str | None = None

    def __str__(self) -> str:
        return "/".join(part for part in (self.provider_id, self.model_id) if part) or "the default model"


class _FallbackAdapter(WrappedAdapter):
    """Asks models in their order until one answers; one that refuses for good is not asked again."""

    def __init__(
        self,
        inner: Adapter,
        models: Sequence[ModelChoice],
        on_fallback: Callable[[ModelChoice, ServerError], None] | None,
    ) -> None:
        super().__init__(inner)
        self._models = list(models)
        self._on_fallback = on_fallback

    async def call(self, prompt: Prompt) -> Reply:
        """As the first model that answers; raises the error of the last one."""
        for choice in tuple(self._models[:-1]):
            try:
                return await self.inner.call(_asking(prompt, choice))
            except ServerError as error:
                self._pass_on(choice, error)
        return await self.inner.call(_asking(prompt, self._models[-1]))

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """As the first model that begins to answer: what was heard cannot be taken back."""
        for choice in tuple(self._models[:-1]):
            begun = False
            try:
                async with aclosing(self.inner.stream(_asking(prompt, choice))) as pieces:
                    async for piece in pieces:
                        begun = True
                        yield piece
            except ServerError as error:
                if begun:
                    raise
                self._pass_on(choice, error)
            else:
                return
        async with aclosing(self.inner.stream(_asking(prompt, self._models[-1]))) as pieces:
            async for piece in pieces:
                yield piece

    def _pass_on(self, choice: ModelChoice, error: ServerError) -> None:
        if isinstance(error, AuthenticationError | AuthorizationError):
            raise error
        if not error.transient and choice in self._models[:-1]:
            self._models.remove(choice)
        if self._on_fallback is not None:
            self._on_fallback(choice, error)


def with_fallbacks(
    models: Sequence[ModelChoice], on_fallback: Callable[[ModelChoice, ServerError], None] | None = None
) -> Middleware:
    """Middleware that asks models in their order, across providers.

    The next one is asked where the exchange with a server fails, an open circuit included; not where the server does not
    know who asks or refuses them, nor where a budget is spent.

    Args:
        models: whom to ask; an empty list asks whom the prompt names.
        on_fallback: told of each model that failed, and why.
    """
    return lambda inner: _FallbackAdapter(inner, models, on_fallback) if models else inner


def _asking(prompt: Prompt, choice: ModelChoice) -> Prompt:
    return replace(prompt, model_id=choice.model_id, provider_id=choice.provider_id)
