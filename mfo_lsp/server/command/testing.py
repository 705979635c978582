"""``mfo.runTests``: running tests of flows, telling the client of each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types

from mfo_lsp.features.code_lenses import RUN_TESTS
from mfo_lsp.server.command.arguments import INVALID, read_map
from mfo_lsp.server.convert import to_key
from mfo_lsp.server.flow_tests import find_tests, place_data, problem_data
from mfo_lsp.server.host import Server
from mfo_lsp.server.overlay import OverlaidFiles
from mfo_lsp.server.progress import Progress, open_progress
from mfo_lsp.server.protocol import RefusedError, log_failure

if TYPE_CHECKING:
    from mfo_runtime.testing.running_tests import TestResult
    from mfo_runtime.testing.test_files import FlowTest

TEST_EVENT = "mfo/testEvent"
_LONGEST_OUTPUT = 100_000
"""Characters of what is told of one run."""
_MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which tests: those of a file by their numbers, all of a file, or all."""

    uri: str | None
    numbers: frozenset[int] | None


@dataclass(slots=True)
class _Tally:
    """How many passed, and what failed."""

    passed: int = 0
    failures: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    problems: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    failed: int = 0

    @property
    def words(self) -> str:
        """What to say of it all."""
        told = [f"{one['name']}: {one['message']}" for one in self.failures[:_MOST_TOLD]]
        told += [one["message"] for one in self.problems[:_MOST_TOLD]]
        counts = f"{self.passed} passed" + (f", {self.failed} failed" if self.failed else "")
        return "; ".join([counts, *told])


async def run_tests(server: Server, arguments: Sequence[object], token: types.ProgressToken | None) -> object:
    """Run tests by the texts in the editor, one after the other.

    Returns:
        ``state`` (``succeeded``, ``failed`` or ``cancelled``), ``passed`` and ``failed``, two numbers, ``failures`` (``uri``, ``test``,
        ``name``, ``message``, ``range``) and ``problems``: files that cannot be run.

    Raises:
        RefusedError: the argument is not as it should be.
    """
    wanted = _read(arguments)
    progress = await open_progress(server, token)
    tally = _Tally()
    progress.begin("Run tests")
    task = server.runs.start(progress.token, _run_all(server, wanted, progress, tally))
    try:
        await asyncio.wait({task})
    finally:
        task.cancel()
        progress.end(tally.words)
    if not task.cancelled():
        task.result()
    is_bad = tally.failed or tally.problems
    state = "cancelled" if task.cancelled() else "failed" if is_bad else "succeeded"
    server.tell(f"Run tests: {tally.words}", types.MessageType.Error if is_bad else types.MessageType.Info)
    counts = {"passed": tally.passed, "failed": tally.failed}
    return {"state": state, **counts, "failures": tally.failures, "problems": tally.problems}


def _read(arguments: Sequence[object]) -> _Wanted:
    form = "{uri?, tests?}"
    said = read_map(RUN_TESTS, arguments or [{}], form)
    uri, tests = said.get("uri"), said.get("tests")
    numbers = cast("list[object]", tests) if isinstance(tests, list) else []
    are_numbers = tests is None or (isinstance(tests, list) and all(type(number) is int for number in numbers))
    if not isinstance(uri, str | None) or not are_numbers or (uri is None and tests is not None):
        raise RefusedError(f"{RUN_TESTS} takes one argument: {form}", INVALID)
    return _Wanted(uri, None if tests is None else frozenset(cast("list[int]", numbers)))


async def _run_all(server: Server, wanted: _Wanted, progress: Progress, tally: _Tally) -> None:
    files = server.session.files.still()
    for file in await find_tests(server, to_key(wanted.uri) if wanted.uri is not None else None):
        uri = server.session.uri(file.key)
        problem = problem_data(server, file)
        if problem is not None:
            tally.problems.append({"uri": uri, **problem})
        for number, test in enumerate(file.tests):
            if wanted.numbers is None or number in wanted.numbers:
                progress.report(test.name)
                await _run_one(
                    server, files, {"run": progress.token, "uri": uri, "test": number, "name": test.name}, test, tally
                )


async def _run_one(
    server: Server, files: OverlaidFiles, about: Mapping[str, Any], test: FlowTest, tally: _Tally
) -> None:
    from mfo_runtime.testing.running_tests import try_test  # noqa: PLC0415 - the running side is for those who run

    def tell(state: str, **more: object) -> None:
        server.protocol.notify(TEST_EVENT, {**about, "state": state, **more})

    tell("started")
    try:
        result = await try_test(test, files=files)
    except asyncio.CancelledError:
        tell("cancelled")
        raise
    except Exception as error:  # noqa: BLE001 - the fence of one test: the others go on
        log_failure("a test", error)
        words = f"the test broke with {type(error).__name__}; this is a defect of the runtime"
        mismatches = [{"message": words, "range": place_data(server, test.place(), test.lines)}]
        tell("failed", mismatches=mismatches, duration=None, output="")
    else:
        mismatches = [
            {"message": one.message, "range": place_data(server, one.place, test.lines)} for one in result.mismatches
        ]
        state = "failed" if mismatches else "passed"
        tell(state, mismatches=mismatches, duration=result.seconds, output=_output(result))
    named = {name: about[name] for name in ("uri", "test", "name")}
    tally.failures += [{**named, **one} for one in mismatches]
    tally.failed += bool(mismatches)
    tally.passed += not mismatches


def _output(result: TestResult) -> str:
    """What came of the run, as JSON to be read: how it ended, and what it called."""
    if result.outcome is None:
        return ""
    data = {**result.outcome.to_data(), "calls": list(result.calls)}
    text = json.dumps(data, ensure_ascii=False, indent=2, default=str)
    return text if len(text) <= _LONGEST_OUTPUT else f"{text[:_LONGEST_OUTPUT]}\n..."
