"""``mfo run``: what one can ask for; ``running`` does it, and is loaded when it is asked."""

from __future__ import annotations

from dataclasses import dataclass

import click

from mfo_runtime.cli.database_option import database_option
from mfo_runtime.cli.log_lines import log_format_option
from mfo_runtime.cli.servers import profile_option, server_option

EMBEDDED, DBOS = ENGINES = ("embedded", "dbos")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says, each option under its name; see the options of ``run_command``."""

    file: str | None
    taskflow: str | None
    pairs: tuple[str, ...]
    inputs_file: str | None
    trigger_id: str | None
    payload: str | None
    resume: str | None
    again: tuple[str, ...]
    server: str | None
    profile: str | None
    script: str | None
    only: str | None
    inputs_from: str | None
    record: str | None
    replay: str | None
    log_format: str | None
    is_dry: bool
    new_definition: bool
    no_journal: bool
    engine: str
    database_url: str | None
    as_json: bool


@click.command("run")
@click.argument("file", type=click.Path(), required=False)
@click.option("--taskflow", metavar="ID", help="Which taskflow to run, where the file has several.")
@click.option("--input", "pairs", metavar="NAME=VALUE", multiple=True, help="One input; JSON values count as such.")
@click.option("--inputs", "inputs_file", metavar="FILE", type=click.Path(), help="All inputs, as YAML or JSON.")
@click.option("--trigger", "trigger_id", metavar="ID", help="Start it as this trigger would.")
@click.option("--payload", metavar="FILE", type=click.Path(), help="The trigger's payload, as YAML or JSON.")
@click.option("--resume", metavar="RUN", help='Go on with a run: its id, the beginning of it, or "last".')
@click.option("--again", metavar="TASK", multiple=True, help="With --resume: execute this task again, though it ended.")
@click.option("--new-definition", is_flag=True, help="With --resume: go on by the files as they are now.")
@server_option
@profile_option
@click.option("--script", metavar="FILE", type=click.Path(), help="Answers for the local server's scripted provider.")
@click.option("--only", metavar="TASK", help="Execute this task alone, with what the last recorded run gave it.")
@click.option("--inputs-from", metavar="RUN", help="With --only: the run that gave what it reads.")
@click.option("--record", metavar="FILE", type=click.Path(), help="Keep what servers answer in this cassette.")
@click.option("--replay", metavar="FILE", type=click.Path(), help="Answer from this cassette; no server is called.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Say what would be done, and call nothing.")
@click.option("--no-journal", is_flag=True, help="Do not keep the run; it cannot go on after a crash.")
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default=ENGINES[0],
    show_default=True,
    help="What keeps the run: the journal of this machine, or DBOS in the database that workers share.",
)
@database_option
@log_format_option
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON, and nothing else.")
def run_command(  # noqa: PLR0913 - one argument for each option
    file: str | None,
    taskflow: str | None,
    pairs: tuple[str, ...],
    inputs_file: str | None,
    trigger_id: str | None,
    payload: str | None,
    resume: str | None,
    again: tuple[str, ...],
    server: str | None,
    profile: str | None,
    script: str | None,
    only: str | None,
    inputs_from: str | None,
    record: str | None,
    replay: str | None,
    engine: str,
    database_url: str | None,
    log_format: str | None,
    *,
    is_dry: bool,
    new_definition: bool,
    no_journal: bool,
    as_json: bool,
) -> int:
    """Run the workflow in FILE, or go on with a run of it.

    The exit status is 0 where the run succeeded, 1 where it failed or was refused, and 2 for misuse.
    """
    from mfo_runtime.cli.running import run_as_asked  # noqa: PLC0415 - slow to import

    return run_as_asked(
        Asked(
            file=file,
            taskflow=taskflow,
            pairs=pairs,
            inputs_file=inputs_file,
            trigger_id=trigger_id,
            payload=payload,
            resume=resume,
            again=again,
            server=server,
            profile=profile,
            script=script,
            only=only,
            inputs_from=inputs_from,
            record=record,
            replay=replay,
            log_format=log_format,
            is_dry=is_dry,
            new_definition=new_definition,
            no_journal=no_journal,
            engine=engine,
            database_url=database_url,
            as_json=as_json,
        )
    )
