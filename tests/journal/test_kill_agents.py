"""kill -9 at any request of a run of agents: no reply, tool call or note that is on record is asked for again, what was
under way is repeated under its key alone, and no tool writes twice."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections import Counter
from contextlib import contextmanager

import pytest

from tests.effort import IS_LONG
from tests.http_servers import QuietHandler, serving
from tests.runs.processes import LIMIT, mfo_server, started

STEP = 1 if IS_LONG else 7
"""The run is killed at each so manieth request."""

FLOW = """\
name: killed
tasks:
  - id: work
    type: mfo_agent_run
    config: {agent_id: worker, task: Do it., thread_id: t}
  - {id: end, type: mfo_agent_run, dependencies: [work], config: {agent_id: helper, task: Say so.}}
"""

AGENTS = """\
agents:
  worker:
    guide: Work well.
    tools: [write_down]
    interaction: {can_delegate_to: [helper]}
    memory: {keys: [known]}
  helper: {guide: Help., tools: [write_down]}
"""

SCRIPT = """\
script:
  - agent: worker
    answers:
      - tool_calls: [{name: write_down, arguments: {line: first}}, {name: write_down, arguments: {line: second}}]
      - tool_calls: [{name: agent_helper, arguments: {task: Help me.}}, {name: remember, arguments: {key: known, value: 1}}]
      - done
  - agent: helper
    answers: [{tool_calls: [{name: write_down, arguments: {line: helped}}]}, helped]
"""

TOOLS = """\
from pathlib import Path

def write_down(line: str) -> str:
    "Write a line into a file."
    with Path(__file__).with_name("written.txt").open("a") as file:
        file.write(line + "\\n")
    return "written"
"""


class Passing:
    """Stands before a server, and knows what was asked; holds back one request, before or after the server had it."""

    def __init__(self, behind):
        self.asked, self.reached = [], threading.Event()
        self._left, self._after, self._behind = 0, False, behind

    def hold(self, number, *, after):
        """Never answer the request that is the so manieth of those that were not asked before; the server has it or not."""
        self.reached.clear()
        self._left, self._after = number, after

    def take(self, handler):
        body = handler.body()
        key = handler.headers.get("Idempotency-Key")
        request = (handler.command, handler.path, key, body)
        is_new = request not in self.asked
        self.asked.append(request)
        self._left -= is_new
        is_held = is_new and not self._left
        answer = None if is_held and not self._after else self._forward(handler, body)
        if is_held:
            self.reached.set()
            handler.close_connection = True
        else:
            handler.answer(*answer)

    def _forward(self, handler, body):
        kept = ("Authorization", "Content-Type", "Idempotency-Key")
        headers = {name: handler.headers[name] for name in kept if handler.headers[name]}
        request = urllib.request.Request(self._behind + handler.path, body or None, headers, method=handler.command)
        try:
            with urllib.request.urlopen(request, timeout=LIMIT) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as problem:
            return problem.code, problem.read()


@contextmanager
def passing(behind):
    """A server on a free port that passes on what it is asked."""
    door = Passing(behind)

    class Handler(QuietHandler):
        def do_GET(self):
            door.take(self)

        def do_POST(self):
            door.take(self)

    with serving(Handler) as url:
        yield door, url


def killed_at_request(door, arguments, home, variables):
    """Run a command that is killed at the request that is held back; gives what it says where it ends before."""
    with started(*arguments, home=home, **variables) as process:
        said = []

        def read():
            said.append(process.stdout.read())
            door.reached.set()

        threading.Thread(target=read, daemon=True).start()
        assert door.reached.wait(LIMIT)
        return said[0] if said else None


@pytest.mark.parametrize("turn", [0, 1] if IS_LONG else [0])
def test_agents_go_on_after_being_killed_at_any_request(turn, tmp_path):
    for name, text in {"workflow_definition.yml": FLOW, "agents_definition.yml": AGENTS, "tools.py": TOOLS}.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "script.yml").write_text(SCRIPT)
    flow, home = tmp_path / "workflow_definition.yml", tmp_path / "home"
    settings = ("--script", tmp_path / "script.yml", "--tools", tmp_path / "tools.py")
    killed, said, arguments = [], None, ["run", flow, "--json"]
    with mfo_server(*settings, home=home) as variables, passing(variables["MFO_BASE_URL"]) as (door, url):
        while said is None and len(killed) < 40:
            door.hold(STEP, after=(len(killed) + turn) % 2 == 0)
            said = killed_at_request(door, arguments, home, {**variables, "MFO_BASE_URL": url})
            if said is None:
                killed.append(door.asked[-1])
                arguments = ["run", "--resume", "last", flow, "--json"]
    assert said is not None, "it gets no further"
    outputs = json.loads(said)["outputs"]
    assert (outputs["work"]["message"], outputs["end"]["message"]) == ("done", "helped")
    assert (tmp_path / "written.txt").read_text().split() == ["first", "second", "helped", "helped"]
    assert len(killed) >= 2
    writes = Counter(one for one in door.asked if one[2])
    assert {write: count for write, count in writes.items() if count > 1} == {one: 2 for one in killed if one[2]}
    assert len({key for _, _, key, _ in writes}) == len(writes)
    assert sum(path == "/api/chat" for _, path, _, _ in writes) == 7
    memory = "/api/memory/known"
    asked, again = ([path for _, path, key, _ in some if not key] for some in (door.asked, killed))
    assert asked.count(memory) == 1 + again.count(memory)
