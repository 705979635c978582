"""``mfo run --engine dbos``: executed by the command itself, kept in the database that workers share."""

from __future__ import annotations

import signal

import pytest

from mfo_runtime.client import ClientSettings, MfoClient
from mfo_runtime.distributed.submitting import Submission, submit
from mfo_runtime.distributed.takeover import take_over
from mfo_runtime.distributed.workflows import own_queue
from mfo_runtime.errors import RunHeldError
from mfo_runtime.flow import Keeping, RunOptions, load_flow
from tests.effort import PATIENCE
from tests.runs.processes import EXAMPLES

from .forking import forked, mfo, mfo_server
from .pool import NOWHERE, until, worker
from .test_distributed_survival import FLOW, tasks

ORDERS = EXAMPLES / "orders"


@pytest.fixture
def flow(tmp_path):
    path = tmp_path / "four.mfo.yml"
    path.write_text(FLOW)
    return path


def test_both_engines_give_the_same(any_pool, tmp_path):
    arguments = (ORDERS / "workflow_definition.yml", "--inputs", ORDERS / "inputs.yml", "--json")
    with mfo_server("--script", ORDERS / "scripted.yml", home=tmp_path) as variables:
        alone = mfo("run", *arguments, home=tmp_path, **variables)
        shared = any_pool.mfo("run", *arguments, "--engine", "dbos", **variables)
    assert (alone.status, shared.status) == (0, 0)
    assert shared.json["states"] == alone.json["states"]
    assert shared.json["outputs"].keys() == alone.json["outputs"].keys()
    (run,) = any_pool.journal.runs()
    assert (run.id, run.state) == (shared.json["run_id"], "succeeded")
    assert any_pool.states(run.id) == alone.json["states"]
    assert any_pool.outcome(run.id)["outputs"] == shared.json["outputs"]


def test_a_run_that_broke_off_or_was_stopped_goes_on_here_or_by_a_worker(pool, flow, server, tmp_path):
    server.hold("two")
    command = {"home": tmp_path, "MFO_DATABASE_URL": pool.url, "MFO_BASE_URL": "http://127.0.0.1:9"}
    with forked("run", flow, "--input", f"url={server.url}", "--engine", "dbos", **command) as process:
        assert server.arrived["two"].wait(PATIENCE)
        process.kill()
    run = pool.run("last").id
    server.arrived["two"].clear()
    with forked("run", "--resume", "last", "--engine", "dbos", **command) as process:
        assert server.arrived["two"].wait(PATIENCE)
        held = pool.mfo("run", "--resume", run, "--engine", "dbos", MFO_BASE_URL="http://127.0.0.1:9")
        assert (held.status, "is being executed by process" in held.stderr) == (2, True)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        assert f"Go on from here: mfo run --engine dbos --resume {run}" in process.stderr.read()
    assert pool.run(run).state == "cancelled"
    server.let_go("two")
    with worker(pool.url, tmp_path):
        assert pool.mfo("resume", run).status == 0
        pool.ends(run)
    assert tasks(server) == ["one", "two", "two", "two", "three"]
    assert len({key for _, key in server.keys}) == 3


def test_a_worker_goes_on_with_a_run_whose_command_was_killed(pool, flow, server, tmp_path):
    server.hold("two")
    command = {"home": tmp_path, "MFO_DATABASE_URL": pool.url, "MFO_BASE_URL": "http://127.0.0.1:9"}
    with (
        worker(pool.url, tmp_path),
        forked("run", flow, "--input", f"url={server.url}", "--engine", "dbos", **command) as process,
    ):
        assert server.arrived["two"].wait(PATIENCE)
        process.kill()
        server.let_go("two")
        run = pool.run("last").id
        pool.ends(run)
        until(lambda: not pool.journal.workflows.queues_of_single_runs())  # nothing of it is left
    assert tasks(server).count("one") == 1


def test_a_run_whose_command_was_killed_before_it_began_waits_for_workers(pool, flow):
    workflows, queue = pool.journal.workflows, own_queue()
    workflows._client.register_queue(queue)
    run = submit(pool.journal, load_flow(str(flow)), {"url": "x"}, Submission(first=queue))[0]
    assert workflows.waiting_on(queue) == [run]
    take_over(pool.journal.database, workflows)
    assert (workflows.waiting_on("runs"), workflows.queues_of_single_runs()) == ([run], [])


def test_a_run_begun_here_has_inputs_that_the_database_does_not_keep(pool, tmp_path):
    flow = tmp_path / "hidden.mfo.yml"
    flow.write_text(
        "name: hidden\ninput_schema: {type: object, properties: {token: {type: string}}}\n"
        "tasks:\n  - {id: told, type: transform, config: {values: {length: len(INPUT.token)}}}\n"
    )
    arguments = ("run", flow, "--engine", "dbos", "--input", "token=hunter2", "--json")
    ended = pool.mfo(*arguments, MFO_BASE_URL="http://127.0.0.1:9")
    assert ended.json["outputs"]["told"] == {"length": 7}
    with pool.journal.database.reading() as connection:
        assert "hunter2" not in str(connection.exec_driver_sql("SELECT begun_with FROM mfo_runs").all())


def test_options_that_do_not_fit_are_refused(pool, flow, tmp_path):
    with_url = mfo("run", flow, "--database-url", pool.url, home=tmp_path)
    assert (with_url.status, with_url.lines[1]) == (2, "  Add --engine dbos.")
    recorded = pool.mfo("run", flow, "--input", "url=x", "--engine", "dbos", "--record", tmp_path / "tape.json")
    assert (recorded.status, recorded.lines[1]) == (2, "  Leave out --record.")


async def test_code_that_keeps_a_run_in_a_pool_is_told_to_submit_it(pool, flow):
    async with MfoClient(ClientSettings(base_url=NOWHERE)) as client:
        with pytest.raises(RunHeldError, match="is begun by workers only"):
            await load_flow(str(flow)).run({"url": "x"}, client, RunOptions(keeping=Keeping(pool.journal)))
    assert list(pool.journal.runs()) == []
