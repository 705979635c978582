"""One run of a flow: inputs are checked, the plan is laid out, the engine runs it, outputs are read."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.schemas import schema_data
from mfo_dialect.analysis.scopes import FlowView
from mfo_dialect.model.access import text_at
from mfo_runtime.agents import Ledger, SpendingBook
from mfo_runtime.client import MfoClient
from mfo_runtime.engine.executors import Executors
from mfo_runtime.engine.observing import Observer
from mfo_runtime.engine.plan import RunPlan
from mfo_runtime.engine.result import Failure, RunResult
from mfo_runtime.engine.shell import Run
from mfo_runtime.engine.states import RunState
from mfo_runtime.errors import InvalidInputError, MfoError, Place
from mfo_runtime.flow.circuits import Circuits, circuits_of
from mfo_runtime.flow.control import RunControl
from mfo_runtime.flow.definition import definition_of
from mfo_runtime.flow.executors import FlowExecutors, UsageObserver
from mfo_runtime.flow.keeping import Keeping, KeptRun, KnownSecrets, keep_new, keep_on
from mfo_runtime.flow.outcome import RunOutcome, strike_out
from mfo_runtime.flow.scope import Reading, RunScope
from mfo_runtime.flow.secrets import Secrets, secret_texts
from mfo_runtime.flow.settings import lay_out
from mfo_runtime.flow.surroundings import Surroundings
from mfo_runtime.flow.told_text import TextObserver, ToldText
from mfo_runtime.http import HttpClient
from mfo_runtime.journal import Codec, Definition, Journal, NewRun
from mfo_runtime.json_schema import schema_problem, with_defaults
from mfo_runtime.tasks import Ask, Safeguards, spending_of


@dataclass(frozen=True, slots=True)
class TriggerCall:
    """What started a run: ``TRIGGER`` in its tasks."""

    id: str
    type: str
    payload: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def to_data(self) -> dict[str, Any]:
        """TRIGGER as references read it."""
        return {"id": self.id, "type": self.type, "payload": self.payload, "headers": dict(self.headers)}


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a caller may settle for one run.

    Attributes:
        run_id: the run's id; a fresh one where it is empty.
        started_at: when the run began, as RFC 3339 has it; now where it is empty.
        trigger: what started it.
        given_again: the dotted paths of inputs that the journal did not keep, so that they count as secrets.
        observers: told of every event.
        on_usage: told what a model used, with each of its answers.
        on_text: told what models say while they say it, secrets struck out; None to have answers come whole.
        ask: asks the person who runs the flow; None where nobody can be asked.
        environment: what secrets and ENV are read from; the process's own where it is None.
        job_id: the server job that started the run, for ``SYSTEM.JOB_ID``.
        control: stops the run from outside; it then ends as cancelled.
        keeping: keeps the run in a journal; None for a run that cannot go on after a crash.
        surroundings: other servers, time and secrets, where they are not the usual ones.
        circuits: breakers that several runs share; the run's own where it is None.
        safeguards: rates, breakers and answers of agents that several runs share; the run's own where it is None.
        spending_book: where it is kept what runs of a month spent; beside the journal of this machine where it is None,
            and without one nowhere, so that no month's budget counts.
        on_notice: told what a person should know, as that a budget is nearly spent or a model does not answer; the log where it is None.
        through: what stands between the engine and the executors of a kept run; None for nothing.
    """

    run_id: str = ""
    started_at: str = ""
    trigger: TriggerCall | None = None
    given_again: Collection[str] = ()
    observers: Sequence[Observer] = ()
    on_usage: UsageObserver | None = None
    on_text: TextObserver | None = None
    ask: Ask | None = None
    environment: Mapping[str, str] | None = None
    job_id: str | None = None
    control: RunControl | None = None
    keeping: Keeping | None = None
    surroundings: Surroundings = field(default_factory=Surroundings)
    circuits: Circuits | None = None
    safeguards: Safeguards | None = None
    spending_book: Ledger | None = None
    on_notice: Callable[[str], None] | None = None
    through: Callable[[FlowExecutors, KeptRun, RunPlan], Executors] | None = None


async def run_flow(
    flow: FlowView, bundle: Bundle, inputs: Mapping[str, Any], client: MfoClient, options: RunOptions
) -> RunOutcome:
    """Run a taskflow to its end.

    Raises:
        InvalidInputError: the inputs are not what ``input_schema`` asks for; nothing has run.
        JournalError: the run cannot be kept; by then it has stopped.
        asyncio.CancelledError: the caller was cancelled; by then the run has stopped.
    """
    inputs = checked_inputs(flow, bundle, inputs)
    is_resumed = options.keeping is not None and options.keeping.stored is not None
    scope = scope_of_run(flow, bundle, inputs, options, is_resumed=is_resumed)
    plan = lay_out(flow, bundle)
    async with other_servers(options) as http:
        executors = executors_of(scope, client, http, options)
        if options.surroundings.is_live:
            executors.circuits = options.circuits or circuits_of(bundle)
        with _kept(executors, options, plan) as kept:
            recorder = kept.recorder if kept is not None else None
            outer: Executors = executors
            if options.through is not None and kept is not None:
                outer = options.through(executors, kept, plan)
            run = Run(plan, outer, observers=_observers(options), recorder=recorder)
            if options.control is not None:
                options.control.attach(run, kept)
            result = await run.result()
            outcome = _outcome(flow, run, result, executors)
            if kept is not None:
                kept.end(outcome)
    return outcome


def executors_of(scope: RunScope, client: MfoClient, http: HttpClient, options: RunOptions) -> FlowExecutors:
    """What the nodes of a run do."""
    on_text = options.on_text
    return FlowExecutors(
        scope,
        client,
        http,
        scope.taskflow["process_id"],
        options.ask,
        options.surroundings,
        options.on_usage,
        ToldText(on_text, lambda: scope.secrets.shown_never) if on_text is not None else None,
        spending=spending_of(scope.bundle.project, _book(options), options.on_notice),
        safeguards=options.safeguards or Safeguards(),
    )


def _book(options: RunOptions) -> Ledger | None:
    """Where it is kept what runs spend; nowhere for a run that asks no model."""
    if not options.surroundings.is_live:
        return None
    journal = options.keeping.journal if options.keeping is not None else None
    if options.spending_book is None and isinstance(journal, Journal):
        return SpendingBook(journal.folder)
    return options.spending_book


def other_servers(options: RunOptions) -> AbstractAsyncContextManager[HttpClient]:
    """The pool for calls to other servers; the run's own is closed in the end."""
    given = options.surroundings.http
    return HttpClient() if given is None else nullcontext(given)


def announced_run(
    flow: FlowView, bundle: Bundle, inputs: Mapping[str, Any], client: MfoClient | None, options: RunOptions
) -> NewRun:
    """A run as the journal can be told of it before it is started; ``run_flow`` is then given its log as ``begun``.

    Args:
        flow: the taskflow.
        bundle: its documents.
        inputs: INPUT.
        client: the MFO server, whose token is not written down; None where it is not known yet.
        options: those of ``run_flow``; they name the run, when it began, and how it is kept.

    Raises:
        InvalidInputError: the inputs are not what ``input_schema`` asks for.
        JournalError: they cannot be kept.
    """
    inputs = checked_inputs(flow, bundle, inputs)
    scope = scope_of_run(flow, bundle, inputs, options, is_resumed=False)
    scope.secrets.read_all()
    codec = KnownSecrets(scope.secrets, client).codec()
    return new_run(scope, options, definition_of(bundle), codec)


def new_run(scope: RunScope, options: RunOptions, definition: Definition, codec: Codec) -> NewRun:
    """A run as the journal is told of it; ``resuming`` reads what it begins with."""
    keeping = options.keeping
    begun_with = {
        "inputs": scope.inputs[""],
        "trigger": scope.trigger,
        "job_id": scope.system["JOB_ID"],
        "started_at": scope.taskflow["started_at"],
        "settings": dict(keeping.settings) if keeping is not None else {},
    }
    return NewRun(
        scope.taskflow["process_id"],
        scope.flow.taskflow.name,
        scope.flow.document,
        definition,
        codec.encode(begun_with),
        time.time(),
        options.trigger.id if options.trigger is not None else None,
        keeping.keeper if keeping is not None else None,
    )


def scope_of_run(
    flow: FlowView, bundle: Bundle, inputs: Mapping[str, Any], options: RunOptions, *, is_resumed: bool
) -> RunScope:
    """The names of a run; ``is_resumed`` says whether values may come from the journal."""
    environment = os.environ if options.environment is None else options.environment
    secrets = options.surroundings.secrets or Secrets(flow.workflow, environment)
    secrets.know_inputs(inputs, options.trigger, options.given_again)
    return RunScope(
        flow,
        bundle,
        {"": dict(inputs)},
        options.trigger.to_data() if options.trigger is not None else None,
        {"JOB_ID": options.job_id},
        {
            "process_id": options.run_id or uuid.uuid4().hex,
            "id": flow.taskflow.name,
            "name": _title(flow),
            "started_at": options.started_at or datetime.now(UTC).isoformat(),
        },
        secrets,
        environment,
        is_resumed=is_resumed,
    )


@contextmanager
def _kept(executors: FlowExecutors, options: RunOptions, plan: RunPlan) -> Generator[KeptRun | None]:
    """The run in the journal, where it is to be kept."""
    keeping, scope = options.keeping, executors.scope
    if keeping is None:
        yield None
        return
    scope.secrets.read_all()
    codec = KnownSecrets(scope.secrets, executors.client).codec()
    definition = definition_of(scope.bundle)
    if keeping.stored is None:
        log = keeping.begun or keeping.journal.begin(new_run(scope, options, definition, codec))
        kept = keep_new(log, codec, executors.take_usage)
    else:
        goes_on = plan.settings.goes_on
        kept = keep_on(keeping, keeping.stored, definition, codec, executors.take_usage, goes_on=goes_on)
        executors.go_on(kept.past.usage, kept.past.usage_of)
    try:
        yield kept
    finally:
        kept.close()


def checked_inputs(flow: FlowView, bundle: Bundle, given: Mapping[str, Any]) -> dict[str, Any]:
    """INPUT: what was given, and the defaults of ``input_schema``.

    Raises:
        InvalidInputError: it is not what the schema asks for.
    """
    schema = schema_data(flow.taskflow.input_schema, bundle)
    inputs = with_defaults(given, schema)
    problem = schema_problem(inputs, schema)
    if problem and flow.taskflow.input_schema is not None:
        position = bundle.sources[flow.document].tree.lines.position(flow.taskflow.input_schema.span.start)
        place = Place(flow.document, position.line + 1, position.column + 1)
        raise InvalidInputError(
            f"The inputs are not what input_schema asks for: {problem}.",
            hint="Give inputs with --input name=value or --inputs FILE.",
            place=place,
        ).redacted(value for _, value in secret_texts(inputs))
    return inputs


def _outcome(flow: FlowView, run: Run, result: RunResult, executors: FlowExecutors) -> RunOutcome:
    error = _placed(result.failure, executors.scope)
    state = result.state
    outputs: Mapping[str, Any] = {path.rsplit("/", 1)[-1]: value for path, value in result.outputs.items()}
    if state is RunState.SUCCEEDED and flow.taskflow.outputs is not None:
        try:
            outputs = Reading(executors.scope, None, run.read, run.iterations).values(flow.taskflow.outputs)
        except MfoError as problem:
            state, error = RunState.FAILED, problem
    secrets = executors.scope.secrets.shown_never
    return RunOutcome(
        executors.run_id,
        flow.taskflow.name,
        state,
        strike_out(dict(outputs), secrets),
        result.states,
        error.redacted(secrets) if error is not None else None,
        result.duration,
        executors.usage,
    )


def _placed(failure: Failure | None, scope: RunScope) -> MfoError | None:
    """The error of a failure, with the place of the node that failed: the engine knows no documents."""
    if failure is None:
        return None
    view = scope.flow.by_id.get(failure.node_id)
    return failure.error if view is None else failure.error.located(place=scope.place_of(view))


def _title(flow: FlowView) -> str:
    title = text_at(flow.taskflow.mapping, "name")
    return title.text if title is not None else flow.taskflow.name


def _observers(options: RunOptions) -> Sequence[Observer]:
    control = options.control
    return options.observers if control is None else tuple(map(control.until_parked, options.observers))
