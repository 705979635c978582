"""``mfo status``: the workers, queues and open questions of a pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.table import Table

from mfo_dialect.durations import format_duration
from mfo_dialect.references import as_text
from mfo_runtime.cli.database_option import database_option
from mfo_runtime.cli.output import print_table, printable_lines, say, write_json
from mfo_runtime.cli.places import project_option
from mfo_runtime.cli.pools import pool_at
from mfo_workspace.text_report import printable

if TYPE_CHECKING:
    from mfo_runtime.distributed.status import PoolNow


@click.command("status")
@database_option
@project_option
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def status_command(database_url: str | None, place: str | None, *, as_json: bool) -> int:
    """Show the workers and queues that share a database, how long runs wait, and what waits for an answer."""
    with pool_at(place, database_url) as journal:
        from mfo_runtime.distributed.status import look_at  # noqa: PLC0415 - an extra

        now = look_at(journal)
    if as_json:
        write_json(now.to_data())
        return 0
    _show_workers(now)
    _show_queues(now)
    for question in now.questions:
        choices = ", ".join(map(as_text, question.choices))
        asked = f"? {question.task} asks: {question.text}" + (f" ({choices})" if choices else "")
        for line in printable_lines(asked):
            click.echo(line)
        click.echo(f"  answer it: mfo answer {question.run} {question.task} ...")
    for version, count in now.of_other_versions.items():
        say(f"mfo: {count} runs wait for a worker of {version}; this version of mfo cannot replay them")
    return 0


def _show_workers(now: PoolNow) -> None:
    if not now.workers:
        say("mfo: no worker; start one with mfo worker")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("worker", "queue", "runs", "of", "heard of"):
        table.add_column(heading, no_wrap=True)
    for worker in now.workers:
        heard = f"{format_duration(worker.silent_for)} ago" + ("" if worker.lives else ", lost")
        table.add_row(
            printable(worker.words), printable(worker.queue), str(worker.runs), str(worker.concurrency), heard
        )
    print_table(table)


def _show_queues(now: PoolNow) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("queue", "waiting", "oldest waits", "running", "workers"):
        table.add_column(heading, no_wrap=True)
    for queue in now.queues:
        oldest = format_duration(queue.oldest_waits_for) if queue.oldest_waits_for is not None else ""
        table.add_row(printable(queue.name), str(queue.waiting), oldest, str(queue.running), str(queue.workers))
    if now.queues:
        print_table(table)
    if now.ended:
        click.echo("ended: " + ", ".join(f"{count} {state}" for state, count in sorted(now.ended.items())))
