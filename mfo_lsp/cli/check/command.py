"""The command itself: what was said becomes options, options a run."""

from __future__ import annotations

from typing import Any

import click

from mfo_lsp.cli.check.options import CheckOptions, check_options
from mfo_lsp.cli.check.running import run_check


@click.command("check")
@check_options
def check_command(**said: Any) -> int:
    """Check MFO documents; PATHS are files and directories, the current directory by default.

    The exit status is 0 where there is no error and no warning, 1 where there is, and 2 for what cannot be read.
    """
    return run_check(CheckOptions(**said))
