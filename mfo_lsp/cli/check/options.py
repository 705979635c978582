"""What can be asked of ``check``: an option is one entry of ``OPTIONS`` and one field of ``CheckOptions``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from mfo_lsp.reports import FORMATS


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What was asked for; the fields are named as click names the options.

    Attributes:
        paths: files and directories as written; none stands for the current directory.
        format_name: how findings are written to standard output.
        hints: whether hints are shown to people too.
    """

    paths: tuple[str, ...] = ()
    format_name: str = "text"
    hints: bool = False


Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

OPTIONS: tuple[Decorator, ...] = (
    click.argument("paths", nargs=-1, type=click.Path(readable=False)),
    click.option(
        "--format", "format_name", type=click.Choice(sorted(FORMATS)), default="text", help="How findings are written."
    ),
    click.option("--hints", is_flag=True, help="Show hints in the text format too."),
)


def check_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command all of ``OPTIONS``, in their order."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command
