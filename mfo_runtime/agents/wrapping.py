"""An adapter around another one, and the order in which several are put around each other."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from mfo_runtime.agents.exchange import Adapter, Middleware, Piece, Prompt, Reply


class WrappedAdapter:
    """Passes everything on to ``inner``; middleware is a class that changes one of the methods."""

    def __init__(self, inner: Adapter) -> None:
        self.inner = inner

    @property
    def calls_tools(self) -> bool:
        """As the inner one."""
        return self.inner.calls_tools

    @property
    def keeps_sessions(self) -> bool:
        """As the inner one."""
        return self.inner.keeps_sessions

    async def call(self, prompt: Prompt) -> Reply:
        """As the inner one."""
        return await self.inner.call(prompt)

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """As the inner one."""
        async for piece in self.inner.stream(prompt):
            yield piece

    async def delete_session(self, reply_id: str) -> None:
        """As the inner one."""
        await self.inner.delete_session(reply_id)


def chain_middleware(*middlewares: Middleware) -> Middleware:
    """Several middlewares as one: the leftmost is the outermost, so it sees a prompt first and its reply last."""

    def wrap(adapter: Adapter) -> Adapter:
        for middleware in reversed(middlewares):
            adapter = middleware(adapter)
        return adapter

    return wrap
