"""``workspace/executeCommand``: the commands as one table: name -> what carries it out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from lsprotocol import types

from mfo_lsp.features.code_lenses import DRY_RUN, RUN_FLOW, RUN_TASK, RUN_TESTS, SHOW_GRAPH
from mfo_lsp.server.command.arguments import INVALID, RESUME_RUN
from mfo_lsp.server.command.dry_run import dry_run
from mfo_lsp.server.command.explaining import EXPLAIN_RULE, explain_rule
from mfo_lsp.server.command.restarting import RESTART, restart
from mfo_lsp.server.command.running import resume_run, run_flow, run_task
from mfo_lsp.server.command.showing_graph import show_graph
from mfo_lsp.server.command.testing import run_tests
from mfo_lsp.server.host import Server
from mfo_lsp.server.protocol import RefusedError

Command = Callable[[Server, Sequence[object], types.ProgressToken | None], Awaitable[object]]

COMMANDS: Mapping[str, Command] = {
    RUN_FLOW: run_flow,
    RUN_TASK: run_task,
    RESUME_RUN: resume_run,
    DRY_RUN: dry_run,
    RUN_TESTS: run_tests,
    SHOW_GRAPH: show_graph,
    EXPLAIN_RULE: explain_rule,
    RESTART: restart,
}


async def execute(server: Server, params: types.ExecuteCommandParams) -> object:
    """Run a command.

    Raises:
        RefusedError: there is no such command, or its arguments are not as they should be.
    """
    command = COMMANDS.get(params.command)
    if command is None:
        raise RefusedError(f"the server has no command {params.command}", INVALID)
    return await command(server, params.arguments or (), params.work_done_token)
