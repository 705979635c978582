"""Flows that go on: after a crash, after a failure, by another definition, without what the journal does not keep."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing

import pytest

from mfo_runtime.client import ClientSettings, MfoClient
from mfo_runtime.errors import InvalidInputError, RunHeldError
from mfo_runtime.flow import Keeping, RunOptions, TriggerCall, load_run
from mfo_runtime.flow.history import history_of
from mfo_runtime.journal import JOURNAL_FILE, Journal
from tests.runtime.flow_room import MemoryFiles, answering, flow_of, flow_with_tasks, run

NOBODY = ClientSettings(base_url="http://127.0.0.1:9")


class Crash(BaseException):
    """What no fence catches: the process dies."""


def crash_at(path, state="running", attempt=None):
    """An observer at which the process dies, when a node comes to a state."""

    def observe(event):
        if (event.path, event.state.value) == (path, state) and attempt in {None, event.attempt}:
            raise Crash

    return observe


async def go_on(journal, *, flow=None, inputs=None, again=(), redefined=False, environment=None, **options):
    """Go on with the last run, without a server; gives the outcome and what nodes did."""
    files = MemoryFiles({} if flow is None else {"workflow_definition.yml": flow})
    resumption = load_run(journal, "last", files=files, is_redefined=redefined, environment=environment)
    told = []
    async with MfoClient(NOBODY) as client:
        outcome = await resumption.with_inputs(inputs or {}).go_on(
            client, RunOptions(observers=[told.append], environment=environment, **options), again
        )
    return outcome, [f"{event.path} {event.state.value}" for event in told if event.path]


async def begin(flow, journal, tmp_path, inputs=None, *, crash=None, **options):
    """Run a flow that is kept, up to a crash; gives the trial where there is none."""
    try:
        return await run(flow, tmp_path, inputs, keeping=Keeping(journal), **options)
    except Crash:
        return None


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path) as opened:
        yield opened


async def begin_and_crash(flow, journal, observer, inputs=None, **options):
    async with MfoClient(NOBODY) as client:
        with pytest.raises(Crash):
            await flow.run(inputs or {}, client, RunOptions(observers=[observer], keeping=Keeping(journal), **options))


def kept_text(tmp_path):
    """All that stands in the journal's files."""
    return b"".join(file.read_bytes() for file in tmp_path.glob(f"{JOURNAL_FILE}*")).decode("latin-1")


LINE = """\
- {id: a, type: transform, config: {values: {x: "INPUT.n + 1", at: "now().UnixNano()"}}}
- {id: b, type: transform, config: {values: {x: "a.x + 1"}}, dependencies: [a]}
- {id: c, type: transform, config: {values: {x: "b.x + 1", at: "a.at"}}, dependencies: [b]}
"""


async def test_what_ended_is_not_executed_again(journal):
    await begin_and_crash(flow_with_tasks(LINE), journal, crash_at("c"), {"n": 1})
    (stored,) = journal.runs()
    at = json.loads(next(event.value_json for event in journal.events(stored) if event.kind == "succeeded"))["at"]
    outcome, told = await go_on(journal)
    assert outcome.outputs["c"] == {"x": 4, "at": at}
    assert told == ["a succeeded", "b succeeded", "c running", "c succeeded"]
    assert outcome.run_id == stored.id
    history = history_of(journal.events(stored))
    assert [(node.node, node.executions, node.state) for node in history.nodes] == [
        ("a", 1, "succeeded"), ("b", 1, "succeeded"), ("c", 2, "succeeded"),
    ]  # fmt: skip
    assert history.resumptions == 1
    assert journal.find("last").state == "succeeded"
    outcome, told = await go_on(journal)
    assert (outcome.outputs["c"]["at"], told) == (at, ["a succeeded", "b succeeded", "c succeeded"])


async def test_now_is_the_time_at_which_a_task_began_also_when_it_is_executed_again(journal):
    flow = flow_with_tasks('- {id: a, type: transform, config: {values: {at: "now().UnixMilli()"}}}')
    await begin_and_crash(flow, journal, crash_at("a"))
    (began,) = [event.time for event in journal.events(journal.find("last")) if event.node == "a"]
    outcome, _ = await go_on(journal)
    assert outcome.outputs["a"]["at"] == int(began * 1000)


async def test_a_failed_task_is_executed_again_and_what_succeeded_is_not(journal, tmp_path):
    async with answering(500) as (url, asked):
        tasks = f"""\
- {{id: good, type: http_request, config: {{url: "{url}", expect_status: 500}}}}
- {{id: bad, type: http_request, config: {{url: "{url}"}}, dependencies: [good]}}
- {{id: after, type: transform, config: {{values: {{x: "1"}}}}, dependencies: [bad]}}
"""
        trial = await begin(flow_with_tasks(tasks), journal, tmp_path)
        assert trial.outcome.state.value == "failed"
        assert journal.find("last").state == "failed"
        outcome, told = await go_on(journal)
        assert told == ["good succeeded", "bad running", "bad failed", "after upstream_failed"]
        mended = flow_with_tasks(
            tasks.replace('"}, dependencies: [good]', '", expect_status: 500}, dependencies: [good]')
        )
        assert outcome.error.code == "internal"
        text = mended.bundle.sources[mended.view.document].text
        outcome, told = await go_on(journal, flow=text, redefined=True)
        assert told[:3] == ["good succeeded", "bad running", "bad succeeded"]
        assert outcome.succeeded
    assert len(asked) == 4
    assert (await go_on(journal))[0].succeeded  # the new definition is the run's own now


async def test_a_run_goes_on_by_the_definition_that_it_began_with(journal):
    await begin_and_crash(flow_with_tasks(LINE), journal, crash_at("b"), {"n": 1})
    changed = "name: trial\ntasks: [{id: other, type: transform, config: {values: {x: '1'}}}]\n"
    files = MemoryFiles({"workflow_definition.yml": changed})
    resumption = load_run(journal, "last", files=files)
    assert [document.rpartition("/")[2] for document in resumption.changed] == ["workflow_definition.yml"]
    outcome, _ = await go_on(journal, flow=changed)
    assert outcome.outputs["c"]["x"] == 4


async def test_inputs_cannot_be_changed(journal):
    await begin_and_crash(flow_with_tasks(LINE), journal, crash_at("b"), {"n": 1})
    with pytest.raises(InvalidInputError, match="n cannot be changed"):
        await go_on(journal, inputs={"n": 2})


async def test_a_secret_never_stands_in_the_journal_and_is_resolved_anew(journal, tmp_path):
    flow = flow_of("""\
workflow_name: w
global_configs: {secrets: {api: {env: API_KEY}}}
taskflows:
  - taskflow_id: t
    tasks:
      - {id: echo, type: transform, config: {values: {said: '"Bearer " + INPUT.word'}}}
      - {id: again, type: transform, config: {values: {said: "echo.said"}}, dependencies: [echo]}
""")
    first = {"API_KEY": "hunter2-hunter2"}
    await begin_and_crash(flow, journal, crash_at("again"), {"word": "hunter2-hunter2"}, environment=first)
    assert "hunter2" not in kept_text(tmp_path)
    outcome, _ = await go_on(journal, environment={"API_KEY": "another-secret"})
    assert outcome.outputs["again"] == {"said": "Bearer [redacted]"}
    assert "another-secret" not in kept_text(tmp_path)
    with pytest.raises(InvalidInputError, match='The secret "api" is read from API_KEY, which is not set'):
        await go_on(journal, environment={})


async def test_what_is_hidden_is_asked_for_or_told_never_guessed(journal, tmp_path):
    tasks = """\
- {id: log_in, type: transform, config: {values: {token: '"abc" + INPUT.password', status: "200"}}}
- {id: fine, type: transform, config: {values: {x: "log_in.status"}}, dependencies: [log_in]}
- {id: use, type: transform, config: {values: {x: "log_in.token"}}, dependencies: [fine]}
"""
    await begin_and_crash(flow_with_tasks(tasks), journal, crash_at("fine"), {"password": "xyzzy1"})
    assert "xyzzy1" not in kept_text(tmp_path)
    with pytest.raises(InvalidInputError, match="does not keep the input password") as raised:
        await go_on(journal)
    assert "--input password=" in raised.value.hint
    outcome, told = await go_on(journal, inputs={"password": "xyzzy1"})
    assert told[1:4] == ["fine running", "fine succeeded", "use running"]
    assert outcome.error.code == "unresolved_reference"
    assert "resume with --again log_in" in outcome.error.message
    outcome, told = await go_on(journal, inputs={"password": "xyzzy1"}, again=["log_in"])
    assert outcome.outputs["use"] == {"x": "abcxyzzy1"}
    assert told[:3] == ["log_in running", "log_in succeeded", "fine succeeded"]
    with pytest.raises(InvalidInputError, match='no task "nowhere"'):
        await go_on(journal, inputs={"password": "xyzzy1"}, again=["nowhere"])


async def test_what_a_call_gave_in_secret_stays_a_secret_when_it_is_given_again(journal, tmp_path):
    tasks = """\
- {id: first, type: transform, config: {values: {said: '"Bearer " + INPUT.letter'}}}
- {id: then, type: transform, config: {values: {said: "first.said"}}, dependencies: [first]}
"""
    call = TriggerCall("hook", "webhook", {"password": "planted-payload"})
    letter = {"letter": "planted-payload"}
    await begin_and_crash(flow_with_tasks(tasks), journal, crash_at("then"), letter, trigger=call)
    with pytest.raises(InvalidInputError, match="does not keep the input letter"):
        await go_on(journal)
    outcome, _ = await go_on(journal, inputs=letter)
    assert "resume with --again first" in outcome.error.message
    outcome, _ = await go_on(journal, inputs=letter, again=["first"])
    assert outcome.outputs["then"] == {"said": "Bearer [redacted]"}
    assert "planted" not in kept_text(tmp_path)


async def test_an_answer_is_asked_for_once(journal):
    flow = flow_with_tasks("""\
- {id: q, type: ask_user, config: {question: Well}}
- {id: after, type: transform, config: {values: {x: "q.answer"}}, dependencies: [q]}
""")

    async def answer(_question):
        return "yes"

    async def nobody(_question):
        raise AssertionError("asked again")

    await begin_and_crash(flow, journal, crash_at("q", "succeeded"), ask=answer)
    with closing(sqlite3.connect(journal._path)) as connection:  # the answer is kept before the task has ended
        connection.execute("DELETE FROM events WHERE node = 'q' AND kind = 'succeeded'")
        connection.commit()
    outcome, told = await go_on(journal, ask=nobody)
    assert outcome.outputs["after"] == {"x": "yes"}
    assert told[:2] == ["q running", "q succeeded"]


async def test_tries_and_waits_go_on_where_they_were(journal):
    async with answering(503) as (url, asked):
        flow = flow_with_tasks(f"""\
- id: t
  type: http_request
  error_handling: {{retry: {{max_attempts: 3, backoff: constant, initial_delay: 30ms, jitter: false}}}}
  config: {{url: "{url}"}}
""")
        await begin_and_crash(flow, journal, crash_at("t", attempt=2))
        count = len(asked)
        outcome, _ = await go_on(journal)
        assert len(asked) - count == 2  # the second try, which may have been made, and the third
    assert outcome.error.attempt == 3
    (node,) = history_of(journal.events(journal.find("last"))).nodes
    assert [error["code"] for error in node.failed_tries] == ["internal"] * 3
    assert node.attempts == 3


async def test_loops_conditions_and_subflows_go_on(journal):
    flow = flow_of("""\
name: t
tasks:
  - {id: head, type: transform, config: {values: {n: "TASKFLOW.iterations.more"}}}
  - {id: end, type: transform, config: {values: {n: "head.n", deep: "part.deep.n", c: "more.branch"}}}
conditions:
  - {id: more, type: expr, config: {expression: "head.n < 3"}, dependencies: [part], successors: [head, end]}
subflows:
  - id: part
    dependencies: [head]
    input_mapping: {n: "${head.n}"}
    tasks: [{id: deep, type: transform, config: {values: {n: "INPUT.n * 10"}}}]
""")
    await begin_and_crash(flow, journal, crash_at("part[2]/deep"))
    outcome, told = await go_on(journal)
    assert outcome.outputs["end"] == {"n": 3, "deep": 30, "c": 1}
    executed = [event.node for event in journal.events(journal.find("last")) if event.kind == "succeeded"]
    assert len(executed) == len(set(executed))
    assert told.count("head running") == 1


async def test_usage_is_that_of_all_parts(journal, tmp_path):
    tasks = """\
- {id: a, type: mfo_api_chat_send, config: {prompt: Say it}}
- {id: b, type: http_request, config: {url: "http://127.0.0.1:9"}, dependencies: [a]}
"""
    trial = await begin(flow_with_tasks(tasks), journal, tmp_path, {})
    assert trial.outcome.state.value == "failed"
    outcome, _ = await go_on(journal)
    assert outcome.usage == trial.outcome.usage
    assert outcome.usage["total_tokens"] > 0
    assert journal.find("last").usage == outcome.usage


async def test_two_at_once_are_refused(journal):
    flow = flow_with_tasks("- {id: q, type: ask_user, config: {question: Well}}")
    asked = asyncio.Event()

    async def ask(_question):
        asked.set()
        await asyncio.Event().wait()

    async with MfoClient(NOBODY) as client:
        going = asyncio.create_task(flow.run({}, client, RunOptions(ask=ask, keeping=Keeping(journal))))
        await asked.wait()
        with pytest.raises(RunHeldError, match="is being executed by process"):
            await go_on(journal)
        going.cancel()
        with pytest.raises(asyncio.CancelledError):
            await going
    outcome, _ = await go_on(journal, ask=lambda question: asyncio.sleep(0, "now"))
    assert outcome.outputs["q"] == {"answer": "now"}


async def test_a_task_takes_less_than_a_kilobyte(journal, tmp_path):
    count = 300
    tasks = "".join(
        f'- {{id: task_number_{n}, type: transform, config: {{values: {{x: "{n}"}}}}}}\n' for n in range(count)
    )
    async with MfoClient(NOBODY) as client:
        await flow_with_tasks(tasks).run({}, client, RunOptions(keeping=Keeping(journal)))
    journal.close()
    assert (tmp_path / JOURNAL_FILE).stat().st_size < 60_000 + count * 300
