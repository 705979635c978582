"""``mfo run``: run a flow, show how it goes, print what came out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from mfo_dialect.durations import format_duration
from mfo_runtime.cli.asking import ask_on_terminal
from mfo_runtime.cli.connecting import client_settings
from mfo_runtime.cli.data_files import read_data, read_inputs
from mfo_runtime.cli.progress import make_progress, state_mark
from mfo_runtime.client import ClientSettings, MfoClient
from mfo_runtime.engine.observing import Observer
from mfo_runtime.errors import InvalidInputError, MfoError
from mfo_runtime.flow import Flow, RunOptions, RunOutcome, TriggerCall, load_flow
from mfo_runtime.flow.trigger import trigger_inputs
from mfo_workspace.outcome import CheckOutcome
from mfo_workspace.text_report import excerpt_at, text_report

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
    flow = load_flow(file, taskflow or _target_of(file, trigger_id))
    if flow.findings:
        _show_findings(flow, as_json=as_json)
        return FAILED
    flow.refuse_errors()
    inputs = read_inputs(inputs_file, pairs)
    call: TriggerCall | None = None
    if trigger_id is not None:
        call, mapped = trigger_inputs(flow, trigger_id, read_data(payload) if payload is not None else None)
        inputs = {**mapped, **inputs}
    elif payload is not None:
        raise InvalidInputError("A payload is a trigger's.", hint="Name the trigger with --trigger.")
    wishes = _Wishes(inputs, call, as_json)
    with client_settings(server, script, flow.bundle, flow.view.document) as settings:
        outcome = asyncio.run(_run(flow, settings, wishes))
    _show_outcome(flow, outcome, as_json=as_json)
    return 0 if outcome.succeeded else FAILED


def _target_of(file: str, trigger_id: str | None) -> str | None:
    """The taskflow that a trigger starts."""
    if trigger_id is None:
        return None
    from mfo_runtime.flow.trigger import target_of  # noqa: PLC0415 - only for triggers

    return target_of(file, trigger_id)


async def _run(flow: Flow, settings: ClientSettings, wishes: _Wishes) -> RunOutcome:
    console = Console(stderr=True, soft_wrap=True)
    if wishes.as_json:
        return await _run_with(flow, settings, wishes, ())
    with make_progress(console, flow.view) as progress:
        return await _run_with(flow, settings, wishes, (progress,))


async def _run_with(
    flow: Flow, settings: ClientSettings, wishes: _Wishes, observers: tuple[Observer, ...]
) -> RunOutcome:
    ask = ask_on_terminal if sys.stdin.isatty() and not wishes.as_json else None
    options = RunOptions(trigger=wishes.trigger, observers=observers, ask=ask)
    async with MfoClient(settings) as client:
        running = asyncio.ensure_future(flow.run(wishes.inputs, client, options))
        loop = asyncio.get_running_loop()
        with contextlib.suppress(NotImplementedError, RuntimeError):  # this platform may tell of no such signal
            loop.add_signal_handler(signal.SIGTERM, running.cancel)
        return await running


def _show_findings(flow: Flow, *, as_json: bool) -> None:
    outcome = check_outcome(flow)
    if as_json:
        findings = [
            {
                "code": finding.code,
                "name": finding.name,
                "message": finding.message,
                "place": f"{outcome.name(finding.place.document)}:{outcome.start(finding.place).line}:{outcome.start(finding.place).column}",
            }
            for finding in flow.findings
        ]
        click.echo(json.dumps({"state": "refused", "findings": findings}, indent=2, ensure_ascii=False))
        return
    click.echo(text_report(outcome, colour=sys.stderr.isatty() and not os.environ.get("NO_COLOR")), err=True, nl=False)
    click.echo("mfo: the flow has errors and was not run", err=True)


def check_outcome(flow: Flow) -> CheckOutcome:
    """The findings that keep a flow from running, ready to be shown."""
    sources = flow.bundle.sources
    texts = {key: source.tree.lines for key, source in sources.items()}
    names = {key: _shown(key) for key in sources}
    if flow.bundle.project.document:
        texts[flow.bundle.project.document] = flow.bundle.project.lines
        names[flow.bundle.project.document] = _shown(flow.bundle.project.document)
    return CheckOutcome(flow.findings, names, texts, len({finding.place.document for finding in flow.findings}))


def _shown(document: str) -> str:
    try:
        return Path(os.path.relpath(document)).as_posix()
    except ValueError:  # another drive
        return document


def _show_outcome(flow: Flow, outcome: RunOutcome, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(outcome.to_data(), indent=2, ensure_ascii=False, default=str))
        return
    line = (
        f"{state_mark(outcome.state)} {outcome.taskflow} {outcome.state.value} in {format_duration(outcome.duration)}"
    )
    usage = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in sorted(outcome.usage.items()))
    click.echo(f"{line} ({usage})" if usage else line, err=True)
    if outcome.error is not None:
        _show_error(flow, outcome.error)
    if outcome.succeeded:
        click.echo(json.dumps(outcome.outputs, indent=2, ensure_ascii=False, default=str))


def _show_error(flow: Flow, error: MfoError) -> None:
    place = error.place
    where = "" if place is None or isinstance(place, str) else f"{_shown(place.file)}:{place.line}:{place.column}: "
    click.echo(f"{where}{error.message} [{error.code}]", err=True)
    if place is not None and not isinstance(place, str) and place.file in flow.bundle.sources:
        lines = flow.bundle.sources[place.file].tree.lines
        click.echo("\n".join(excerpt_at(lines, place.line - 1, place.column - 1)), err=True)
    if error.hint:
        click.echo(f"  {error.hint}", err=True)
