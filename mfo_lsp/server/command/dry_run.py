"""``mfo.dryRun``: what a run would do, without doing any of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from lsprotocol import types

from mfo_lsp.features.code_lenses import DRY_RUN
from mfo_lsp.server.command.arguments import read_run_arguments, view_of_workflow
from mfo_lsp.server.command.running import refusal
from mfo_lsp.server.host import Server
from mfo_lsp.server.runs import RunReport, load, plan


async def dry_run(server: Server, arguments: Sequence[object], _token: types.ProgressToken | None) -> object:
    """The plan, as ``mfo run --dry-run --json`` writes it, with ``state`` ``planned``; nothing is called.

    A flow with errors has no plan: the report of a refused run takes its place.

    Raises:
        RefusedError: the argument is not as it should be, or the document is no workflow.
    """
    said = read_run_arguments(DRY_RUN, arguments)
    view = await view_of_workflow(server, said.uri)
    request = said.request(view)
    flow = await load(request)
    if isinstance(flow, RunReport):
        return flow.to_data()
    if flow.findings:
        return refusal(server, flow.findings, view).to_data()
    planned = await asyncio.to_thread(plan, flow, request)
    return planned.to_data() if isinstance(planned, RunReport) else {"state": "planned", **planned}
