"""A person at a terminal: the live table, questions, Ctrl-C; and plain lines where nobody sits."""

from __future__ import annotations

import json
import re
import signal
import threading

import pytest
from processes import EXAMPLES, LIMIT, answering, reply, started
from terminals import Terminal

SLOW = """\
name: slow
config: {grace: %s}
tasks:
  - {id: ask, type: mfo_api_chat_send, config: {prompt: Hello}}
  - {id: after, type: mfo_api_tool_list, dependencies: [ask]}
"""


def slow_flow(tmp_path, grace="100ms", delay="50s"):
    path = tmp_path / "flow" / "workflow_definition.yml"
    path.parent.mkdir()
    path.write_text(SLOW % grace)
    (path.parent / "scripted.yml").write_text(f"default: {{text: Hi, delay: {delay}}}\n")
    return path


def writing(finish):
    """A server whose model writes the end of its answer when it is let."""

    def answer(handler):
        if handler.command == "GET":
            reply(200, b'{"tools": []}')(handler)
            return
        handler.rfile.read(int(handler.headers["Content-Length"]))
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        handler.wfile.write(b'data: {"type": "text", "text": "Once upon"}\n\n')
        handler.wfile.flush()
        finish.wait(LIMIT)
        end = {"type": "end", "content": "Once upon a time", "thread_id": "t", "usage": {}}
        handler.wfile.write(f"data: {json.dumps(end)}\n\ndata: [DONE]\n\n".encode())

    return answering(answer)


def test_a_terminal_shows_a_live_table_with_states_times_and_what_a_model_writes_while_it_writes(tmp_path):
    finish, home = threading.Event(), tmp_path / "home"
    with writing(finish) as (url, _), Terminal("run", slow_flow(tmp_path), "--server", url, home=home) as terminal:
        terminal.until("ask:[^│]*Once upon")
        terminal.until(r"ask +mfo_api_chat_send +running +\d+(\.\d+)?m?s")
        assert re.search(r"after +mfo_api_tool_list +pending", terminal.seen)
        finish.set()
        status, stdout = terminal.ended()
    assert status == 0, terminal.seen
    assert re.search(r"✓ +ask +mfo_api_chat_send +succeeded +\d+(\.\d+)?m?s", terminal.seen)
    assert "slow succeeded in" in terminal.seen
    assert json.loads(stdout)["ask"]["message"] == "Once upon a time"


@pytest.mark.parametrize("variables", [{"CI": "true"}, {"TERM": "dumb"}])
def test_ci_and_dumb_terminals_get_plain_lines(variables, tmp_path):
    flow = EXAMPLES / "report/workflow_definition.yml"
    with Terminal("run", flow, "--input", "team=all", home=tmp_path, **variables) as terminal:
        status, _ = terminal.ended()
    assert status == 0
    lines = terminal.seen.splitlines()
    assert sum(line.endswith("running         sales (mfo_api_chat_send)") for line in lines) == 1
    assert re.fullmatch(r"run [0-9a-f]{32}", lines[0])
    assert all(re.match(r"\d\d:\d\d:\d\d ", line) for line in lines[1:-1])


QUESTIONS = """\
name: questions
tasks:
  - {id: which, type: ask_user, config: {question: Which colour, choices: [red, green]}}
  - {id: size, type: ask_user, config: {question: What size, default: 5, input_schema: {type: integer}}, dependencies: [which]}
  - {id: late, type: ask_user, config: {question: Anything, default: nothing, timeout: 1s}, dependencies: [size]}
"""


def test_questions_are_asked_one_by_one_and_a_late_answer_keeps_nobody(tmp_path):
    flow = tmp_path / "workflow_definition.yml"
    flow.write_text(QUESTIONS)
    with Terminal("run", flow, "--server", "local", home=tmp_path / "home") as terminal:
        terminal.until(r"which: Which colour\s+1\. red\s+2\. green\s+> ")
        terminal.type("blue\n")
        terminal.until(r"Please choose one of these")
        terminal.type("2\n")
        terminal.until(r"size: What size\s+\[5\] > ")
        terminal.type("7\n")
        terminal.until(r"late: Anything\s+\[nothing\] > ")
        status, stdout = terminal.ended()
    assert status == 0
    assert json.loads(stdout) == {"which": {"answer": "green"}, "size": {"answer": 7}, "late": {"answer": "nothing"}}


def test_ctrl_c_at_a_question_ends_the_run(tmp_path):
    flow = tmp_path / "workflow_definition.yml"
    flow.write_text(QUESTIONS)
    with Terminal("run", flow, "--server", "local", home=tmp_path / "home") as terminal:
        terminal.until(r"> ")
        terminal.process.send_signal(signal.SIGINT)
        status, _ = terminal.ended()
    assert status == 130
    assert "questions cancelled" in terminal.seen


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_a_run_gently(number, status, tmp_path):
    with started("run", slow_flow(tmp_path), home=tmp_path / "home") as process:
        run_id = process.stderr.readline().split()[1]
        assert "running" in process.stderr.readline()
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=LIMIT)
    assert process.returncode == status
    assert stdout == ""
    assert "Press Ctrl-C again to stop at once" in stderr
    assert "slow cancelled" in stderr
    assert f"mfo run --resume {run_id}" in stderr
    assert "Traceback" not in stderr


def test_a_gentle_stop_lets_tasks_end_and_says_so_as_json(tmp_path):
    flow = tmp_path / "workflow_definition.yml"
    flow.write_text("""\
name: t
config: {grace: 10m}
tasks:
  - {id: read, type: mfo_api_memory_get, config: {key: k}}
  - {id: after, type: mfo_api_tool_list, dependencies: [read]}
""")
    is_asked, may_answer = threading.Event(), threading.Event()

    def answer(handler):
        is_asked.set()
        may_answer.wait(LIMIT)
        reply(200, b'{"key": "k", "value": 5}')(handler)

    with answering(answer) as (url, _), started("run", flow, "--json", "--server", url, home=tmp_path) as process:
        assert is_asked.wait(LIMIT)
        process.send_signal(signal.SIGINT)
        assert "stopping" in process.stderr.readline()
        may_answer.set()
        stdout, _ = process.communicate(timeout=LIMIT)
    assert process.returncode == 130
    outcome = json.loads(stdout)
    assert (outcome["state"], outcome["error"]["code"]) == ("cancelled", "cancelled")
    assert outcome["states"] == {"read": "succeeded", "after": "cancelled"}


def test_a_second_ctrl_c_stops_at_once(tmp_path):
    with started("run", slow_flow(tmp_path, grace="10m", delay="1h"), home=tmp_path / "home") as process:
        assert process.stderr.readline().startswith("run ")
        assert "running" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert "stopping" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=LIMIT)
    assert process.returncode == 130


def test_code_of_the_users_own_that_hangs_keeps_nobody(tmp_path):
    (tmp_path / "mfo.toml").write_text('[task_types.hang]\nmodule = "hanging:hang"\n')
    (tmp_path / "hanging.py").write_text("import time\ndef hang(config):\n    time.sleep(3600)\n")
    flow = tmp_path / "workflow_definition.yml"
    flow.write_text("name: t\ntasks: [{id: t, type: hang, timeout: 200ms}]\n")
    with started("run", flow, "--server", "local", home=tmp_path / "home") as process:
        _, stderr = process.communicate(timeout=LIMIT)
    assert process.returncode == 1
    assert "[task_timeout]" in stderr


def test_a_reader_that_goes_away_is_no_reason_to_complain(tmp_path):
    flow = EXAMPLES / "report/workflow_definition.yml"
    with started("run", flow, "--input", "team=all", home=tmp_path) as process:
        process.stdout.close()
        stderr = process.stderr.read()
        status = process.wait(LIMIT)
        process.stdout = None
    assert status == 1
    assert "Traceback" not in stderr
    assert "BrokenPipe" not in stderr


def test_a_server_stops_by_ctrl_c(tmp_path):
    with started("server", "--port", "0", home=tmp_path) as process:
        assert process.stdout.readline().startswith("serving at http://127.0.0.1:")
        assert process.stdout.readline().startswith("MFO_TOKEN=")
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=LIMIT)
    assert (process.returncode, stdout, stderr) == (0, "", "")
