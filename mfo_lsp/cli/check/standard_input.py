"""Standard input as a file: its text lies over the file that it stands for, whose directory is its bundle."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mfo_lsp.cli.check.collecting import STDIN, Collected, collect
from mfo_lsp.cli.check.options import CheckOptions
from mfo_workspace.files import MAX_BYTES, DiskFiles, Files, UnreadableFileError, decode
from mfo_workspace.fixing_files import PatchedFiles
from mfo_workspace.walking import Skipped

UNNAMED = "stdin.yml"


def stdin_path(file_name: str | None) -> str:
    """The absolute path that standard input stands for, written with ``/``.

    Raises:
        click.UsageError: no file can have this name, or it is a directory.
    """
    try:
        path = Path(file_name or UNNAMED).resolve()
        if path.is_dir():
            raise click.UsageError(f"--stdin-filename {file_name} is a directory, not a file")
    except (OSError, ValueError, RuntimeError):
        raise click.UsageError(f"--stdin-filename {file_name!r} is no name of a file") from None
    return path.as_posix()


def stdin_bytes() -> bytes:
    """All of standard input; of one that is too large, one byte more than is allowed."""
    if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison] - None where it was closed
        return b""
    return sys.stdin.buffer.read(MAX_BYTES + 1)


def with_stdin(
    options: CheckOptions, skipped: Skipped | None = None, data: bytes | None = None
) -> tuple[Collected, Files, dict[str, str]]:
    """The files to check with standard input among them, where they come from, and how a reader knows standard input.

    Args:
        options: what was asked for.
        skipped: told of what directories hold and is left out.
        data: what standard input held, where it was read before.
    """
    path = stdin_path(options.stdin_filename)
    names = {} if options.stdin_filename else {path: STDIN}
    collected = collect(options.paths, path, skipped)
    disk = DiskFiles()
    try:
        return (
            collected,
            PatchedFiles(
                disk, {path: decode(options.stdin_filename or STDIN, stdin_bytes() if data is None else data)}
            ),
            names,
        )
    except UnreadableFileError as error:
        collected.problems.append(error)
        del collected.wanted[path]
        return collected, disk, names
