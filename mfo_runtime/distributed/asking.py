"""Questions of runs that no terminal belongs to: they stand in the database until somebody answers them."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.tables import questions
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.tasks import Question

_POLL = 0.5


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that nobody has answered yet.

    Attributes:
        run: the run's id.
        task: the id of the task that asks.
        text: what it asks.
        choices: what may be answered; empty for anything.
        asked_at: seconds since the epoch.
    """

    run: str
    task: str
    text: str
    choices: tuple[Any, ...]
    asked_at: float


class AskingByDatabase:
    """Asks whoever looks: ``mfo runs questions`` shows what waits, and ``mfo answer`` answers."""

    def __init__(self, database: Database, run_id: str) -> None:
        """Ask for one run."""
        self._database = database
        self._run_id = run_id

    async def __call__(self, question: Question) -> Any:
        """The answer, as soon as there is one; the same question of the same task is asked once."""
        await asyncio.to_thread(self._put, question)
        while True:
            answer = await asyncio.to_thread(self._take, question.task)
            if answer is not None:
                return json.loads(answer)
            await asyncio.sleep(_POLL)

    def _put(self, question: Question) -> None:
        text = json.dumps({"text": question.text, "choices": question.choices}, default=str)
        row: dict[str, object] = {"run": self._run_id, "node": question.task, "question": text, "asked_at": time.time()}
        with self._database.writing() as connection:
            connection.execute(self._database.add_once(questions, [row]))

    def _take(self, task: str) -> str | None:
        """The answer, which is used up: a task in a loop asks anew."""
        here = (questions.c.run == self._run_id, questions.c.node == task)
        with self._database.writing() as connection:
            answer = connection.execute(sa.select(questions.c.answer).where(*here)).scalar()
            if answer is not None:
                connection.execute(sa.delete(questions).where(*here))
            return answer


def open_questions(database: Database) -> list[OpenQuestion]:
    """What nobody has answered yet, the oldest first; raises ``JournalError``."""
    query = sa.select(questions).where(questions.c.answer.is_(None)).order_by(questions.c.asked_at)
    with database.reading() as connection:
        found = [(row, json.loads(row.question)) for row in connection.execute(query)]
    return [OpenQuestion(row.run, row.node, data["text"], tuple(data["choices"]), row.asked_at) for row, data in found]


def answer_question(database: Database, run_id: str, task: str, answer: Any) -> None:
    """Answer the question of a task.

    Raises:
        InvalidInputError: the task asks nothing, or has been answered.
        JournalError: the database cannot be used.
    """
    here = sa.update(questions).where(questions.c.run == run_id, questions.c.node == task, questions.c.answer.is_(None))
    with database.writing() as connection:
        if connection.execute(here.values(answer=json.dumps(answer))).rowcount != 1:
            raise InvalidInputError(
                f'Run {run_id} has no open question of a task "{task}".', hint="mfo status lists open questions."
            )
