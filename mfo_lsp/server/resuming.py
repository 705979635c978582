"""Going on with a run of the journal from the editor."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from mfo_dialect.analysis.bundle import Bundle
from mfo_lsp.server.runs import FAILED, RunReport, Watch, connected, failed_with, report_of, stoppable

if TYPE_CHECKING:
    from mfo_runtime.flow import Resumption, RunOptions


@dataclass(frozen=True, slots=True)
class ResumeRequest:
    """Which run is to go on, and how.

    Attributes:
        document: the key of the workflow's text, whose project's journal is meant.
        bundle: the documents as they are now.
        run: the run's id, the beginning of it, or ``last``.
        inputs: those that the journal does not keep.
        again: tasks that are executed again although they have ended.
        is_redefined: whether it goes on by the documents as they are now.
    """

    document: str
    bundle: Bundle
    run: str
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    again: tuple[str, ...] = ()
    is_redefined: bool = False


async def load_resumption(request: ResumeRequest) -> Resumption | RunReport:
    """The run, ready to go on; a report where it cannot: of the code ``inputs_missing``, it names ``inputs`` to give again."""
    from mfo_runtime.errors import MfoError  # noqa: PLC0415 - the running side is for those who run

    try:
        return await asyncio.to_thread(_resumption, request)
    except MfoError as error:
        return failed_with(error)


def _resumption(request: ResumeRequest) -> Resumption | RunReport:
    from mfo_runtime.cli.data_folders import data_path  # noqa: PLC0415 - as above
    from mfo_runtime.flow import load_run  # noqa: PLC0415 - as above
    from mfo_runtime.flow.loading import flow_of_bundle  # noqa: PLC0415 - as above
    from mfo_runtime.journal import Journal  # noqa: PLC0415 - as above

    folder = data_path(request.bundle.project, PurePosixPath(request.document).parent.as_posix())
    resumption = load_run(Journal(folder), request.run)
    if request.is_redefined:
        flow = flow_of_bundle(request.bundle, resumption.stored.document, resumption.stored.taskflow)
        resumption = replace(resumption, flow=flow, is_redefined=True)
    missing = [name for name in resumption.hidden_inputs if name not in request.inputs]
    if missing:
        message = (
            f"The journal does not keep {', '.join(missing)}: what has the name of a secret has to be given again."
        )
        return RunReport(FAILED, failure={"code": "inputs_missing", "message": message, "inputs": missing})
    return resumption.with_inputs(request.inputs)


async def go_on(resumption: Resumption, request: ResumeRequest, watch: Watch) -> RunReport:
    """Go on to the run's end; cancelling the task that awaits this cancels the run."""
    try:
        return await stoppable(lambda control: _go_on(resumption, request, watch.options(control)))
    finally:
        await asyncio.shield(asyncio.to_thread(resumption.journal.close))


async def _go_on(resumption: Resumption, request: ResumeRequest, options: RunOptions) -> RunReport:
    from mfo_runtime.client import MfoClient  # noqa: PLC0415 - as above
    from mfo_runtime.errors import MfoError  # noqa: PLC0415 - as above

    try:
        async with connected(resumption.flow, resumption.settings) as settings, MfoClient(settings) as client:
            outcome = await resumption.go_on(client, options, request.again)
    except MfoError as error:
        return failed_with(error)
    return report_of(outcome)
