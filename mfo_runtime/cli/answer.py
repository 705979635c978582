"""``mfo answer``: answer the question of a run that no terminal belongs to."""

from __future__ import annotations

import click

from mfo_runtime.cli.database_option import database_option
from mfo_runtime.cli.places import project_option
from mfo_runtime.cli.pools import pool_at


@click.command("answer")
@click.argument("run")
@click.argument("task")
@click.argument("answer")
@database_option
@project_option
def answer_command(run: str, task: str, answer: str, database_url: str | None, place: str | None) -> int:
    """Answer what TASK of RUN asks; mfo status shows the questions that are open.

    ANSWER is text, or the text of one of the choices.
    """
    with pool_at(place, database_url) as journal:
        from mfo_runtime.distributed.asking import answer_question  # noqa: PLC0415 - an extra

        stored = journal.find(run)
        answer_question(journal.database, stored.id, task, answer)
    click.echo(f"answered; run {stored.id} goes on")
    return 0
