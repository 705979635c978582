"""What a month spent is one number over all workers of a database."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.spending import SharedSpendingBook
from mfo_runtime.distributed.tables import spent
from mfo_runtime.journal import Retention

from .forking import mfo_server
from .pool import worker

FLOW = """\
name: answering
tasks:
  - {id: work, type: mfo_agent_run, config: {agent_id: writer, task: Answer.}}
"""
AGENTS = "agents: {writer: {guide: Write.}}\n"
SCRIPT = json.dumps({"default": "word " * 40})


def test_workers_count_together_and_each_call_once(any_database_url):
    database = Database(any_database_url)
    database.make_tables()
    books = [SharedSpendingBook(database), SharedSpendingBook(database)]
    assert books[0].total() == (0, 0.0)

    def add(number):
        for _ in range(2):
            books[number % 2].add(f"run {number}/turn 1", "writer", "small", 10, 0.25)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add, range(20)))
    assert [book.total() for book in books] == [(200, 5.0)] * 2
    database.close()


def test_calls_of_months_that_are_over_are_forgotten(pool):
    database = pool.journal.database
    book = SharedSpendingBook(database)
    book.add("new", "writer", "small", 10, 0.0)
    with database.writing() as connection:
        old = {"entry": "old", "month": "2020-01", "agent": "", "model": "", "tokens": 1, "cost": 0.0}
        connection.execute(database.add_once(spent, [old]))
    pool.journal.prune(Retention())
    with database.reading() as connection:
        assert [row.entry for row in connection.execute(spent.select())] == ["new"]


def test_a_worker_refuses_what_others_have_spent(pool, tmp_path):
    (tmp_path / "agents_definition.yml").write_text(AGENTS)
    (tmp_path / "mfo.toml").write_text("[budgets.month]\nmax_tokens = 80\n")
    (tmp_path / "script.yml").write_text(SCRIPT)
    flow = tmp_path / "answering.mfo.yml"
    flow.write_text(FLOW)
    book = SharedSpendingBook(pool.journal.database)
    script = ("--script", tmp_path / "script.yml")
    with mfo_server(*script, home=tmp_path / "server") as server, worker(pool.url, tmp_path, **server):
        run = pool.submit(flow)
        pool.ends(run)
        assert book.total()[0] == pool.run(run).usage["total_tokens"] > 40
        book.add("elsewhere", "writer", "small", 30, 0.0)
        refused = pool.submit(flow)
        pool.ends(refused, "failed")
    assert pool.run(refused).error["code"] == "budget_exceeded"
    assert "the budget of this month has 0 of 80 left" in pool.run(refused).error["message"]
