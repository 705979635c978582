"""``mfo show``: what happened in one run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click
from rich.table import Table

from mfo_dialect.durations import format_duration
from mfo_runtime.cli.database_option import database_option
from mfo_runtime.cli.output import moment, print_table, shown_path, write_json
from mfo_runtime.cli.places import project_option
from mfo_runtime.cli.pools import runs_at
from mfo_runtime.cli.progress import state_mark
from mfo_runtime.cli.runs import run_data, state_now
from mfo_runtime.cli.usage_words import agent_lines, usage_words
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.flow.history import NodeHistory, RunHistory, history_of
from mfo_runtime.flow.past import id_of
from mfo_runtime.journal import StoredRun
from mfo_workspace.text_report import printable

_LONGEST_VALUE = 60


@click.command("show")
@click.argument("run")
@click.option("--task", metavar="ID", help="Everything about one task: its tries, errors and whole outputs.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON, outputs in full.")
@database_option
@project_option
def show_command(run: str, task: str | None, database_url: str | None, place: str | None, *, as_json: bool) -> int:
    """Show what happened in RUN: an id, its beginning, or "last".

    Secrets are struck out; long outputs are cut, except with --task and --json.
    """
    journal, _ = runs_at(place, database_url)
    stored = journal.find(run)
    state = state_now(journal, stored)
    history = history_of(journal.events(stored))
    nodes = [node for node in history.nodes if task is None or task in {node.node, id_of(node.node)}]
    if task is not None and not nodes:
        raise InvalidInputError(f'Run {stored.id} has come to no task "{task}".', hint="mfo show RUN lists its tasks.")
    if as_json:
        data = [node.to_data() for node in nodes]
        write_json({**run_data(stored, state), "resumptions": history.resumptions, "nodes": data})
        return 0
    if task is None:
        _show_run(stored, state, history)
    else:
        for node in nodes:
            _show_node(node)
    return 0


def _show_run(run: StoredRun, state: str, history: RunHistory) -> None:
    click.echo(f"{state_mark(state)} {run.taskflow} {state}")
    click.echo(f"  run       {run.id}")
    click.echo(f"  document  {printable(shown_path(run.document))}")
    if run.trigger is not None:
        click.echo(f"  trigger   {printable(run.trigger)}")
    click.echo(f"  started   {moment(run.started_at)}")
    if run.duration is not None:
        click.echo(f"  time      {format_duration(run.duration)}")
    if history.resumptions:
        click.echo(f"  resumed   {history.resumptions} times" if history.resumptions > 1 else "  resumed   once")
    if run.usage:
        _show_usage(run.usage)
    if state == "running":
        click.echo(f"  by        {run.holder}")
    if run.error is not None:
        click.echo(f"  error     {printable(_error(run.error))}")
    _show_nodes(history)
    if state in {"interrupted", "failed", "cancelled"}:
        click.echo(f"Go on with it: mfo resume {run.id}")


def _show_nodes(history: RunHistory) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("", "node", "state", "tries", "started", "time", "result"):
        table.add_column(heading, no_wrap=True, overflow="ellipsis")
    for node in history.nodes:
        started = moment(node.started_at)[11:] if node.started_at is not None else ""
        duration = format_duration(node.duration) if node.duration is not None else ""
        tries = str(node.attempts) if node.attempts else ""
        table.add_row(state_mark(node.state), printable(node.node), node.state, tries, started, duration, _result(node))
    print_table(table)


def _result(node: NodeHistory) -> str:
    if node.error is not None:
        return printable(_shortened(_error(node.error)))
    if node.state != "succeeded":
        return ""
    chosen = f"branch {node.branch}, " if node.branch is not None else ""
    return "" if node.value is None else printable(chosen + _shortened(json.dumps(node.value, ensure_ascii=False)))


def _show_node(node: NodeHistory) -> None:
    click.echo(f"{state_mark(node.state)} {printable(node.node)} {node.state}")
    if node.started_at is not None:
        click.echo(f"  started   {moment(node.started_at)}")
    if node.duration is not None:
        click.echo(f"  time      {format_duration(node.duration)}")
    if node.usage:
        _show_usage(node.usage)
    for number, error in enumerate(node.failed_tries, 1):
        click.echo(f"  try {number}     {printable(_error(error))}")
    if node.error is not None:
        click.echo(f"  error     {printable(_error(node.error))}")
    if node.branch is not None:
        click.echo(f"  branch    {node.branch}")
    if node.state == "succeeded" and node.value is not None:
        write_json(node.value)


def _error(error: Any) -> str:
    return f"{error.get('message', '')} [{error.get('code', '')}]"


def _show_usage(usage: Mapping[str, Any]) -> None:
    click.echo(f"  usage     {usage_words(usage)}")
    for agent in agent_lines(usage):
        click.echo(printable(f"            {agent}"))


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"
