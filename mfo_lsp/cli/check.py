"""``mfo-lsp check``: the editor's findings on the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from mfo_dialect.findings import Severity
from mfo_lsp.reports import FORMATS, CheckOutcome, text_report
from mfo_workspace.checking import CheckedFiles, check_files
from mfo_workspace.files import DiskFiles, UnreadableFileError
from mfo_workspace.text_report import printable
from mfo_workspace.walking import walk_yaml

FINDINGS = 1
UNREADABLE = 2


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(readable=False))
@click.option(
    "--format", "format_name", type=click.Choice(sorted(FORMATS)), default="text", help="How findings are written."
)
@click.option("--hints", is_flag=True, help="Show hints in the text format too.")
def check_command(paths: tuple[str, ...], format_name: str, *, hints: bool) -> int:
    """Check MFO documents; PATHS are files and directories, the current directory by default.

    The exit status is 0 where there is no error and no warning, 1 where there is, and 2 for what cannot be read.
    """
    wanted, problems = _collect(paths or (".",))
    checked = check_files(wanted, DiskFiles())
    problems += checked.unreadable
    outcome = _outcome(checked)
    written = (
        text_report(outcome, colour=_colour(), hints=hints) if format_name == "text" else FORMATS[format_name](outcome)
    )
    _write(written)
    for problem in problems:
        click.echo(f"mfo-lsp: {printable(_shown(problem.path))}{_place(problem)}: {problem.reason}", err=True)
    if not outcome.file_count and not problems:
        click.echo("mfo-lsp: there is no MFO document among these files", err=True)
    if problems:
        return UNREADABLE
    failing = outcome.count(Severity.ERROR) + outcome.count(Severity.WARNING)
    return FINDINGS if failing else 0


def _collect(paths: Iterable[str]) -> tuple[list[tuple[str, bool]], list[UnreadableFileError]]:
    """The files to check, each with whether it was named itself, and the paths that do not exist."""
    wanted: dict[str, bool] = {}
    problems: list[UnreadableFileError] = []
    for path in paths:
        try:
            absolute = Path(path).resolve()
            is_directory, exists = absolute.is_dir(), absolute.exists()
        except (OSError, ValueError, RuntimeError):
            is_directory, exists, absolute = False, False, Path(path)
        if is_directory:
            for file in walk_yaml(absolute, lambda folder: problems.append(_closed(folder))):
                wanted.setdefault(file.as_posix(), False)
        elif exists:
            wanted[absolute.as_posix()] = True
        else:
            problems.append(UnreadableFileError(path, "there is no such file or directory"))
    return list(wanted.items()), problems


def _closed(folder: Path) -> UnreadableFileError:
    return UnreadableFileError(folder.as_posix(), "the directory cannot be listed")


def _outcome(checked: CheckedFiles) -> CheckOutcome:
    return CheckOutcome(
        checked.findings,
        {document: _shown(document) for document in checked.documents},
        checked.lines,
        checked.file_count,
    )


def _shown(document: str) -> str:
    try:
        return Path(os.path.relpath(document)).as_posix()
    except ValueError:  # another drive
        return document


def _place(problem: UnreadableFileError) -> str:
    return f":{problem.line}:{problem.column}" if problem.line else ""


def _colour() -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    return os.environ.get("FORCE_COLOR", "0") not in {"", "0"} or sys.stdout.isatty()


def _write(text: str) -> None:
    """Write UTF-8 whatever the terminal's locale is; lone surrogates become question marks."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
