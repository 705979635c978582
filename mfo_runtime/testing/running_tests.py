"""Running one test: offline, with stand-ins for secrets, and with nothing left behind."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from mfo_dialect.syntax import TooManyNodesError, parse, to_value
from mfo_runtime.cassettes import Redactor, Request, Tape, request_of, stand_in
from mfo_runtime.client import ClientSettings
from mfo_runtime.errors import InvalidInputError, MfoError, TaskFailedError
from mfo_runtime.flow import Flow, RunOptions, RunOutcome, Surroundings, load_flow
from mfo_runtime.flow.beside_loop import beside_the_loop
from mfo_runtime.flow.loading import absolute_path, readable_text
from mfo_runtime.flow.secrets import Secrets
from mfo_runtime.flow.trigger import target_of, trigger_inputs
from mfo_runtime.tasks import Ask, Question
from mfo_runtime.testing.cassette_files import check_replaceable, read_cassette_file, write_cassette_file
from mfo_runtime.testing.expectations import Mismatch, mismatches
from mfo_runtime.testing.takes import known_secrets, recording_take, replay_of, replaying_take
from mfo_runtime.testing.test_files import FlowTest
from mfo_workspace.files import DiskFiles, Files

SCRIPT_BESIDE = "scripted.yml"
Connect = Callable[[Flow], AbstractContextManager[ClientSettings]]
"""The server that a cassette is recorded from."""


Call = dict[str, Any]
"""A request that was made: ``task``, ``method``, ``path`` and ``body``."""


@dataclass(frozen=True, slots=True)
class TestResult:
    """How a test went.

    Attributes:
        test: the test.
        mismatches: what was not met; empty for a test that passes.
        seconds: what it took.
        is_recorded: whether its cassette was made anew.
        outcome: how the run ended; None where nothing ran.
        calls: what was called.
    """

    __test__ = False

    test: FlowTest
    mismatches: tuple[Mismatch, ...]
    seconds: float
    is_recorded: bool = False
    outcome: RunOutcome | None = None
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A test whose flow can run."""

    test: FlowTest
    files: Files
    flow: Flow
    inputs: dict[str, Any]
    options: RunOptions


def run_test(test: FlowTest, record_from: Connect | None = None) -> TestResult:
    """As ``try_test``, for who has nothing else to do."""
    return asyncio.run(try_test(test, record_from))


async def try_test(test: FlowTest, record_from: Connect | None = None, files: Files | None = None) -> TestResult:
    """Run a test; cancelling the task that awaits this stops it.

    Args:
        test: the test.
        record_from: records the test's cassette anew from this server, if it has one; None to run it as it is.
        files: where the flow and what stands beside it come from; the disk where it is not given.

    Raises:
        InvalidInputError: the test names a file that cannot be used.
    """
    began = time.monotonic()
    is_recorded = record_from is not None and "replay" in test.settings
    try:
        prepared = await asyncio.to_thread(_prepared, test, files or DiskFiles())
        if is_recorded and record_from is not None:
            outcome, calls = await _record(prepared, record_from)
        elif "replay" in test.settings:
            outcome, calls = await _replay(prepared)
        else:
            outcome, calls = await _with_script(prepared)
    except MfoError as error:
        if isinstance(error, InvalidInputError) and error.place is None and not error.task:
            error.place = test.place()
        found = (Mismatch(test.place(), f"{error.message} [{error.code}]"),)
        return TestResult(test, found, time.monotonic() - began, is_recorded)
    found = tuple(mismatches(test, outcome, calls))
    return TestResult(test, found, time.monotonic() - began, is_recorded, outcome, tuple(calls))


def _prepared(test: FlowTest, files: Files) -> _Prepared:
    settings = test.settings
    if "flow" not in settings:
        raise InvalidInputError("The test names no flow.", hint="")
    path, trigger = test.beside(str(settings["flow"])), settings.get("trigger")
    flow = load_flow(
        path, settings.get("taskflow") or (target_of(path, trigger, files) if trigger is not None else None), files
    )
    flow.refuse_errors()
    inputs = dict(settings.get("inputs") or {})
    options = RunOptions(environment=settings.get("environment") or {}, ask=_people(settings.get("people")))
    if trigger is not None:
        call, mapped = trigger_inputs(flow, trigger, settings.get("payload"))
        inputs = {**mapped, **inputs}
        options = replace(options, trigger=call)
    return _Prepared(test, files, flow, inputs, options)


def _people(answers: list[Any] | None) -> Ask | None:
    """Whoever gives these answers, in this order; None where a test has none."""
    if answers is None:
        return None
    waiting = iter(answers)

    async def ask(question: Question) -> Any:
        for answer in waiting:
            return answer
        if question.has_default:
            return question.default
        raise TaskFailedError("The test has no more answers of people.", hint="Add one under people.")

    return ask


async def _replay(one: _Prepared) -> tuple[RunOutcome, list[Call]]:
    cassette = read_cassette_file(one.test.beside(str(one.test.settings["replay"])))
    workflow = one.flow.view.workflow
    replay = replay_of(cassette, workflow, one.inputs, one.options.trigger)
    async with replaying_take(workflow, {}, one.options, replay) as take:
        outcome = await one.flow.run(one.inputs, take.client, take.options)
    if replay.missed and outcome.succeeded:
        raise replay.missed[0]
    return outcome, [_call(task, request) for task, request in replay.asked]


async def _with_script(one: _Prepared) -> tuple[RunOutcome, list[Call]]:
    secrets, tape, run_id = Secrets(one.flow.view.workflow, {}, stand_in), Tape(), uuid4().hex
    options = replace(one.options, run_id=run_id, surroundings=Surroundings(secrets=secrets, sleep=_no_time))
    async with beside_the_loop(_server_of_its_own(one)) as settings:
        outcome = await _take(one, settings, options, tape)
        redactor = Redactor(known_secrets(settings, secrets))
    calls = [_call(kept.task, request_of(kept.request, kept.server, run_id, redactor)) for kept in tape.kept]
    return outcome, calls


@contextmanager
def _server_of_its_own(one: _Prepared) -> Generator[ClientSettings]:
    """A local server with the test's answers and an empty database, gone with the block.

    Raises:
        InvalidInputError: the answers cannot be used.
    """
    from mfo_runtime.server import Script, ScriptError, ServerSettings, start_server  # noqa: PLC0415 - slow to import

    tools = one.flow.bundle.project.section("tools").get("module")
    try:
        data = _script(one)
        script = Script.from_data(data) if data is not None else None
    except ScriptError as error:
        raise InvalidInputError(str(error), hint="") from None
    with tempfile.TemporaryDirectory(prefix="mfo-test-") as folder:
        module = tools if isinstance(tools, str) else None
        with start_server(ServerSettings(data_dir=Path(folder), script=script, tools_module=module)) as server:
            yield ClientSettings(base_url=server.url, token=server.token)


async def _record(one: _Prepared, connect: Connect) -> tuple[RunOutcome, list[Call]]:
    """Run against a real server, with real secrets, and write the cassette; a run that fails is written, too."""
    file = one.test.beside(str(one.test.settings["replay"]))
    check_replaceable(file)
    run_id, started_at, tape = uuid4().hex, datetime.now(UTC).isoformat(), Tape()
    secrets = Secrets(one.flow.view.workflow, os.environ)
    secrets.read_all()
    options = replace(one.options, run_id=run_id, started_at=started_at, surroundings=Surroundings(secrets=secrets))
    async with beside_the_loop(connect(one.flow)) as settings:
        outcome = await _take(one, settings, options, tape)
        known = known_secrets(settings, secrets)
    write_cassette_file(file, tape.cassette(one.flow.name, run_id, started_at, known))
    redactor = Redactor(known)
    return outcome, [_call(kept.task, request_of(kept.request, kept.server, run_id, redactor)) for kept in tape.kept]


async def _take(one: _Prepared, settings: ClientSettings, options: RunOptions, tape: Tape) -> RunOutcome:
    async with recording_take(one.flow.view.workflow, settings, options, tape) as take:
        return await one.flow.run(one.inputs, take.client, take.options)


def _script(one: _Prepared) -> Any:
    """The answers of a test: its own, those of the file that it names, or those beside the flow; None for none."""
    settings = one.test.settings
    if "answers" in settings:
        return {"script": settings["answers"]}
    path = Path(one.flow.view.document).parent / SCRIPT_BESIDE
    if "script" in settings:
        path = Path(one.test.beside(str(settings["script"])))
    elif not one.files.exists(absolute_path(str(path))):
        return None
    tree = parse(readable_text(str(path), absolute_path(str(path)), one.files))
    if tree.problems:
        raise InvalidInputError(f"{path}: {tree.problems[0].message}.", hint="")
    try:
        return to_value(tree.documents[0].root) if tree.documents else None
    except TooManyNodesError as error:
        raise InvalidInputError(f"{path}: {error}.", hint="") from None


def _call(task: str, request: Request) -> Call:
    body = next(iter(request.body.values())) if request.body else None
    return {"task": task, "method": request.method, "path": request.url.removeprefix("mfo:"), "body": body}


async def _no_time(_seconds: float) -> None:
    pass
