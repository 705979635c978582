"""Running a flow as ``mfo run`` is asked to: show how it goes, print what came out."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click

from mfo_dialect.analysis.schemas import schema_data
from mfo_runtime.cli.asking import TerminalAsk
from mfo_runtime.cli.connecting import Where
from mfo_runtime.cli.data_files import read_inputs
from mfo_runtime.cli.dry_run import dry_run
from mfo_runtime.cli.findings import outcome_of
from mfo_runtime.cli.journals import journal_at, journal_of, spending_book_of
from mfo_runtime.cli.log_lines import JSON
from mfo_runtime.cli.output import say, say_error, shown_path, tell_as
from mfo_runtime.cli.pools import pool_at
from mfo_runtime.cli.preparing import Given, flow_to_run, read_given
from mfo_runtime.cli.progress import NoProgress, Progress, make_progress
from mfo_runtime.cli.run import DBOS, Asked
from mfo_runtime.cli.run_words import tell_broken_off, tell_findings, tell_outcome, tell_refusal
from mfo_runtime.cli.running_in_pool import begun_in_pool, resumed_in_pool
from mfo_runtime.cli.stopping import Stopper
from mfo_runtime.cli.takes import GoSomewhere, recorded_as, replayed, with_client
from mfo_runtime.cli.watching import Watch, log_settings, watching
from mfo_runtime.client import ClientSettings, MfoClient
from mfo_runtime.errors import InvalidInputError, JournalError
from mfo_runtime.flow import (
    Flow,
    Keeping,
    RefusedDocumentError,
    Resumption,
    RunOptions,
    RunOutcome,
    TriggerCall,
    load_run,
)
from mfo_runtime.flow.only import recorded_of, run_only, task_of
from mfo_runtime.flow.running import checked_inputs
from mfo_runtime.journal import Journal
from mfo_runtime.testing import read_cassette_file
from mfo_runtime.testing.takes import NOWHERE, replay_of
from mfo_workspace.text_report import printable

if TYPE_CHECKING:
    from mfo_runtime.distributed.journal import SharedJournal

FAILED = 1
_IN_JOURNAL = "mfo run --resume"
_IN_POOL = "mfo run --engine dbos --resume"


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What the command line asked for."""

    inputs: Mapping[str, Any]
    trigger: TriggerCall | None
    again: tuple[str, ...]
    where: Where
    log_format: str | None
    as_json: bool


@dataclass(frozen=True, slots=True)
class _Course:
    """Which run it is, whether it is kept, whether it goes on with an earlier one, and what goes on with it."""

    run_id: str
    is_kept: bool = False
    is_resumed: bool = False
    resumed_by: str = _IN_JOURNAL


def run_as_asked(asked: Asked) -> int:
    """Run a workflow, or go on with a run of it; gives the exit status.

    Raises:
        MfoError: what is asked for cannot be done.
    """
    where = Where(asked.server, asked.script, asked.profile)
    tell_as(asked.log_format)
    if asked.resume is not None:
        return _go_on(asked, asked.resume, where)
    if asked.file is None:
        raise click.MissingParameter(param_type="argument", param_hint="'FILE'")
    if asked.again or asked.new_definition:
        raise InvalidInputError(
            "--again and --new-definition are for a run that goes on.", hint="Name it with --resume."
        )
    flow = flow_to_run(asked.file, asked.taskflow, asked.trigger_id, as_json=asked.as_json)
    return flow if isinstance(flow, int) else _start(asked, flow, where)


def _go_on(asked: Asked, run: str, where: Where) -> int:
    _refuse_together(
        "--resume",
        "goes on with what the run began with",
        taskflow=asked.taskflow,
        trigger=asked.trigger_id,
        payload=asked.payload,
        no_journal=asked.no_journal,
        dry_run=asked.is_dry,
        record=asked.record,
        replay=asked.replay,
        only=asked.only,
        inputs_from=asked.inputs_from,
    )
    wishes = _Wishes({}, None, asked.again, where, asked.log_format, asked.as_json)
    pool = _pool(asked, asked.file)
    with pool or nullcontext():
        return _load_and_resume((asked.file, run), pool, (asked.inputs_file, asked.pairs), wishes, asked.new_definition)


def _start(asked: Asked, flow: Flow, where: Where) -> int:
    """Begin a run of a flow that can be run, in the way that is asked for."""
    inputs, call = read_given(flow, Given(asked.inputs_file, asked.pairs, asked.trigger_id, asked.payload))
    if asked.replay is not None:
        others = {"server": asked.server, "profile": asked.profile, "script": asked.script, "record": asked.record}
        _refuse_together("--replay", "asks no server", **others)
    wishes = _Wishes(inputs, call, asked.again, where, asked.log_format, asked.as_json)
    if asked.is_dry:
        return dry_run(flow, inputs, call, where, as_json=asked.as_json)
    if asked.only is not None:
        _refuse_together("--only", "executes one task", record=asked.record, replay=asked.replay)
        return _run_only(flow, asked.only, asked.inputs_from, wishes)
    if asked.inputs_from is not None:
        raise InvalidInputError("--inputs-from is for a task alone.", hint="Name the task with --only.")
    if asked.replay is not None:
        return _replay(flow, asked.replay, wishes)
    pool = _pool(asked, flow.view.document)
    if pool is not None:
        others = {"no_journal": asked.no_journal, "record": asked.record}
        _refuse_together("--engine dbos", "keeps its runs in a database, and answers by none", **others)
        with pool:
            return _run_in_pool(flow, pool, wishes)
    journal = None if asked.no_journal else journal_of(flow.bundle.project, flow.view.document)
    with journal or nullcontext():
        return _run_new(flow, journal, wishes, asked.record)


def _pool(asked: Asked, place: str | None) -> SharedJournal | None:
    """The database that the run is kept in; None for the journal of this machine."""
    if asked.engine == DBOS:
        return pool_at(place, asked.database_url)
    if asked.database_url is not None:
        raise InvalidInputError("The journal of this machine is not named by a URL.", hint="Add --engine dbos.")
    return None


def _run_in_pool(flow: Flow, pool: SharedJournal, wishes: _Wishes) -> int:
    run_id = uuid4().hex
    go = begun_in_pool(pool, flow, wishes.inputs, wishes.trigger, wishes.where.to_data(), run_id)
    connected = wishes.where.settings(flow.bundle, flow.view.document)
    return _carry_out(flow, go, wishes, connected, _Course(run_id, is_kept=True, resumed_by=_IN_POOL))


def _run_new(flow: Flow, journal: Journal | None, wishes: _Wishes, record: str | None) -> int:
    checked_inputs(flow.view, flow.bundle, wishes.inputs)
    keeping = Keeping(journal, settings=wishes.where.to_data()) if journal is not None else None
    run_id = uuid4().hex

    async def go(client: MfoClient, options: RunOptions) -> RunOutcome:
        return await flow.run(
            wishes.inputs, client, replace(options, trigger=wishes.trigger, run_id=run_id, keeping=keeping)
        )

    course = _Course(run_id, is_kept=keeping is not None)
    connected = wishes.where.settings(flow.bundle, flow.view.document)
    if record is None:
        return _carry_out(flow, with_client(go), wishes, connected, course)
    status = _carry_out(flow, recorded_as(flow, go, record, run_id), wishes, connected, course)
    if not wishes.as_json:
        say(f"recorded in {printable(shown_path(record))}")
    return status


def _run_only(flow: Flow, task: str, inputs_from: str | None, wishes: _Wishes) -> int:
    """Execute one task; nothing is kept."""
    task_of(flow, task)
    journal, _ = journal_at(flow.view.document)
    runs = (run for run in journal.runs(flow.name) if run.document == flow.view.document)
    stored = journal.find(inputs_from) if inputs_from is not None else next(runs, None)
    if stored is not None and stored.taskflow != flow.name:
        raise InvalidInputError(f"Run {stored.id} is one of {stored.taskflow}, not of {flow.name}.", hint="")
    recorded = recorded_of(journal, stored) if stored is not None else None
    if not wishes.as_json and stored is not None:
        say(f"mfo: what {task} reads is that of run {stored.id}; this run is not kept")

    course = _Course(uuid4().hex)

    async def go(client: MfoClient, options: RunOptions) -> RunOutcome:
        options = replace(options, trigger=wishes.trigger, run_id=course.run_id)
        return await run_only(flow, task, wishes.inputs, recorded, client, options)

    connected = wishes.where.settings(flow.bundle, flow.view.document)
    return _carry_out(flow, with_client(go), wishes, connected, course)


def _replay(flow: Flow, file: str, wishes: _Wishes) -> int:
    """Run against a cassette; a request that is not on it fails the run, however the flow takes it."""
    checked_inputs(flow.view, flow.bundle, wishes.inputs)
    replay = replay_of(read_cassette_file(file), flow.view.workflow, wishes.inputs, wishes.trigger)

    go = replayed(flow, replay, wishes.inputs, wishes.trigger)
    status = _carry_out(flow, go, wishes, nullcontext(ClientSettings(NOWHERE)), _Course(replay.cassette.run_id))
    if status == 0 and replay.missed:
        say_error(replay.missed[0])
        return FAILED
    if status == 0 and replay.unused and not wishes.as_json:
        say(f"mfo: {replay.unused} of {len(replay.cassette.exchanges)} recorded requests were not made")
    return status


def _load_and_resume(
    run: tuple[str | None, str],
    pool: SharedJournal | None,
    given: tuple[str | None, tuple[str, ...]],
    wishes: _Wishes,
    is_redefined: bool,  # noqa: FBT001 - as the command line has it
) -> int:
    """Go on with the run of a name, in a pool, or in the journal of a file's project."""
    try:
        resumption = load_run(pool or journal_at(run[0])[0], run[1], is_redefined=is_redefined)
    except RefusedDocumentError as refused:
        return tell_findings(outcome_of(refused.findings, refused.bundle), as_json=wishes.as_json)
    flow = resumption.flow
    inputs = read_inputs(*given, schema_data(flow.view.taskflow.input_schema, flow.bundle))
    if pool is None:
        return _resume(resumption.with_inputs(inputs), wishes)
    go = resumed_in_pool(pool, resumption.with_inputs(inputs), inputs, wishes.again)
    return _resume(resumption, wishes, go)


def _resume(resumption: Resumption, wishes: _Wishes, go_elsewhere: GoSomewhere | None = None) -> int:
    flow = resumption.flow
    refused_with = tell_refusal(flow, as_json=wishes.as_json) if resumption.is_redefined else None
    if refused_with is not None:
        return refused_with
    _tell_of(resumption, wishes)
    connected = wishes.where.or_else(resumption.settings).settings(flow.bundle, flow.view.document)

    async def go(client: MfoClient, options: RunOptions) -> RunOutcome:
        return await resumption.go_on(client, options, wishes.again)

    with closing(resumption.journal):
        way = _IN_POOL if go_elsewhere is not None else _IN_JOURNAL
        course = _Course(resumption.stored.id, is_kept=True, is_resumed=True, resumed_by=way)
        return _carry_out(flow, go_elsewhere or with_client(go), wishes, connected, course)


def _tell_of(resumption: Resumption, wishes: _Wishes) -> None:
    """Say what is special about going on with this run."""
    if wishes.as_json:
        return
    if resumption.has_succeeded and not wishes.again:
        say("mfo: the run has succeeded already; nothing is executed")
    elif resumption.changed and not resumption.is_redefined:
        names = ", ".join(printable(shown_path(document)) for document in resumption.changed)
        say(f"mfo: changed since the run began: {names}")
        say("  The run goes on by the definition that it began with; --new-definition lets it go on by the files.")


def _carry_out(
    flow: Flow,
    go: GoSomewhere,
    wishes: _Wishes,
    connected: AbstractContextManager[ClientSettings],
    course: _Course,
) -> int:
    """Run, show how it goes and what came out."""
    stopper = Stopper()
    log = log_settings(flow.bundle, wishes.log_format)
    tell_as(JSON if log.is_all_there_is else None)
    is_told = course.is_kept and not wishes.as_json
    with connected as settings, watching(flow.view, course.run_id, log, is_resumed=course.is_resumed) as watch:
        if is_told:
            say(f"run {course.run_id}")
        is_shown = not (wishes.as_json or log.is_all_there_is)
        try:
            outcome = asyncio.run(_run(flow, partial(go, settings), stopper, watch, is_shown=is_shown))
        except JournalError as error:
            return tell_broken_off(error, as_json=wishes.as_json)
        tell_outcome(flow, outcome, as_json=wishes.as_json)
    if outcome.succeeded:
        return 0
    if is_told:
        say(f"  Go on from here: {course.resumed_by} {course.run_id} {shown_path(flow.view.document)}")
    return stopper.status or FAILED


async def _run(
    flow: Flow,
    go: Callable[[RunOptions, Watch], Awaitable[RunOutcome]],
    stopper: Stopper,
    watch: Watch,
    *,
    is_shown: bool,
) -> RunOutcome:
    with make_progress(flow.view) if is_shown else NoProgress() as progress, stopper.listening():
        watch = replace(watch, observers=(progress, *watch.observers), on_usage=(progress.used, *watch.on_usage))
        ask = _asker(progress) if is_shown else None
        options = RunOptions(
            observers=watch.observers,
            on_usage=watch.used,
            on_text=progress.reader,
            ask=ask,
            control=stopper.control,
            spending_book=spending_book_of(flow.bundle.project, flow.view.document),
            on_notice=partial(_tell_notice, progress),
        )
        return await go(options, watch)


def _tell_notice(progress: Progress, notice: str) -> None:
    with progress.paused():
        say(f"mfo: {printable(notice)}")


def _refuse_together(option: str, why: str, **others: object) -> None:
    """Refuse options that make no sense beside another one."""
    for name, value in others.items():
        if value:
            raise InvalidInputError(f"{option} {why}.", hint=f"Leave out --{name.replace('_', '-')}.")


def _asker(progress: Progress) -> TerminalAsk | None:
    """Whoever sits at the terminal; None where nobody does."""
    return TerminalAsk(progress.paused) if sys.stdin.isatty() and sys.stderr.isatty() else None
