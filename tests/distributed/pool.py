"""Workers as processes, and flows whose tasks ask a server that counts."""

from __future__ import annotations

import hashlib
import json
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.journal import SharedJournal
from mfo_runtime.distributed.preparing import prepare
from mfo_runtime.distributed.submitting import Submission, submit
from mfo_runtime.flow import load_flow
from mfo_runtime.flow.history import history_of
from tests.effort import IS_LONG, PATIENCE
from tests.http_servers import QuietHandler, serving

from .forking import forked, mfo

NOWHERE = "http://127.0.0.1:9"
"""The MFO server of flows that ask none."""


class Counting:
    """A server whose answers follow from what it is asked, after a while that does not; it knows what was asked how often."""

    def __init__(self, chance: random.Random, longest: float = 0.02) -> None:
        self.keys: list[tuple[str, str]] = []
        self.held: dict[str, threading.Event] = {}
        self.arrived: dict[str, threading.Event] = {}
        self.most = 0
        self._now, self._counting = 0, threading.Lock()
        self._chance, self._longest = chance, longest
        outer = self

        class Handler(QuietHandler):
            def do_POST(self) -> None:
                task, key = self.path.lstrip("/"), self.headers["Idempotency-Key"]
                body = self.body()
                with outer.counted():
                    answer = outer.answer(task, key, body)
                self.answer(200, answer)

        self._handler = Handler

    def answer(self, task: str, key: str, body: bytes) -> bytes:
        self.keys.append((task, key))
        if task in self.arrived:
            self.arrived[task].set()
        if task in self.held:
            assert self.held[task].wait(PATIENCE)
        else:
            time.sleep(self._chance.random() * self._longest)  # what differs from run to run: which task ends first
        value = hashlib.sha256(task.encode() + body).hexdigest()[:12]
        return json.dumps({"value": value}).encode()

    @contextmanager
    def counted(self) -> Iterator[None]:
        with self._counting:
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            yield
        finally:
            with self._counting:
                self._now -= 1

    def hold(self, task: str) -> None:
        """Do not answer a task until it is let go."""
        self.held[task], self.arrived[task] = threading.Event(), threading.Event()

    def let_go(self, task: str) -> None:
        self.held[task].set()

    @contextmanager
    def serving(self) -> Iterator[str]:
        with serving(self._handler) as url:
            try:
                yield url
            finally:
                for event in self.held.values():
                    event.set()

    @property
    def repeated(self) -> Counter[str]:
        """Of each key that was used more than once, how often."""
        counts = Counter(key for _, key in self.keys)
        return Counter({key: count for key, count in counts.items() if count > 1})


@contextmanager
def worker(url: str, home, *arguments, lease: float | None = None, module="mfo_runtime", **variables):
    """A worker that has joined the pool; killed when the block ends.

    On a loaded machine a worker may be silent for seconds and be taken for dead, so its lease is long where nothing else is
    asked for. PostgreSQL tells at once that a worker was killed; with SQLite its lease has to pass.
    """
    patience = lease or (2 if url.startswith("sqlite") else PATIENCE)
    command = ("worker", "--lease", str(patience), *arguments)
    named = {"MFO_DATABASE_URL": url, "MFO_BASE_URL": NOWHERE, **variables}
    with forked(*command, home=home, module=module, **named) as process:
        line = process.stderr.readline()
        assert line.startswith("working on queue"), line + process.stderr.read()
        told = process.said
        reader = threading.Thread(target=told.extend, args=(process.stderr,), daemon=True)
        reader.start()
        try:
            yield process
        except AssertionError as failed:
            failed.add_note("the worker said:\n" + "".join(told))
            raise
        finally:
            process.send_signal(signal.SIGCONT)
            process.kill()
            reader.join(PATIENCE)


class Pool:
    """What a test asks the pool, in this process: starting a command takes seconds."""

    def __init__(self, url: str, home) -> None:
        self.url, self.home = url, home
        self.journal = SharedJournal(Database(url))
        prepare(self.journal.database)

    def close(self) -> None:
        self.journal.close()

    def mfo(self, *arguments, **variables):
        """A command that asks the pool, as a person would give it."""
        return mfo(*arguments, home=self.home, MFO_DATABASE_URL=self.url, **variables)

    def submit(self, flow, queue="runs", priority=None, **inputs) -> str:
        """The id of a run that was put on a queue."""
        return submit(self.journal, load_flow(str(flow)), inputs, Submission(queue, priority))[0]

    def run(self, run: str):
        return self.journal.find(run)

    def states(self, run: str) -> dict[str, str]:
        """How the executions of a run's nodes ended, or that they are under way."""
        return {node.node: node.state for node in self.history(run).nodes}

    def history(self, run: str):
        return history_of(self.journal.events(self.run(run)))

    def ends(self, run: str, state: str = "succeeded") -> None:
        """Wait until a run has ended, and see how."""
        until(lambda: self.run(run).state not in {"queued", "running"})
        found = self.run(run)
        assert found.state == state, found.error

    def outcome(self, run: str):
        until(lambda: self.journal.outcome(self.run(run)) is not None)
        return self.journal.outcome(self.run(run))


def ended_steps(histories) -> set[str]:
    """The idempotency keys of the tasks that are recorded as done; a run's id and its history each."""
    return {
        f"{run}/{node.node}"
        for run, history in histories
        for node in history.nodes
        if node.attempts and node.state == "succeeded"
    }


def until(is_so: Callable[[], bool]) -> None:
    """Look again until something is so; fails when it does not become so."""
    end = time.monotonic() + PATIENCE * (20 if IS_LONG else 1)  # a campaign gets the time that others leave
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)  # between two looks at another process
