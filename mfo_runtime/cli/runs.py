"""``mfo runs``: list the runs that the journal knows, and forget old ones."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import click
from rich.table import Table

from mfo_dialect.durations import format_duration
from mfo_runtime.cli.database_option import database_option
from mfo_runtime.cli.output import moment, print_table, say, shown_path, write_json
from mfo_runtime.cli.places import project_option
from mfo_runtime.cli.pools import runs_at
from mfo_runtime.cli.progress import state_mark
from mfo_runtime.journal import Retention, RunJournal, StoredRun
from mfo_runtime.journal.telling import run_data, state_now

STATES = ("queued", "running", "interrupted", "succeeded", "failed", "cancelled")
SHORT_ID = 12


@click.group("runs", invoke_without_command=True)
@click.option("--state", type=click.Choice(STATES), help="Only runs in this state.")
@click.option("--flow", metavar="ID", help="Only runs of this taskflow.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@database_option
@project_option
@click.pass_context
def runs_command(  # noqa: PLR0913 - one argument for each option
    context: click.Context,
    state: str | None,
    flow: str | None,
    limit: int,
    database_url: str | None,
    place: str | None,
    *,
    as_json: bool,
) -> int:
    """List the runs of a project, the newest first.

    A run whose process has died is interrupted; mfo run --resume goes on with it.
    """
    context.obj = (place, database_url)
    if context.invoked_subcommand is not None:
        return 0
    journal, _ = runs_at(place, database_url)
    found = list(islice(_with_states(journal, state, flow), limit))
    if as_json:
        write_json([run_data(run, now) for run, now in found])
    elif found:
        _show(found)
    else:
        say("mfo: the journal has no such run")
    return 0


@runs_command.command("prune")
@click.option("--keep-days", type=click.FloatRange(0), metavar="DAYS", help="Forget runs that are older.")
@click.option("--keep-last", type=click.IntRange(0), metavar="COUNT", help="Forget all but so many of the newest.")
@database_option
@project_option
@click.pass_context
def prune_command(
    context: click.Context,
    keep_days: float | None,
    keep_last: int | None,
    database_url: str | None,
    place: str | None,
) -> int:
    """Forget old runs; by default those that the project's retention does not keep.

    Runs that are being executed are never forgotten.
    """
    outer_place, outer_url = context.obj
    journal, retention = runs_at(place or outer_place, database_url or outer_url)
    if keep_days is not None or keep_last is not None:
        retention = Retention(keep_days, keep_last)
    try:
        count = journal.prune(retention)
    finally:
        journal.close()
    click.echo(f"{count} {'run' if count == 1 else 'runs'} forgotten")
    return 0


def _with_states(journal: RunJournal, wanted: str | None, flow: str | None) -> Iterator[tuple[StoredRun, str]]:
    for run in journal.runs(flow):
        now = state_now(journal, run)
        if wanted in {None, now}:
            yield run, now


def _show(found: list[tuple[StoredRun, str]]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("", "run", "taskflow", "state", "started", "time", "trigger", "document"):
        table.add_column(heading, no_wrap=True, overflow="fold")
    for run, now in found:
        duration = format_duration(run.duration) if run.duration is not None else ""
        started = moment(run.started_at)
        table.add_row(
            state_mark(now),
            run.id[:SHORT_ID],
            run.taskflow,
            now,
            started,
            duration,
            run.trigger or "",
            shown_path(run.document),
        )
    print_table(table)
