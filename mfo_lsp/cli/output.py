"""Where commands write: standard output and files, as UTF-8 whatever the system's own encoding is."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from mfo_workspace.replacing import replace_file


def write_stdout(text: str) -> None:
    """Write to standard output; lone surrogates become question marks, and a closed stream takes nothing.

    Raises:
        BrokenPipeError: nobody reads it any more.
        click.ClickException: it cannot be written.
    """
    if sys.stdout is None or not text:  # pyright: ignore[reportUnnecessaryComparison] - None where it was closed
        return
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python fails once more on what is buffered
        raise click.ClickException(f"standard output cannot be written: {reason_of(error)}") from None


def write_file(path: str | Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        click.ClickException: it cannot be written; the message names it as it was given.
    """
    try:
        replace_file(path, text.encode("utf-8", "replace"))
    except (OSError, ValueError, RuntimeError) as error:
        raise click.ClickException(f"{path}: the file cannot be written: {reason_of(error)}") from None


def reason_of(error: Exception) -> str:
    """Why the system refused, in a few words."""
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return words.lower()


def shown_path(path: str) -> str:
    """A path as a reader sees it: relative to the current directory."""
    try:
        here = f"{Path.cwd().as_posix().rstrip('/')}/"
        if path.startswith(here) and "/." not in path and "//" not in path:
            return path[len(here) :] or "."
        return Path(os.path.relpath(path)).as_posix()
    except (ValueError, OSError):  # another drive, or no current directory
        return path


def wants_colour(asked: str = "auto") -> bool:
    """Whether standard output is to be coloured.

    Args:
        asked: ``always``, ``never``, or ``auto``: then ``NO_COLOR`` and ``FORCE_COLOR`` say so, or else a terminal.
    """
    if asked != "auto":
        return asked == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return os.environ["FORCE_COLOR"] != "0"
    return is_terminal() and os.environ.get("TERM") != "dumb"


def is_terminal() -> bool:
    """Whether standard output is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()  # pyright: ignore[reportUnnecessaryComparison] - as above
