"""Questions of runs that nobody sits at: a person is sent a link, and answers by it.

A link is signed, so that it can be followed by whoever was sent it and by nobody else. Following it shows the question;
only the form on that page answers it, since programs follow links, too. A question is asked again, by the same link,
when its run goes on after the service was stopped. One that has a default takes it, as nobody sits here.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from mfo_dialect.references import as_text
from mfo_runtime.client import CallOptions, MfoClient
from mfo_runtime.errors import MfoError
from mfo_runtime.server.failures import invalid, not_found
from mfo_runtime.server.gate import ROUTE_KEY
from mfo_runtime.server.incoming import read_body
from mfo_runtime.tasks import Ask, Question

QUESTIONS_PATH = "/questions"
_LONGEST_ANSWER = 64 * 1024
_SECONDS_FOR_BODY = 30.0
_log = logging.getLogger("mfo_runtime.triggers")
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<style>body{{font:16px system-ui;max-width:42rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}}
pre{{white-space:pre-wrap;overflow-wrap:anywhere}}button{{font:inherit;padding:.4rem 1rem;margin-right:.5rem}}</style></head>
<body><h1>{title}</h1><pre>{text}</pre>{form}</body></html>
"""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A question that has no answer yet."""

    question: Question
    answer: asyncio.Future[Any]


class Questions:
    """The questions that wait, in this process."""

    def __init__(self, key: str, address: Callable[[], str]) -> None:
        """Ask with links below ``address()``, signed with ``key``."""
        self._key = key.encode()
        self._address = address
        self._waiting: dict[str, _Waiting] = {}

    def asker(self, run_id: str, client: MfoClient) -> Ask:
        """Who asks for a run: the link is sent as a notification of its MFO server."""

        async def ask(question: Question) -> Any:
            if question.has_default:
                return question.default
            name = _name_of(run_id, question)
            waiting = self._waiting.setdefault(name, _Waiting(question, asyncio.get_running_loop().create_future()))
            try:
                await self._send(run_id, name, question, client)
                return await asyncio.shield(waiting.answer)
            finally:
                self._waiting.pop(name, None)

        return ask

    def link(self, name: str) -> str:
        """The signed link of a question."""
        return f"{self._address()}{QUESTIONS_PATH}/{name}?signature={self._signature(name)}"

    async def show(self, request: Request) -> Response:
        """The question, with a form; raises ``ApiError`` where there is none, or the link is not ours."""
        waiting = self._found(request)
        question = waiting.question
        if question.choices:
            buttons = (
                f'<button name="answer" value="{escape(as_text(one))}">{escape(as_text(one))}</button>'
                for one in question.choices
            )
            form = "".join(buttons)
        else:
            given = escape(as_text(question.default)) if question.has_default else ""
            form = f'<p><input name="answer" value="{given}"> <button>Answer</button></p>'
        return _page(f"{question.task} asks", question.text, f'<form method="post">{form}</form>')

    async def answer(self, request: Request) -> Response:
        """Take the answer of the form; raises ``ApiError`` where it is none, or the link is not ours."""
        waiting = self._found(request)
        body = await read_body(request, _LONGEST_ANSWER, _SECONDS_FOR_BODY)
        said = parse_qs(body.decode(errors="replace"), keep_blank_values=True).get("answer", [])
        question = waiting.question
        chosen = [one for one in question.choices if [as_text(one)] == said]
        if not said or (question.choices and not chosen):
            raise invalid("the answer is none of the choices", "answer")
        if not waiting.answer.done():
            waiting.answer.set_result(chosen[0] if chosen else said[0])
        return _page("Thank you", "The run goes on.", "")

    def _found(self, request: Request) -> _Waiting:
        request.scope[ROUTE_KEY] = f"{QUESTIONS_PATH}/{{question}}"
        name, shown = str(request.path_params["question"]), request.query_params.get("signature", "")
        is_ours = hmac.compare_digest(shown.encode(errors="replace"), self._signature(name).encode())
        waiting = self._waiting.get(name) if is_ours else None
        if waiting is None:
            raise not_found("question")
        return waiting

    def _signature(self, name: str) -> str:
        return hmac.new(self._key, f"question:{name}".encode(), hashlib.sha256).hexdigest()

    async def _send(self, run_id: str, name: str, question: Question, client: MfoClient) -> None:
        """Tell people of it; where that fails the question waits all the same, and the log says so."""
        facts: Mapping[str, Any] = {"run": run_id, "task": question.task}
        told = client.with_options(CallOptions(idempotency_key=f"{run_id}/question/{self._signature(name)[:32]}"))
        message = f"{question.text}\n\nAnswer here: {self.link(name)}"
        try:
            await told.notifications.create(
                f"{question.task} asks", message, level="warning", metadata={"run_id": run_id, "task_id": question.task}
            )
        except MfoError as error:
            _log.warning("nobody was told that run %s waits for an answer: %s", run_id, error.message, extra=facts)
        else:
            _log.info(
                "run %s waits for an answer to %s; a notification has the link", run_id, question.task, extra=facts
            )


def _name_of(run_id: str, question: Question) -> str:
    """The same for the same question of a run, however often it is asked."""
    return hashlib.sha256(f"{run_id}\n{question.task}\n{question.text}".encode()).hexdigest()[:32]


def _page(title: str, text: str, form: str) -> Response:
    page = _PAGE.format(title=escape(title), text=escape(text), form=form)
    return HTMLResponse(page, headers=_HEADERS)
