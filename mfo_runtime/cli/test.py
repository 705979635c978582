"""``mfo test``: run tests of flows, offline."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from pathlib import Path

import click

from mfo_dialect.durations import format_duration
from mfo_runtime.cli.connecting import client_settings
from mfo_runtime.cli.output import shown_path
from mfo_runtime.cli.servers import profile_option
from mfo_runtime.client import ClientSettings
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.flow import Flow
from mfo_runtime.testing.junit import junit_of
from mfo_runtime.testing.running_tests import TestResult, run_test
from mfo_runtime.testing.test_files import FlowTest, find_test_files, read_test_file
from mfo_workspace.text_report import excerpt_at, printable

FAILED = 1


@click.command("test")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("-k", "chosen", metavar="TEXT", help="Only tests with this text in their name or file, in any case.")
@click.option("--junit", metavar="FILE", type=click.Path(), help="Write the results as JUnit XML, too.")
@click.option("--update", is_flag=True, help="Record the cassettes of the tests anew, from the real server.")
@click.option("--server", metavar="URL|local", help="With --update: the MFO server to record from.")
@profile_option
def test_command(
    paths: tuple[str, ...],
    chosen: str | None,
    junit: str | None,
    server: str | None,
    profile: str | None,
    *,
    update: bool,
) -> int:
    """Run the tests of flows in PATHS: *.test.yml files, or folders with such; the current folder by default.

    The exit status is 0 where all pass, 1 where one fails, and 2 for misuse, broken test files, or no test at all.
    """
    if (server or profile) and not update:
        option = "--server" if server else "--profile"
        raise InvalidInputError("Tests ask no server.", hint=f"Leave out {option}, or record with --update.")
    began = time.monotonic()
    found = [test for file in find_test_files(paths or (".",)) for test in read_test_file(file)]
    tests = [test for test in found if chosen is None or chosen.casefold() in f"{test.file} {test.name}".casefold()]
    if not tests:
        raise InvalidInputError("There is no test here.", hint="Tests stand in files whose names end with .test.yml.")

    def connect(flow: Flow) -> AbstractContextManager[ClientSettings]:
        return client_settings(server, None, flow.bundle, flow.view.document, profile)

    results: list[TestResult] = []
    for test in tests:
        results.append(run_test(test, connect if update else None))
        _show(results[-1])
    if junit is not None:
        _write(junit, junit_of(results))
    failed = sum(bool(result.mismatches) for result in results)
    counts = f"{len(results) - failed} passed" + (f", {failed} failed" if failed else "")
    click.echo(f"{counts} in {format_duration(time.monotonic() - began)}")
    return FAILED if failed else 0


def _show(result: TestResult) -> None:
    test, mark = result.test, "✗" if result.mismatches else "✓"
    recorded = ", recorded anew" if result.is_recorded else ""
    click.echo(
        printable(f"{mark} {_file(test)} :: {test.name}  ({format_duration(round(result.seconds, 3))}{recorded})")
    )
    for mismatch in result.mismatches:
        place = mismatch.place
        click.echo(printable(f"  {_file(test)}:{place.line}:{place.column}: {mismatch.message}"))
        for line in excerpt_at(test.lines, place.line - 1, place.column - 1):
            click.echo(f"  {line}")


def _file(test: FlowTest) -> str:
    return shown_path(test.file)


def _write(file: str, text: str) -> None:
    try:
        Path(file).write_text(text, encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InvalidInputError(f"{file} cannot be written: {reason}.", hint="") from None
