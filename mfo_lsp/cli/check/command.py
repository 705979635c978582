"""The command itself: what was said becomes options, options a run."""

from __future__ import annotations

from typing import Any

import click

from mfo_lsp.cli.check.options import check_options, make_options
from mfo_workspace.garbage import collect_rarely


@click.command("check")
@check_options
def check_command(**said: Any) -> int:
    """Check MFO documents; PATHS are files and directories, the current directory by default, - for standard input.

    The exit status is 0 where there is no error and no warning, 1 where there is, and 2 for what cannot be read or
    written. --fail-level draws the line elsewhere.
    """
    options = make_options(said)
    if options.explain_files:
        from mfo_lsp.cli.check.explaining import explain_files  # noqa: PLC0415 - loaded when it is wanted

        return explain_files(options)
    if options.watch:
        from mfo_lsp.cli.check.watching import watch_files  # noqa: PLC0415 - as above

        return watch_files(options)
    collect_rarely()
    from mfo_lsp.cli.check.running import run_check  # noqa: PLC0415 - as above

    return run_check(options)
