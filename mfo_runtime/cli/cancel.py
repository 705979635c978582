"""``mfo cancel``: stop a run, wherever it is executed."""

from __future__ import annotations

import click

from mfo_runtime.cli.database_option import database_option
from mfo_runtime.cli.output import say
from mfo_runtime.cli.places import project_option
from mfo_runtime.cli.pools import runs_at

FAILED = 1


@click.command("cancel")
@click.argument("run")
@database_option
@project_option
def cancel_command(run: str, database_url: str | None, place: str | None) -> int:
    """Stop RUN: an id, its beginning, or "last". Tasks under way get the flow's grace.

    A run that waits for a worker, or was broken off, ends at once. The exit status is 1 where it had ended before.
    """
    journal, _ = runs_at(place, database_url)
    try:
        stored = journal.find(run)
        was_under_way = journal.cancel(stored)
    finally:
        journal.close()
    if not was_under_way:
        say(f"mfo: run {stored.id} had ended before: {stored.state}")
        return FAILED
    click.echo(f"run {stored.id} is told to stop")
    return 0
