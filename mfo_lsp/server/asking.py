"""Putting a question of a run to the person at the editor: by a request of our own, else by a message with buttons."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from mfo_dialect.references import as_text
from mfo_lsp.server.capabilities import ASK_USER
from mfo_lsp.server.host import Server

if TYPE_CHECKING:
    from mfo_runtime.tasks import Question

_MOST_BUTTONS = 12
_HINT = "Give the task a default, or run the flow with mfo run in a terminal, which asks there."


@dataclass(slots=True)
class Questions:
    """The questions of one run, one at a time; the run goes on meanwhile with what does not wait for them.

    Attributes:
        server: whose client asks.
        about: what tells the client which run it is.
    """

    server: Server
    about: Mapping[str, Any]

    async def __call__(self, question: Question) -> Any:
        """The answer; a question that is given up is taken from the screen, where the client can.

        Raises:
            TaskFailedError: there is no answer, or this client cannot ask.
        """
        from mfo_runtime.errors import TaskFailedError  # noqa: PLC0415 - the running side is for those who run

        client = self.server.session.client
        async with self.server.asking:
            if client.asks_users:
                answer = await self._answer_to(ASK_USER, {**self.about, **_told(question)})
                if isinstance(answer, Mapping) and "answer" in answer:
                    return cast("Mapping[str, Any]", answer)["answer"]
                raise TaskFailedError("The question was put away without an answer.", hint="Run the flow again.")
            if 0 < len(question.choices) <= _MOST_BUTTONS:
                return await self._choice(question)
        if question.has_default:
            return question.default
        raise TaskFailedError("This editor cannot put a question without choices.", hint=_HINT)

    async def _choice(self, question: Question) -> Any:
        from mfo_runtime.errors import TaskFailedError  # noqa: PLC0415 - as above

        buttons = [types.MessageActionItem(as_text(choice)) for choice in question.choices]
        words = f"{question.task}: {question.text}"
        params = types.ShowMessageRequestParams(types.MessageType.Info, words, buttons)
        chosen = await self._answer_to(types.WINDOW_SHOW_MESSAGE_REQUEST, params)
        if isinstance(chosen, types.MessageActionItem):
            return chosen.title
        if question.has_default:
            return question.default
        raise TaskFailedError("The question was put away without an answer.", hint=_HINT)

    async def _answer_to(self, method: str, params: object) -> object:
        """What the client answers, however long that takes.

        Raises:
            TaskFailedError: it refuses.
        """
        from mfo_runtime.errors import TaskFailedError  # noqa: PLC0415 - as above

        protocol, name = self.server.protocol, f"mfo-question-{uuid4()}"
        try:
            return await protocol.send_request_async(method, params, name)
        except JsonRpcException as problem:
            raise TaskFailedError(f"The editor could not ask: {problem.message}", hint=_HINT) from None
        except asyncio.CancelledError:
            protocol.notify(types.CANCEL_REQUEST, types.CancelParams(name))
            raise


def _told(question: Question) -> dict[str, Any]:
    return {
        "task": question.task,
        "question": question.text,
        "choices": list(question.choices),
        **({"default": question.default} if question.has_default else {}),
    }
