"""Asking the person at the terminal: one question at a time, with the live progress out of the way."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from mfo_dialect.references import as_text
from mfo_runtime.cli.output import printable_lines, say
from mfo_runtime.errors import TaskFailedError
from mfo_runtime.tasks import Question
from mfo_workspace.text_report import printable

ReadLine = Callable[[], str]
_MOST_AT_ONCE = 65_536


class TerminalAsk:
    """Asks on stderr and reads the answer from stdin, without keeping the run from going on."""

    def __init__(self, paused: Callable[[], AbstractContextManager[None]], read_line: ReadLine | None = None) -> None:
        """Ask with ``paused()`` around each question; lines come from ``read_line``, stdin where it is not given."""
        self._paused = paused
        self._read_line = read_line or _line_of_stdin
        self._one_at_a_time = asyncio.Lock()
        self._reading: asyncio.Future[str] | None = None

    async def __call__(self, question: Question) -> Any:
        """The answer as text, or as the choice or default that it names.

        Raises:
            TaskFailedError: there will be no answer, and there is no default.
        """
        async with self._one_at_a_time:
            with self._paused():
                return await self._ask(question)

    async def _ask(self, question: Question) -> Any:
        for line in printable_lines(f"{question.task}: {question.text}"):
            say(line)
        for number, choice in enumerate(question.choices, 1):
            say(printable(f"  {number}. {as_text(choice)}"))
        while True:
            sys.stderr.write(f"[{printable(as_text(question.default))}] > " if question.has_default else "> ")
            sys.stderr.flush()
            line = await self._next_line()
            answer = line.strip()
            if not answer and question.has_default:
                return question.default
            if not line:
                raise TaskFailedError("The terminal was closed before there was an answer.")
            if answer and not question.choices:
                return answer
            chosen = _chosen(answer, question.choices)
            if chosen:
                return chosen[0]
            say("Please choose one of these." if question.choices else "Please answer.")

    async def _next_line(self) -> str:
        """The next line; one that nobody waited for any more is not lost to the next question."""
        if self._reading is None:
            self._reading = asyncio.get_running_loop().create_future()
            reader = threading.Thread(target=self._read, args=(self._reading,), name="mfo-asking", daemon=True)
            reader.start()
        line = await asyncio.shield(self._reading)
        self._reading = None
        return line

    def _read(self, waiting: asyncio.Future[str]) -> None:
        line = ""
        with contextlib.suppress(OSError, ValueError):
            line = self._read_line()
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            waiting.get_loop().call_soon_threadsafe(waiting.set_result, line)


def _line_of_stdin() -> str:
    """A line as the terminal gives it; without Python's own buffer, whose lock a waiting thread would hold at exit."""
    pieces: list[bytes] = []
    while not pieces or not pieces[-1].endswith(b"\n"):
        piece = os.read(sys.stdin.fileno(), _MOST_AT_ONCE)
        if not piece:
            break
        pieces.append(piece)
    return b"".join(pieces).decode(sys.stdin.encoding or "utf-8", "replace")


def _chosen(answer: str, choices: tuple[Any, ...]) -> list[Any]:
    """The choice of that text or number; none, or one."""
    by_text = [choice for choice in choices if as_text(choice) == answer]
    if by_text or not answer.isdecimal() or not 0 < int(answer) <= len(choices):
        return by_text[:1]
    return [choices[int(answer) - 1]]
