"""Where reports and problems go: standard output, files, and one line each on standard error."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

import click

from mfo_dialect.findings import Finding, Severity
from mfo_lsp.cli.check.fix_words import fixable_note
from mfo_lsp.cli.check.options import CheckOptions
from mfo_lsp.cli.output import is_terminal, reason_of, shown_path, wants_colour, write_file, write_stdout
from mfo_lsp.reports import FORMATS, CheckOutcome
from mfo_workspace.files import UnreadableFileError
from mfo_workspace.text_report import clean_line, printable, text_report

_SUMMARY_FILE = "GITHUB_STEP_SUMMARY"


def write_reports(outcome: CheckOutcome, options: CheckOptions, *, aside: bool = False) -> int:
    """Write what was found wherever it is wanted; how many files could not be written comes out.

    Args:
        outcome: what was found.
        options: what was asked for.
        aside: whether the report goes to standard error, because standard output takes something else.

    Raises:
        click.ClickException: standard output cannot be written.
    """
    problems = list(_write_files(outcome, options))
    tell(problems)
    if not options.quiet and aside:
        click.echo(_for_stdout(outcome, options), nl=False, err=True)
    elif not options.quiet:
        write_stdout(_for_stdout(outcome, options))
    return len(problems)


def tell_problems(problems: Iterable[UnreadableFileError]) -> None:
    """One line on standard error for each file that cannot be read."""
    for problem in problems:
        place = f":{problem.line}:{problem.column}" if problem.line else ""
        tell([f"{shown_path(problem.path)}{place}: {problem.reason}"])


def tell(messages: Iterable[str]) -> None:
    """One line each on standard error."""
    for message in messages:
        click.echo(f"mfo-lsp: {printable(message)}", err=True)


def _for_stdout(outcome: CheckOutcome, options: CheckOptions) -> str:
    match options.format_name:
        case "json":
            from mfo_lsp.reports.json_format import json_report  # noqa: PLC0415 - loaded when it is wanted

            return json_report(outcome, statistics=options.statistics)
        case "text" | "concise" if options.statistics:
            from mfo_lsp.reports.statistics import statistics_report  # noqa: PLC0415 - as above

            return statistics_report(outcome, hints=options.hints)
        case "text":
            report = text_report(outcome, colour=wants_colour(options.colour), hints=options.hints)
            if not report:
                return clean_line(outcome) if options.watch and is_terminal() else ""
            note = fixable_note(_shown(outcome, options), options)
            return report + (f"{note}\n" if note else "")
        case "concise":
            from mfo_lsp.reports.concise import concise_report  # noqa: PLC0415 - as above

            return concise_report(outcome, hints=options.hints)
        case name:
            return FORMATS[name](outcome)


def _shown(outcome: CheckOutcome, options: CheckOptions) -> list[Finding]:
    return [finding for finding in outcome.findings if options.hints or finding.severity is not Severity.HINT]


def _write_files(outcome: CheckOutcome, options: CheckOptions) -> Iterator[str]:
    """Write the reports that go to files, and say of each that cannot be written why."""
    for output in options.output:
        try:
            write_file(output.path, FORMATS[output.format_name](outcome))
        except click.ClickException as error:
            yield error.format_message()
    formats = {options.format_name, *(output.format_name for output in options.output)}
    summary = os.environ.get(_SUMMARY_FILE)
    if summary and "github" in formats:
        try:
            _append(summary, FORMATS["github-summary"](outcome))
        except (OSError, ValueError) as error:
            yield f"{summary}: the job summary cannot be written: {reason_of(error)}"


def _append(path: str, text: str) -> None:
    """Append to a file to which other steps of the job append too."""
    with open(path, "ab") as file:  # noqa: PTH123 - the name comes from the environment as it is
        file.write(text.encode("utf-8", "replace"))
