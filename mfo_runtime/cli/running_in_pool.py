"""``mfo run --engine dbos``: a run that is executed here, and kept in the database that workers share."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mfo_runtime.cli.pools import worker_words
from mfo_runtime.cli.takes import GoSomewhere
from mfo_runtime.cli.watching import Watch
from mfo_runtime.client import ClientSettings
from mfo_runtime.errors import NotResumableError
from mfo_runtime.flow import Flow, Keeping, Resumption, RunOptions, RunOutcome, TriggerCall
from mfo_runtime.flow.definition import definition_of
from mfo_runtime.flow.running import announced_run, checked_inputs

if TYPE_CHECKING:
    from mfo_runtime.distributed.journal import SharedJournal

Begin = Callable[[str], None]
"""Puts the run on the queue of that name."""


def begun_in_pool(
    journal: SharedJournal,
    flow: Flow,
    inputs: Mapping[str, Any],
    trigger: TriggerCall | None,
    settings: Mapping[str, Any],
    run_id: str,
) -> GoSomewhere:
    """Begin a run here.

    Args:
        journal: the pool's.
        flow: the taskflow, without errors.
        inputs: INPUT.
        trigger: what starts it.
        settings: what a worker is told of the server that goes on with it, as JSON values.
        run_id: the run's id.
    """
    from mfo_runtime.distributed.submitting import Submission, submit_run  # noqa: PLC0415 - an extra

    options = RunOptions(run_id=run_id, trigger=trigger, keeping=Keeping(journal, settings=settings))
    run = announced_run(flow.view, flow.bundle, inputs, None, options)

    def begin(queue: str) -> None:
        submit_run(journal, run, Submission(first=queue))

    known = checked_inputs(flow.view, flow.bundle, inputs)

    def complete(resumption: Resumption) -> Resumption:
        return resumption.with_inputs({name: known[name] for name in resumption.hidden_inputs})

    return _executed_here(journal, run_id, begin, complete)


def resumed_in_pool(
    journal: SharedJournal, resumption: Resumption, inputs: Mapping[str, Any], again: tuple[str, ...]
) -> GoSomewhere:
    """Go on here with a run of the pool that has ended otherwise than well, or that nobody executes any more.

    Args:
        journal: the pool's.
        resumption: the run.
        inputs: those that the database does not keep.
        again: the ids of tasks that are executed again.
    """
    from mfo_runtime.distributed.tables import UNDER_WAY  # noqa: PLC0415 - an extra
    from mfo_runtime.distributed.takeover import bring  # noqa: PLC0415 - an extra

    stored = resumption.stored
    resumption.check_again(again)

    def begin(queue: str) -> None:
        if stored.state not in UNDER_WAY:
            definition = definition_of(resumption.flow.bundle) if resumption.is_redefined else None
            journal.go_on(stored, again, first=queue, definition=definition)
        elif again or resumption.is_redefined:
            raise NotResumableError(
                f"Run {stored.id} has not ended.", hint="Stop it with mfo cancel, and then go on with it."
            )
        else:
            bring(journal.database, journal.workflows, stored, queue)

    return _executed_here(journal, stored.id, begin, lambda loaded: loaded.with_inputs(inputs))


def _executed_here(
    journal: SharedJournal, run_id: str, begin: Begin, complete: Callable[[Resumption], Resumption]
) -> GoSomewhere:
    from mfo_runtime.distributed.connections import Connections  # noqa: PLC0415 - an extra
    from mfo_runtime.distributed.here import RunHere  # noqa: PLC0415 - an extra

    async def go(settings: ClientSettings, options: RunOptions, watch: Watch) -> RunOutcome:
        @contextmanager
        def connect(_resumption: Resumption) -> Generator[ClientSettings]:
            yield settings

        connections = Connections(watch.tracing, watch.on_attempt)
        here = RunHere(journal.database, worker_words(), connect, options, complete, connections)
        return await here.execute(run_id, begin)

    return go
