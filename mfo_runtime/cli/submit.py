"""``mfo submit``: put a run on a queue, for workers to execute."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from mfo_runtime.cli.connecting import Where
from mfo_runtime.cli.database_option import database_option
from mfo_runtime.cli.output import say, write_json
from mfo_runtime.cli.pools import pool_at
from mfo_runtime.cli.preparing import Given, flow_to_run, read_given
from mfo_runtime.cli.runs import run_data
from mfo_runtime.cli.servers import profile_option, url_option
from mfo_runtime.journal import StoredRun

if TYPE_CHECKING:
    from mfo_runtime.distributed.journal import SharedJournal

FAILED = 1
_LOOK = 0.2


@click.command("submit")
@click.argument("file", type=click.Path())
@click.option("--taskflow", metavar="ID", help="Which taskflow to run, where the file has several.")
@click.option("--input", "pairs", metavar="NAME=VALUE", multiple=True, help="One input; JSON values count as such.")
@click.option("--inputs", "inputs_file", metavar="FILE", type=click.Path(), help="All inputs, as YAML or JSON.")
@click.option("--trigger", "trigger_id", metavar="ID", help="Start it as this trigger would.")
@click.option("--payload", metavar="FILE", type=click.Path(), help="The trigger's payload, as YAML or JSON.")
@click.option("--queue", metavar="NAME", default="runs", show_default=True, help="The queue.")
@click.option(
    "--priority", type=click.IntRange(1), metavar="N", help="1 comes first; none comes before all that have one."
)
@click.option("--key", metavar="TEXT", help="Runs that are submitted with the same key are one.")
@click.option("--wait", is_flag=True, help="Wait until it has ended; the exit status is that of mfo run.")
@click.option("--json", "as_json", is_flag=True, help="Print the run as JSON.")
@database_option
@url_option
@profile_option
def submit_command(  # noqa: PLR0913 - one argument for each option
    file: str,
    taskflow: str | None,
    pairs: tuple[str, ...],
    inputs_file: str | None,
    trigger_id: str | None,
    payload: str | None,
    queue: str,
    priority: int | None,
    key: str | None,
    database_url: str | None,
    server: str | None,
    profile: str | None,
    *,
    wait: bool,
    as_json: bool,
) -> int:
    """Put a run of the workflow in FILE on a queue and print its id; mfo worker executes it.

    It keeps the definition that it begins with: editing the file changes no run that was submitted before.
    """
    flow = flow_to_run(file, taskflow, trigger_id, as_json=as_json)
    if isinstance(flow, int):
        return flow
    inputs, call = read_given(flow, Given(inputs_file, pairs, trigger_id, payload))
    with pool_at(file, database_url) as journal:
        from mfo_runtime.distributed.submitting import Submission, named_firing, submit  # noqa: PLC0415 - an extra

        firing = named_firing(flow, key, inputs) if key is not None else None
        where = Where(server, None, profile)
        submission = Submission(queue, priority, where.to_data(), call, firing=firing)
        run_id, is_known = submit(journal, flow, inputs, submission)
        if not as_json:
            click.echo(run_id)
            if is_known:
                say("mfo: a run was submitted with this key before; nothing is done twice")
        if wait:
            return _tell_of_end(*_wait(journal, run_id), as_json=as_json)
        if as_json:
            write_json(run_data(journal.find(run_id), "queued"))
        return 0


def _wait(journal: SharedJournal, run_id: str) -> tuple[StoredRun, Mapping[str, Any] | None]:
    """A run that has ended, and its outcome; it has none where it was cancelled before it began."""
    from mfo_runtime.distributed.tables import UNDER_WAY  # noqa: PLC0415 - an extra

    while True:
        run = journal.find(run_id)
        outcome = journal.outcome(run) if run.state not in UNDER_WAY else None
        if outcome is not None or (run.state == "cancelled" and run.holder is None):
            return run, outcome
        time.sleep(_LOOK)


def _tell_of_end(run: StoredRun, outcome: Mapping[str, Any] | None, *, as_json: bool) -> int:
    if as_json:
        write_json({**run_data(run, run.state), "outputs": (outcome or {}).get("outputs", {})})
    elif run.error is not None:
        say(f"mfo: {run.taskflow} {run.state}: {run.error.get('message', '')} [{run.error.get('code', '')}]")
    elif outcome is not None:
        write_json(outcome["outputs"])
    return 0 if run.state == "succeeded" else FAILED
