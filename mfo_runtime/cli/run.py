"""``mfo run``: run a flow, show how it goes, print what came out."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click

from mfo_dialect.analysis.schemas import schema_data
from mfo_dialect.durations import format_duration
from mfo_runtime.cli.asking import TerminalAsk
from mfo_runtime.cli.connecting import client_settings
from mfo_runtime.cli.data_files import read_data, read_inputs
from mfo_runtime.cli.findings import findings_data, outcome_of
from mfo_runtime.cli.output import error_data, say, say_error, write_json
from mfo_runtime.cli.progress import NoProgress, Progress, make_progress, state_mark
from mfo_runtime.cli.stopping import Stopper
from mfo_runtime.client import ClientSettings, MfoClient
from mfo_runtime.errors import FlowRefusedError, InvalidInputError
from mfo_runtime.flow import Flow, RefusedDocumentError, RunOptions, RunOutcome, TriggerCall, load_flow
from mfo_runtime.flow.trigger import target_of, trigger_inputs
from mfo_workspace.outcome import CheckOutcome
from mfo_workspace.text_report import text_report

FAILED = 1


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What the command line asked for."""

    inputs: Mapping[str, Any]
    trigger: TriggerCall | None
    as_json: bool


@click.command("run")
@click.argument("file", type=click.Path())
@click.option("--taskflow", metavar="ID", help="Which taskflow to run, where the file has several.")
@click.option("--input", "pairs", metavar="NAME=VALUE", multiple=True, help="One input; JSON values count as such.")
@click.option("--inputs", "inputs_file", metavar="FILE", type=click.Path(), help="All inputs, as YAML or JSON.")
@click.option("--trigger", "trigger_id", metavar="ID", help="Start it as this trigger would.")
@click.option("--payload", metavar="FILE", type=click.Path(), help="The trigger's payload, as YAML or JSON.")
@click.option("--server", metavar="URL|local", help="The MFO server; local is the one that is built in.")
@click.option("--script", metavar="FILE", type=click.Path(), help="Answers for the local server's scripted provider.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON, and nothing else.")
def run_command(  # noqa: PLR0913 - one argument for each option
    file: str,
    taskflow: str | None,
    pairs: tuple[str, ...],
    inputs_file: str | None,
    trigger_id: str | None,
    payload: str | None,
    server: str | None,
    script: str | None,
    *,
    as_json: bool,
) -> int:
    """Run the workflow in FILE.

    The exit status is 0 where the run succeeded, 1 where it failed or was refused, and 2 for misuse.
    """
    try:
        flow = load_flow(file, taskflow or (target_of(file, trigger_id) if trigger_id is not None else None))
    except RefusedDocumentError as refused:
        return _refuse(outcome_of(refused.findings, refused.bundle), as_json=as_json)
    if flow.findings:
        return _refuse(outcome_of(flow.findings, flow.bundle), as_json=as_json)
    try:
        flow.refuse_errors()
    except FlowRefusedError as refusal:
        return _refuse_to_run(flow, refusal, as_json=as_json)
    inputs = read_inputs(inputs_file, pairs, schema_data(flow.view.taskflow.input_schema, flow.bundle))
    call: TriggerCall | None = None
    if trigger_id is not None:
        call, mapped = trigger_inputs(flow, trigger_id, read_data(payload) if payload is not None else None)
        inputs = {**mapped, **inputs}
    elif payload is not None:
        raise InvalidInputError("A payload is a trigger's.", hint="Name the trigger with --trigger.")
    stopper = Stopper()
    with client_settings(server, script, flow.bundle, flow.view.document) as settings:
        outcome = asyncio.run(_run(flow, settings, _Wishes(inputs, call, as_json), stopper))
        _show_outcome(flow, outcome, as_json=as_json)
    if outcome.succeeded:
        return 0
    return stopper.status or FAILED


async def _run(flow: Flow, settings: ClientSettings, wishes: _Wishes, stopper: Stopper) -> RunOutcome:
    with NoProgress() if wishes.as_json else make_progress(flow.view) as progress, stopper.listening():
        options = RunOptions(
            trigger=wishes.trigger,
            observers=(progress,),
            ask=_asker(progress) if not wishes.as_json else None,
            control=stopper.control,
        )
        async with MfoClient(settings) as client:
            return await flow.run(wishes.inputs, client, options)


def _asker(progress: Progress) -> TerminalAsk | None:
    """Whoever sits at the terminal; None where nobody does."""
    return TerminalAsk(progress.paused) if sys.stdin.isatty() and sys.stderr.isatty() else None


def _refuse(outcome: CheckOutcome, *, as_json: bool) -> int:
    """Show the findings that keep a flow from running."""
    if as_json:
        write_json({"state": "refused", "findings": findings_data(outcome)})
        return FAILED
    colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    click.echo(text_report(outcome, colour=colour), err=True, nl=False)
    say("mfo: the flow has errors and was not run")
    return FAILED


def _refuse_to_run(flow: Flow, refusal: FlowRefusedError, *, as_json: bool) -> int:
    """Show why a flow without errors is not run."""
    if as_json:
        write_json({"state": "refused", "findings": [], "error": error_data(refusal)})
    else:
        say_error(refusal, flow.bundle)
    return FAILED


def _show_outcome(flow: Flow, outcome: RunOutcome, *, as_json: bool) -> None:
    if as_json:
        data = outcome.to_data()
        write_json({**data, "error": error_data(outcome.error) if outcome.error is not None else None})
        return
    line = (
        f"{state_mark(outcome.state)} {outcome.taskflow} {outcome.state.value} in {format_duration(outcome.duration)}"
    )
    usage = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in sorted(outcome.usage.items()))
    say(f"{line} ({usage})" if usage else line)
    if outcome.error is not None:
        say_error(outcome.error, flow.bundle)
    if outcome.succeeded:
        write_json(outcome.outputs)
