"""Where reports and problems go: standard output, and one line each on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from mfo_lsp.cli.check.options import CheckOptions
from mfo_lsp.reports import FORMATS, CheckOutcome, text_report
from mfo_workspace.files import UnreadableFileError
from mfo_workspace.text_report import printable


def write_report(outcome: CheckOutcome, options: CheckOptions) -> None:
    """Write what was found to standard output, in the format that was asked for."""
    if options.format_name == "text":
        write_text(text_report(outcome, colour=wants_colour(), hints=options.hints))
    else:
        write_text(FORMATS[options.format_name](outcome))


def tell_problems(problems: Iterable[UnreadableFileError]) -> None:
    """One line on standard error for each file that cannot be read."""
    for problem in problems:
        place = f":{problem.line}:{problem.column}" if problem.line else ""
        click.echo(f"mfo-lsp: {printable(shown_path(problem.path))}{place}: {problem.reason}", err=True)


def tell_nothing_found() -> None:
    """Say that there was nothing to check."""
    click.echo("mfo-lsp: there is no MFO document among these files", err=True)


def shown_path(path: str) -> str:
    """A path as a reader sees it: relative to the current directory."""
    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:  # another drive
        return path


def wants_colour() -> bool:
    """Whether standard output is to be coloured."""
    if os.environ.get("NO_COLOR"):
        return False
    return os.environ.get("FORCE_COLOR", "0") not in {"", "0"} or sys.stdout.isatty()


def write_text(text: str) -> None:
    """Write UTF-8 whatever the terminal's locale is; lone surrogates become question marks."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
