"""Reports in files: ``--output FORMAT=FILE``."""

from __future__ import annotations

from collections.abc import Iterable

import click

from mfo_dialect.records import record
from mfo_dialect.suggestions import did_you_mean
from mfo_lsp.reports import FORMATS


@record
class Output:
    """One report to write to a file: its format, and the file as it was written."""

    format_name: str
    path: str


def read_outputs(context: click.Context, parameter: click.Parameter, values: Iterable[str]) -> tuple[Output, ...]:
    """Reports to write, each as ``FORMAT=FILE``.

    Raises:
        click.BadParameter: there is no such format, or no file; with a suggestion.
    """
    return tuple(_output(value, context, parameter) for value in values)


def _output(value: str, context: click.Context, parameter: click.Parameter) -> Output:
    format_name, equals, path = value.partition("=")
    if not equals or not path.strip():
        words = f'"{value}" names no file: write FORMAT=FILE, such as sarif=mfo.sarif'
        raise click.BadParameter(words, context, parameter)
    if path == "-":
        raise click.BadParameter("standard output gets the format of --format", context, parameter)
    if format_name not in FORMATS:
        near = did_you_mean(format_name, FORMATS) or f"; it is one of {', '.join(sorted(FORMATS))}"
        raise click.BadParameter(f'there is no format "{format_name}"{near}', context, parameter)
    return Output(format_name, path)


def complete_outputs(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Ways to go on with the format; the shell completes the file."""
    if "=" in incomplete:
        return []
    return [f"{name}=" for name in sorted(FORMATS) if name.startswith(incomplete)]
