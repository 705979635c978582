"""Writing what a command has to say: values on stdout, words on stderr, whatever characters they are made of."""

from __future__ import annotations

import json
import logging
import math
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from mfo_runtime.cli.log_lines import JSON, JsonWords
from mfo_runtime.errors import InvalidOutputError, MfoError, Place
from mfo_workspace.text_report import printable

if TYPE_CHECKING:
    from rich.table import Table

    from mfo_dialect.analysis.bundle import Bundle

_WIDEST = 10_000


def write_json(value: Any) -> None:
    """Write a value on stdout as JSON in UTF-8, whatever the terminal's own encoding is.

    Raises:
        InvalidOutputError: the value is nested too deeply to be written.
    """
    try:
        text = json.dumps(_finite(value), indent=2, ensure_ascii=False, allow_nan=False, default=str)
    except RecursionError:
        raise InvalidOutputError("What the run returned is nested too deeply to be written.") from None
    sys.stdout.flush()
    # A lone surrogate becomes its JSON escape.
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")
    sys.stdout.buffer.flush()


def _finite(value: Any) -> Any:
    """A value without infinities and NaN, which JSON cannot say."""
    match value:
        case float() if not math.isfinite(value):
            return None
        case Mapping():
            return {str(name): _finite(item) for name, item in cast("Mapping[Any, Any]", value).items()}
        case list() | tuple():
            return [_finite(item) for item in cast("list[Any]", value)]
        case _:
            return value


class _Words:
    """How words are written on stderr; one for the process, as there is one stderr."""

    as_json = False


def tell_as(log_format: str | None) -> None:
    """Have ``say`` write text, or lines of JSON, from now on."""
    _Words.as_json = log_format == JSON


def say(text: str) -> None:
    """Write a line on stderr, or a JSON line whose message it is."""
    if _Words.as_json:
        JsonWords(sys.stderr, time.time).say(text)
    else:
        click.echo(text, err=True)


def printable_lines(text: str) -> list[str]:
    """The lines of a text that somebody else wrote, as a terminal can show them."""
    return [printable(line) for line in text.splitlines()]


def shown_path(document: str) -> str:
    """A document as a reader knows it: relative to the current directory where it can be."""
    try:
        return Path(os.path.relpath(document)).as_posix()
    except (ValueError, OSError):  # another drive, or no current directory
        return document


def moment(seconds: float) -> str:
    """A time as people here write it."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def print_table(table: Table) -> None:
    """Print a table on stdout: as wide as the terminal, and as wide as it needs to be where there is none."""
    from rich.console import Console  # noqa: PLC0415 - slow to import, and most commands print no table

    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = _WIDEST
    console.print(table)


def error_data(error: MfoError) -> dict[str, Any]:
    """An error as JSON values, with its file as a reader knows it."""
    data = error.to_data()
    if isinstance(error.place, Place):
        data["place"] = str(replace(error.place, file=shown_path(error.place.file)))
    return data


def say_error(error: MfoError, bundle: Bundle | None = None) -> None:
    """Say what went wrong in one line: place, task, message and code; then the lines of the task and what can be done.

    Args:
        error: what went wrong.
        bundle: the documents whose lines may be shown.
    """
    place = error.place
    where = ""
    if isinstance(place, Place):
        where = f"{shown_path(place.file)}:{place.line}:{place.column}: "
    elif place is not None:
        where = f"{place}: "
    task = f'task "{error.task}": ' if error.task else ""
    say(printable(f"{where}{task}{error.message}") + f" [{error.code}]")
    source = bundle.sources.get(place.file) if bundle is not None and isinstance(place, Place) else None
    if source is not None and isinstance(place, Place):
        from mfo_runtime.cli.excerpts import item_at  # noqa: PLC0415 - as above

        say("\n".join(item_at(source.tree.lines, place.line - 1, place.column - 1)))
    if error.hint:
        say(f"  {printable(error.hint)}")


def quiet_logs() -> None:
    """Keep the logs of libraries off the terminal, tracebacks above all; ``MFO_DEBUG=1`` shows them."""
    if os.environ.get("MFO_DEBUG"):
        logging.basicConfig()
    elif not logging.getLogger().handlers:
        logging.getLogger().addHandler(logging.NullHandler())
