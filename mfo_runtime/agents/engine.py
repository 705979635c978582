"""Runs steps and flows of steps against one adapter, with sessions."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from types import TracebackType
from typing import Any, NamedTuple, Self

from mfo_runtime.agents.exchange import Adapter, Message, Middleware, Prompt, Reply
from mfo_runtime.agents.flow_context import FlowContext
from mfo_runtime.agents.reading import read_reply
from mfo_runtime.agents.response import Response
from mfo_runtime.agents.runnable import Runnable
from mfo_runtime.agents.session import Session, SessionManager
from mfo_runtime.agents.step import Step, ValidationError
from mfo_runtime.agents.wrapping import chain_middleware
from mfo_runtime.errors import InvalidOutputError

DEFAULT_RETRIES = 2
_MOST_RETRIES = 100


class Outcome(NamedTuple):
    """How a flow ended: its context, and the last response."""

    context: FlowContext
    response: Response


class Engine:
    """Executes steps; one engine may run many flows at a time.

    Use it as ``async with``, or close it with ``aclose``::

        engine = Engine(MfoAdapter(client))
        context, response = await engine.run(step, {"query": "red dress"})
    """

    def __init__(
        self,
        adapter: Adapter,
        *,
        default_retries: int = DEFAULT_RETRIES,
        middleware: Sequence[Middleware] = (),
        sessions: SessionManager | None = None,
    ) -> None:
        """Prepare an engine; nothing is asked yet.

        Args:
            adapter: the way to the models.
            default_retries: how often a step that says nothing itself is asked again after an invalid answer.
            middleware: put around the adapter, the leftmost outermost.
            sessions: where sessions are kept; the engine's own where it is None.

        Raises:
            ValueError: ``default_retries`` is negative.
        """
        if default_retries < 0:
            raise ValueError("default_retries is at least 0.")
        self.adapter = chain_middleware(*middleware)(adapter)
        self.sessions = sessions if sessions is not None else SessionManager()
        self._default_retries = default_retries
        self._bare = adapter

    async def run(self, runnable: Runnable, metadata: Mapping[str, Any] | None = None) -> Outcome:
        """Run a step or a flow; the metadata is copied.

        Raises:
            MfoError: a step failed.
        """
        return await self._run(runnable, FlowContext(self, dict(metadata or {})))

    async def run_with_session(
        self, session_id: str, runnable: Runnable, metadata: Mapping[str, Any] | None = None
    ) -> Outcome:
        """Run it as the next part of a conversation, which is begun where there is none of that id.

        Two runs in one session at the same time are both parts of it, in whichever order they end.

        Raises:
            MfoError: a step failed; what was said before it stays in the session.
        """
        context = FlowContext(self, dict(metadata or {}), self.sessions.get(session_id))
        return await self._run(runnable, context)

    async def stream(self, step: Step, metadata: Mapping[str, Any] | None = None) -> AsyncGenerator[str]:
        """The text of a step's answer while it is written; it is neither validated nor tried again.

        Raises:
            MfoError: the model cannot be asked, or its answer breaks off.
        """
        prompt = self._prompt(step, FlowContext(self, dict(metadata or {})), "")
        async with aclosing(self.adapter.stream(prompt)) as pieces:
            async for piece in pieces:
                if isinstance(piece, str):
                    yield piece

    async def delete_session(self, session_id: str) -> None:
        """Forget a session, here and at the server; does nothing where there is none.

        Raises:
            MfoError: the server failed; here it is forgotten all the same.
        """
        session = self.sessions.get_if_exists(session_id)
        self.sessions.delete(session_id)
        if session is not None and session.root_reply_id:
            await self.adapter.delete_session(session.root_reply_id)

    async def aclose(self) -> None:
        """Forget all sessions, and close the adapter where it can be closed."""
        self.sessions.clear()
        close = getattr(self._bare, "aclose", None)
        if close is not None and inspect.iscoroutinefunction(close):
            await close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def execute(self, step: Step, context: FlowContext) -> Response:
        """Ask a step's model until its answer is valid; ``Step.run`` calls this.

        Raises:
            InvalidOutputError: no answer was valid.
            MfoError: the model cannot be asked.
        """
        retries = self._default_retries if step.max_retries is None else step.max_retries
        refusal, tries = None, min(max(retries, 0), _MOST_RETRIES) + 1
        for _ in range(tries):
            prompt = self._prompt(step, context, refusal.hint if refusal is not None else "")
            reply = await self.adapter.call(prompt)
            try:
                response = read_reply(step, reply, context)
            except ValidationError as error:
                refusal = error
                continue
            _remember(context.session, step, prompt, reply)
            return context.respond(step.name, response)
        times = "once" if tries == 1 else f"{tries} times"
        raise InvalidOutputError(
            f'Step "{step.name}" was asked {times} without a valid answer: {refusal.hint if refusal else ""}',
            hint="Say in the step's prompt what is expected, or let it be asked more often.",
        ) from refusal

    def _prompt(self, step: Step, context: FlowContext, hint: str) -> Prompt:
        by_tools = self.adapter.calls_tools
        said = Message("user", step.user_prompt(context, hint))
        session = context.session
        keeps = self.adapter.keeps_sessions
        before = tuple(session.messages) if session is not None and not keeps else ()
        return Prompt(
            step.system_prompt(context, describes_actions=not by_tools),
            (*before, said),
            step.tool_defs() if by_tools else (),
            previous_id=(session.last_reply_id or None) if session is not None and keeps else None,
            metadata={"task_id": step.name},
        )

    async def _run(self, runnable: Runnable, context: FlowContext) -> Outcome:
        return Outcome(context, await runnable.run(context))


def _remember(session: Session | None, step: Step, prompt: Prompt, reply: Reply) -> None:
    if session is None:
        return
    session.append_message("user", prompt.user)
    calls = "".join(f"[{call.name} {dict(call.arguments)}]" for call in reply.tool_calls)
    session.append_message("assistant", reply.text or calls)
    session.record_node(step.name, reply.reply_id)
