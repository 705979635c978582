"""``mfo resume``: go on with a run, by a worker where there are workers, else in this process."""

from __future__ import annotations

import click

from mfo_runtime.cli.database_option import database_option
from mfo_runtime.cli.places import project_option
from mfo_runtime.cli.pools import database_url_of, open_pool, project_of
from mfo_runtime.cli.run import run_command


@click.command("resume")
@click.argument("run")
@click.option("--again", metavar="TASK", multiple=True, help="Execute this task again, though it ended.")
@database_option
@project_option
@click.pass_context
def resume_command(
    context: click.Context, run: str, again: tuple[str, ...], database_url: str | None, place: str | None
) -> int:
    """Go on with RUN, which failed, was stopped or broke off: an id, its beginning, or "last".

    What succeeded is not executed again. Where workers share a database, the run is put on its queue again, and this
    returns at once; else it goes on here, as with mfo run --resume.
    """
    url = database_url_of(database_url, project_of(place))
    if url is None:
        return int(context.invoke(run_command, resume=run, again=again, file=place))
    with open_pool(url) as journal:
        from mfo_runtime.distributed.journal import check_protocol  # noqa: PLC0415 - an extra
        from mfo_runtime.distributed.takeover import take_over  # noqa: PLC0415 - an extra

        stored = journal.find(run)
        check_protocol(stored)
        if stored.state == "running" and not again and not journal.is_executed(stored):
            take_over(journal.database, journal.workflows)
        else:
            journal.go_on(stored, again)
    click.echo(f"run {stored.id} waits for a worker")
    return 0
