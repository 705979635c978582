"""Running one test: offline, with stand-ins for secrets, and with nothing left behind."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from mfo_dialect.syntax import TooManyNodesError, parse, to_value
from mfo_runtime.cassettes import Redactor, Request, Tape, request_of, stand_in
from mfo_runtime.client import ClientSettings
from mfo_runtime.errors import InvalidInputError, MfoError
from mfo_runtime.flow import Flow, RunOptions, RunOutcome, Surroundings, load_flow
from mfo_runtime.flow.loading import absolute_path, readable_text
from mfo_runtime.flow.secrets import Secrets
from mfo_runtime.flow.trigger import target_of, trigger_inputs
from mfo_runtime.testing.cassette_files import check_replaceable, read_cassette_file, write_cassette_file
from mfo_runtime.testing.expectations import Mismatch, mismatches
from mfo_runtime.testing.takes import known_secrets, recording_take, replay_of, replaying_take
from mfo_runtime.testing.test_files import FlowTest
from mfo_workspace.files import DiskFiles

SCRIPT_BESIDE = "scripted.yml"
Connect = Callable[[Flow], AbstractContextManager[ClientSettings]]
"""The server that a cassette is recorded from."""


@dataclass(frozen=True, slots=True)
class TestResult:
    """How a test went: what was not met, and the seconds that it took; ``is_recorded`` where its cassette was made anew."""

    __test__ = False

    test: FlowTest
    mismatches: tuple[Mismatch, ...]
    seconds: float
    is_recorded: bool = False


def run_test(test: FlowTest, record_from: Connect | None = None) -> TestResult:
    """Run a test.

    Args:
        test: the test.
        record_from: records the test's cassette anew from this server, if it has one; None to run it as it is.

    Raises:
        InvalidInputError: the test names a file that cannot be used.
    """
    began = time.monotonic()
    is_recorded = record_from is not None and "replay" in test.settings
    try:
        flow, inputs, options = _prepared(test)
        flow.refuse_errors()
        if is_recorded and record_from is not None:
            outcome, calls = _record(test, flow, inputs, options, record_from)
        elif "replay" in test.settings:
            outcome, calls = asyncio.run(_replay(test, flow, inputs, options))
        else:
            outcome, calls = _with_script(test, flow, inputs, options)
    except MfoError as error:
        if isinstance(error, InvalidInputError) and error.place is None and not error.task:
            error.place = test.place()
        found = (Mismatch(test.place(), f"{error.message} [{error.code}]"),)
        return TestResult(test, found, time.monotonic() - began, is_recorded)
    return TestResult(test, tuple(mismatches(test, outcome, calls)), time.monotonic() - began, is_recorded)


def _prepared(test: FlowTest) -> tuple[Flow, dict[str, Any], RunOptions]:
    settings = test.settings
    if "flow" not in settings:
        raise InvalidInputError("The test names no flow.", hint="")
    path, trigger = test.beside(str(settings["flow"])), settings.get("trigger")
    flow = load_flow(path, settings.get("taskflow") or (target_of(path, trigger) if trigger is not None else None))
    inputs = dict(settings.get("inputs") or {})
    options = RunOptions(environment=settings.get("environment") or {})
    if trigger is not None:
        call, mapped = trigger_inputs(flow, trigger, settings.get("payload"))
        inputs = {**mapped, **inputs}
        options = replace(options, trigger=call)
    return flow, inputs, options


async def _replay(
    test: FlowTest, flow: Flow, inputs: dict[str, Any], options: RunOptions
) -> tuple[RunOutcome, list[dict[str, Any]]]:
    replay = replay_of(read_cassette_file(test.beside(str(test.settings["replay"]))), flow.view.workflow, inputs)
    async with replaying_take(flow.view.workflow, {}, options, replay) as take:
        outcome = await flow.run(inputs, take.client, take.options)
    if replay.missed and outcome.succeeded:
        raise replay.missed[0]
    return outcome, [_call(task, request) for task, request in replay.asked]


def _with_script(
    test: FlowTest, flow: Flow, inputs: dict[str, Any], options: RunOptions
) -> tuple[RunOutcome, list[dict[str, Any]]]:
    from mfo_runtime.server import Script, ScriptError, ServerSettings, start_server  # noqa: PLC0415 - slow to import

    tools = flow.bundle.project.section("tools").get("module")
    try:
        data = _script(test, flow)
        script = Script.from_data(data) if data is not None else None
    except ScriptError as error:
        raise InvalidInputError(str(error), hint="") from None
    secrets, tape = Secrets(flow.view.workflow, {}, stand_in), Tape()
    run_id = uuid4().hex
    options = replace(options, run_id=run_id, surroundings=Surroundings(secrets=secrets, sleep=_no_time))
    with tempfile.TemporaryDirectory(prefix="mfo-test-") as folder:
        module = tools if isinstance(tools, str) else None
        with start_server(ServerSettings(data_dir=Path(folder), script=script, tools_module=module)) as server:
            settings = ClientSettings(base_url=server.url, token=server.token)
            outcome = asyncio.run(_take(flow, inputs, settings, options, tape))
            redactor = Redactor(known_secrets(settings, secrets))
    calls = [_call(one.task, request_of(one.request, one.server, run_id, redactor)) for one in tape.kept]
    return outcome, calls


def _record(
    test: FlowTest, flow: Flow, inputs: dict[str, Any], options: RunOptions, connect: Connect
) -> tuple[RunOutcome, list[dict[str, Any]]]:
    """Run against a real server, with real secrets, and write the cassette; a run that fails is written, too."""
    file = test.beside(str(test.settings["replay"]))
    check_replaceable(file)
    run_id, started_at, tape = uuid4().hex, datetime.now(UTC).isoformat(), Tape()
    options = replace(options, run_id=run_id, started_at=started_at)
    secrets = Secrets(flow.view.workflow, os.environ)
    secrets.read_all()
    options = replace(options, surroundings=Surroundings(secrets=secrets))
    with connect(flow) as settings:
        outcome = asyncio.run(_take(flow, inputs, settings, options, tape))
        known = known_secrets(settings, secrets)
    write_cassette_file(file, tape.cassette(flow.name, run_id, started_at, known))
    redactor = Redactor(known)
    return outcome, [_call(one.task, request_of(one.request, one.server, run_id, redactor)) for one in tape.kept]


async def _take(
    flow: Flow, inputs: dict[str, Any], settings: ClientSettings, options: RunOptions, tape: Tape
) -> RunOutcome:
    async with recording_take(flow.view.workflow, settings, options, tape) as take:
        return await flow.run(inputs, take.client, take.options)


def _script(test: FlowTest, flow: Flow) -> Any:
    """The answers of a test: its own, those of the file that it names, or those beside the flow; None for none."""
    if "answers" in test.settings:
        return {"script": test.settings["answers"]}
    path = Path(flow.view.document).parent / SCRIPT_BESIDE
    if "script" in test.settings:
        path = Path(test.beside(str(test.settings["script"])))
    elif not path.is_file():
        return None
    tree = parse(readable_text(str(path), absolute_path(str(path)), DiskFiles()))
    if tree.problems:
        raise InvalidInputError(f"{path}: {tree.problems[0].message}.", hint="")
    try:
        return to_value(tree.documents[0].root) if tree.documents else None
    except TooManyNodesError as error:
        raise InvalidInputError(f"{path}: {error}.", hint="") from None


def _call(task: str, request: Request) -> dict[str, Any]:
    body = next(iter(request.body.values())) if request.body else None
    return {"task": task, "method": request.method, "path": request.url.removeprefix("mfo:"), "body": body}


async def _no_time(_seconds: float) -> None:
    pass
