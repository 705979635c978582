"""What a pool forgets: runs that are past their time, and what nobody speaks of any more; never what is under way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

import pytest
import sqlalchemy as sa

from mfo_runtime.distributed import retention
from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.duties import Duty, on_duty
from mfo_runtime.distributed.forgetting import Forgetting
from mfo_runtime.distributed.tables import contents, events, parts, runs
from mfo_runtime.errors import RunHeldError
from mfo_runtime.journal import Retention

from .pool import until, worker

FLOW = "name: {name}\ntasks:\n  - {{id: told, type: transform, config: {{values: {{a: 1}}}}}}\n"
DAY = 24 * 3600.0


@pytest.fixture
def flow(tmp_path):
    return written(tmp_path, "told")


def written(folder, name):
    path = folder / f"{name}.mfo.yml"
    path.write_text(FLOW.format(name=name))
    return path


def ended(pool, flow, at):
    """The id of a run that ended at a time, in seconds since 1970, and began a day before."""
    run = pool.submit(flow)
    pool.journal.refuse(run, {"message": "ended"})
    with pool.journal.database.writing() as connection:
        connection.execute(sa.update(runs).where(runs.c.id == run).values(started_at=at - DAY, ended_at=at))
    return run


def kept(pool):
    return [run.id for run in pool.journal.runs()]


def test_runs_are_forgotten_for_their_age_or_for_their_number(any_pool, flow):
    old = [ended(any_pool, flow, at * DAY) for at in (1, 2, 3)]
    new = [ended(any_pool, flow, at * DAY) for at in (11, 12, 13, 14)]
    assert any_pool.journal.prune(Retention(days=9.5, runs=None), now=12 * DAY) == 2
    assert kept(any_pool) == [*reversed(new), old[2]]
    assert any_pool.journal.prune(Retention(days=None, runs=2), now=12 * DAY) == 3
    assert kept(any_pool) == [new[3], new[2]]
    assert any_pool.journal.prune(Retention(days=None, runs=2), now=12 * DAY) == 0
    with any_pool.journal.database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(events)).scalar() == 0
    workflows = any_pool.journal.workflows._client.list_workflows()
    assert {one.workflow_id for one in workflows} == {new[3], new[2]}


def test_texts_go_with_the_last_run_that_speaks_of_them(any_pool, flow, tmp_path):
    (tmp_path / "other").mkdir()
    _, second = ended(any_pool, flow, DAY), ended(any_pool, written(tmp_path / "other", "other"), 2 * DAY)
    with any_pool.journal.database.reading() as connection:
        both = set(connection.execute(sa.select(parts.c.text)).scalars())
    any_pool.journal.prune(Retention(None, 1))
    assert kept(any_pool) == [second]
    left = any_pool.journal.definition(any_pool.run(second))
    with any_pool.journal.database.reading() as connection:
        texts = set(connection.execute(sa.select(parts.c.text)).scalars())
        found = set(connection.execute(sa.select(contents.c.hash)).scalars())
    assert texts < both
    assert found == {*texts, any_pool.run(second).definition}
    assert len(left.texts) == len(texts)


def test_a_run_may_be_submitted_while_the_last_one_of_its_flow_is_forgotten(any_pool, flow, monkeypatch):
    ended(any_pool, flow, DAY)
    with ThreadPoolExecutor(1) as beside:
        forgotten = []

        def prune_beside(connection, *arguments):
            forgotten.append(beside.submit(any_pool.journal.prune, Retention(None, 0)))
            with suppress(TimeoutError):  # it waits for this transaction; were it not to, it would be done by then
                forgotten[0].result(0.5)
            return enqueue(connection, *arguments)

        enqueue = any_pool.journal.workflows.enqueue
        monkeypatch.setattr(any_pool.journal.workflows, "enqueue", prune_beside)
        run = any_pool.submit(flow)
        assert forgotten[0].result() == 1
    assert kept(any_pool) == [run]
    assert any_pool.journal.definition(any_pool.run(run)).texts


def test_a_run_that_is_being_forgotten_does_not_go_on(any_pool, flow):
    run = ended(any_pool, flow, DAY)
    past = retention.Past.of(any_pool.journal.database, Retention(None, 0), 2 * DAY)
    retention._mark(any_pool.journal.database, past.limits[0], past.has_settled)  # and then it was killed
    with pytest.raises(RunHeldError, match="is being forgotten"):
        any_pool.journal.go_on(any_pool.run(run))
    assert any_pool.journal.prune(Retention(None, 0)) == 1


def test_one_worker_at_a_time_forgets_and_lets_be_what_has_just_ended(any_pool, flow):
    database = any_pool.journal.database
    old, under_way = ended(any_pool, flow, DAY), any_pool.submit(flow)
    new = any_pool.submit(flow)
    any_pool.journal.refuse(new, {"message": "ended"})
    forgetting = Forgetting(database, any_pool.journal.workflows, Retention(None, 0))
    with closing(Database(database.url)) as other, on_duty(other, Duty.FORGETTING) as is_mine:
        assert is_mine
        forgetting._take_turn()
        assert set(kept(any_pool)) == {old, under_way, new}
    forgetting._take_turn()
    assert set(kept(any_pool)) == {under_way, new}


def test_a_worker_forgets_what_its_project_does_not_keep(pool, flow, tmp_path):
    (tmp_path / "mfo.toml").write_text("[journal]\nkeep_days = 3\nkeep_last = 2\n")
    now = pool.run(pool.submit(flow, queue="other")).started_at
    runs = [ended(pool, flow, now - days * DAY) for days in (9, 2, 1, 0.5)]
    with worker(pool.url, tmp_path, "--project", tmp_path):
        until(lambda: len(kept(pool)) == 3)
    assert kept(pool)[1:] == [runs[3], runs[2]]
    assert pool.run(kept(pool)[0]).state == "queued"


def test_a_pool_keeps_any_number_of_runs_unless_its_project_says_so(pool, flow, tmp_path):
    now = pool.run(pool.submit(flow, queue="other")).started_at
    ended(pool, flow, now - 31 * DAY)
    with pool.journal.database.writing() as connection:
        row = dict(connection.execute(sa.select(runs)).mappings().first())
        del row["number"]
        many = [{**row, "id": f"run{number}", "state": "succeeded", "ended_at": now} for number in range(1001)]
        connection.execute(sa.insert(runs), many)
    assert pool.mfo("runs", "prune", "--project", tmp_path).stdout == "1 run forgotten\n"


def test_a_database_of_an_older_version_gets_its_indexes(any_database_url):
    database = Database(any_database_url)
    database.make_tables()
    with database.writing() as connection:
        connection.exec_driver_sql("DROP INDEX mfo_runs_by_definition")
    database.make_tables()
    assert "mfo_runs_by_definition" in {found["name"] for found in sa.inspect(database.engine).get_indexes("mfo_runs")}
    database.close()
