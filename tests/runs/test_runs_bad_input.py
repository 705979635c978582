"""Whatever a file, a server or a command line is like: a clear message with a place, an exit status, and an end."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time

import pytest
from processes import EXAMPLES, ROOT, Ended, answering, environment, mfo, reply

from mfo_runtime.cli.commands import main

FLOW = """\
name: trial
tasks:
  - id: remember
    type: mfo_api_memory_get
    config:
      key: k
"""
CONFIG = """\
client:
  base_url: http://127.0.0.1:9
  timeout: 2m
  retry: {max_attempts: 2, initial_backoff: 1ms}
"""


@pytest.fixture
def flow(tmp_path):
    path = tmp_path / "flows" / "workflow_definition.yml"
    path.parent.mkdir()
    path.write_text(FLOW)
    (path.parent / "mfo_client.yml").write_text(CONFIG)
    return path


@pytest.fixture
def here(flow, tmp_path, monkeypatch, capfd):
    """``mfo`` in this process and in the flow's folder: for the many cases of which no process of their own says more."""
    for name in ("MFO_BASE_URL", "MFO_TOKEN", "MFO_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MFO_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(flow.parent)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["mfo", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        return Ended(ended.value.code, *capfd.readouterr())

    return run


def broken_error(handler):
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")


def hang_up(handler):
    handler.connection.close()


def never(_handler):
    time.sleep(20)


def flooding(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    try:
        for _ in range(40):
            handler.wfile.write(b" " * 1024 * 1024)
    except OSError:
        pass


ANSWERS = [
    ("401", reply(401, b'{"code": "authentication", "message": "Bad token.", "details": {}}'), "authentication", 1),
    ("403", reply(403, b'{"code": "authorization", "message": "Not yours."}'), "authorization", 1),
    ("404", reply(404, b'{"code": "not_found", "message": "No such key."}'), "not_found", 1),
    ("429", reply(429, b'{"code": "rate_limited", "message": "Slowly."}', Retry_After="0"), "rate_limited", 2),
    ("429 for long", reply(429, b"{}", Retry_After="100000"), "rate_limited", 1),
    ("500", reply(500, b'{"code": "internal", "message": "Oops."}'), "internal", 2),
    ("HTML", reply(200, b"<html><body>Welcome to nginx!</body></html>", "text/html"), "invalid_response", 1),
    ("HTML error", reply(502, b"<html>Bad gateway</html>", "text/html"), "internal", 2),
    ("garbage", reply(200, b"\x00\xff{{{", "application/json"), "invalid_response", 1),
    ("a list", reply(200, b"[1, 2]", "application/json"), "invalid_response", 1),
    ("nothing", reply(200, b"", "application/json"), "invalid_response", 1),
    ("deep JSON", reply(200, b"[" * 200_000, "application/json"), "invalid_response", 1),
    ("elsewhere", reply(302, b"", Location="http://example.org/"), "invalid_response", 1),
    ("no HTTP", broken_error, "invalid_response", 1),
    ("cut off", hang_up, "connection_failed", 2),
    ("a flood", flooding, "invalid_response", 1),
    ("slow", never, "timeout", 2),
]


@pytest.mark.parametrize(("answer", "code", "requests"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS])
def test_a_server_that_fails_is_told_with_the_task_and_its_place(answer, code, requests, flow, tmp_path):
    if code == "timeout":
        (flow.parent / "mfo_client.yml").write_text(CONFIG.replace("2m", "1s"))
    with answering(answer) as (url, asked):
        ended = mfo("run", flow, "--server", url, home=tmp_path / "home", cwd=flow.parent, MFO_TOKEN="t0ken-value-123")
    assert (ended.status, ended.stdout) == (1, "")
    line = next(line for line in ended.lines if line.startswith("workflow_definition.yml:3:9: "))
    assert 'task "remember": ' in line
    assert line.endswith(f"[{code}]")
    assert "3 |   - id: remember" in ended.stderr
    assert "t0ken-value-123" not in ended.stderr
    assert len(asked) == requests


def test_a_server_that_is_down(flow, tmp_path):
    ended = mfo("run", flow, home=tmp_path / "home", cwd=flow.parent)
    assert ended.status == 1
    assert 'task "remember": No connection to http://127.0.0.1:9. [connection_failed]' in ended.stderr


def test_a_failure_as_json_stands_alone_on_stdout(flow, tmp_path):
    ended = mfo("run", flow, "--json", home=tmp_path / "home", cwd=flow.parent)
    assert (ended.status, ended.stderr) == (1, "")
    error = ended.json["error"]
    assert (error["code"], error["task"]) == ("connection_failed", "remember")
    assert error["place"] == "workflow_definition.yml:3:9"
    assert ended.json["states"] == {"remember": "failed"}


def test_secrets_of_the_client_configuration(flow, tmp_path):
    seen = []

    def answer(handler):
        seen.append(handler.headers["authorization"])
        reply(401, b'{"code": "authentication", "message": "token t0ken-of-config is wrong"}')(handler)

    flow.write_text(
        "global_configs: {secrets: {server: {env: SERVER_TOKEN}}}\nworkflow_name: t\ntaskflows:\n  - taskflow_id: trial\n    tasks: [{id: t, type: mfo_api_tool_list}]\n"
    )
    (flow.parent / "mfo_client.yml").write_text(CONFIG + "  auth: {token: SECRET.server}\n")
    with answering(answer) as (url, _):
        ended = mfo("run", flow, "--server", url, home=tmp_path / "home", SERVER_TOKEN="t0ken-of-config")
    assert seen == ["Bearer t0ken-of-config"]
    assert ended.status == 1
    assert "t0ken-of-config" not in ended.stderr
    ended = mfo("run", flow, "--server", "http://127.0.0.1:9", home=tmp_path / "home")
    assert ended.status == 2
    assert "SERVER_TOKEN, which is not set" in ended.stderr


BOMB = (
    b"name: x\ntasks:\n  - id: t\n    type: mfo_api_memory_store\n    config:\n      key: k\n      value:\n"
    b"        a0: &a0 [1]\n"
    + b"".join(b"        a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, 8))
)
FILES = [
    ("binary", b"\x7fELF\x02\x01\x01\x00\x00", 2, "binary file"),
    ("not UTF-8", b"name: x\ntasks:\n  - id: \xff\n", 2, ":3:9: the file is not UTF-8 text"),
    ("50 MB", b"name: x\n" + b"# long\n" * (50 * 1024 * 1024 // 7), 2, "larger than 16 MB"),
    ("empty", b"", 1, "this workflow is empty"),
    ("not ours", b"services: {web: {image: nginx}}\n", 2, "is not a workflow document"),
    ("a list", b"- 1\n- 2\n", 2, "is not a workflow document"),
    ("deep flow", b"tasks: " + b"[" * 10_000, 1, "MFO1"),
    ("deep block", b"name: x\ntasks:\n" + b"".join(b" " * n + b"- \n" for n in range(2000)), 1, "error MFO"),
    ("alias bomb", BOMB, 1, "aliases multiply"),
    ("tabs", b"name: x\ntasks:\n\t- id: t\n", 1, "error MFO"),
    ("unclosed", b'name: "x\ntasks:\n  - id: t\n', 1, "error MFO101"),
    ("no tasks", b"name: x\ntasks: []\n", 1, "error MFO305"),
]


@pytest.mark.parametrize(("content", "status", "message"), [row[1:] for row in FILES], ids=[row[0] for row in FILES])
def test_any_file(content, status, message, flow, here):
    flow.write_bytes(content)
    ended = here("run", flow.name, "--server", "local")
    assert ended.status == status, ended.stderr
    assert message in ended.stderr
    if status == 2:
        assert ended.lines[0].startswith("mfo: workflow_definition.yml")
        assert len(ended.lines) <= 2


@pytest.mark.parametrize("change", [lambda text: b"\xef\xbb\xbf" + text, lambda text: text.replace(b"\n", b"\r\n")])
def test_byte_order_marks_and_windows_line_ends_change_nothing(change, flow, tmp_path):
    flow.write_bytes(change(FLOW.encode()))
    ended = mfo("run", flow, home=tmp_path / "home", cwd=flow.parent)
    assert ended.status == 1
    assert "workflow_definition.yml:3:9: task " in ended.stderr


def test_a_missing_prompts_file_is_told_at_the_place_that_needs_it(tmp_path):
    shutil.copytree(EXAMPLES / "orders", tmp_path / "orders")
    (tmp_path / "orders/prompts_definition.yml").unlink()
    ended = mfo("run", "orders/workflow_definition.yml", home=tmp_path / "home", cwd=tmp_path)
    assert ended.status == 1
    assert "orders/workflow_definition.yml:114:35 error MFO601" in ended.stderr
    assert "fraud_rating" in ended.stderr


ORDERS = f"{EXAMPLES}/orders/workflow_definition.yml"
MISUSES = [
    (["run"], "Missing argument 'FILE'"),
    (["run", "nowhere.yml"], "nowhere.yml: there is no such file"),
    (["run", "."], "this is a directory"),
    (["run", "FLOW", "--taskflow", "other"], 'has no taskflow "other"'),
    (["run", "FLOW", "--input", "novalue"], '"novalue" is no input'),
    (["run", "FLOW", "--inputs", "nowhere.yml"], "there is no such file"),
    (["run", "FLOW", "--inputs", "list.yml"], "is no map of inputs"),
    (["run", "FLOW", "--inputs", "bad.yml"], "bad.yml:1:"),
    (["run", "FLOW", "--inputs", "bad.json"], "bad.json:1:2: this is no JSON"),
    (["run", ORDERS, "--input", "amuont=5"], 'has no input "amuont"; did you mean "amount"?'),
    (["run", ORDERS, "--input", "amount=5"], "'order_id' is a required property"),
    (["run", "FLOW", "--payload", "list.yml"], "A payload is a trigger's"),
    (["run", "FLOW", "--trigger", "nobody"], 'no trigger "nobody"'),
    (["run", "FLOW", "--server", "localhost:8080"], "no http address"),
    (["run", "FLOW", "--server", "http://a:b@host/"], "client.base_url"),
    (["run", "FLOW", "--server", "http://127.0.0.1:9", "--script", "list.yml"], "for the local server only"),
    (["run", "FLOW", "--server", "local", "--script", "list.yml"], "a mapping is expected here"),
    (["run", "FLOW", "--server", "local", "--script", "nowhere.yml"], "there is no such file"),
    (["run", "FLOW", "--what"], "No such option"),
    (["runs-away"], "No such command"),
    (["server", "--port", "99999"], "Invalid value for '--port'"),
    (["server", "--port", "0", "--script", "list.yml"], "a mapping is expected here"),
    (["server", "--port", "0", "--data", "list.yml/below"], "list.yml"),
    (["server", "--host", "0.0.0.0", "--port", "0"], "token"),
]


@pytest.mark.parametrize(("arguments", "message"), MISUSES, ids=[row[1] for row in MISUSES])
def test_misuse_is_told_in_one_line_and_perhaps_a_hint(arguments, message, flow, here):
    for name, text in {"list.yml": "[1]", "bad.yml": "a: [", "bad.json": "{a}"}.items():
        (flow.parent / name).write_text(text)
    given = [flow if argument == "FLOW" else argument for argument in arguments]
    ended = here(*given)
    assert (ended.status, ended.stdout) == (2, "")
    assert ended.lines[0].startswith("mfo: ")
    assert message in ended.lines[0]
    assert len(ended.lines) <= 2


def test_a_data_folder_that_cannot_be_made(flow, tmp_path):
    (tmp_path / "file").write_text("")
    ended = mfo("run", flow, "--server", "local", home=tmp_path / "file" / "home")
    assert ended.status == 2
    assert "cannot be made" in ended.lines[0]
    assert "MFO_HOME" in ended.lines[1]


def test_the_data_folder_stands_at_the_projects_root_and_out_of_git(flow, tmp_path):
    (tmp_path / "mfo.toml").write_text("")
    ended = mfo("run", flow, "--server", "local", home="", cwd=flow.parent)
    assert "not_found" in ended.stderr
    assert (tmp_path / ".mfo/server").is_dir()
    assert (tmp_path / ".mfo/.gitignore").read_text() == "*\n"
    assert not (flow.parent / ".mfo").exists()


def test_any_characters_come_out_whole_whatever_the_locale(tmp_path):
    flow = tmp_path / "workflow_definition.yml"
    flow.write_text('name: t\ntasks: [{id: t, type: transform, config: {values: {x: INPUT.x, y: "1e308 * 10"}}}]\n')
    inputs = tmp_path / "inputs.json"
    inputs.write_text(json.dumps({"x": "ÄÖ 漢字 😀 \ud800"}))
    ended = mfo(
        "run", flow, "--inputs", inputs, "--server", "local", home=tmp_path, PYTHONIOENCODING="ascii", LC_ALL="C"
    )
    assert ended.status == 0, ended.stderr
    assert ended.json["t"] == {"x": "ÄÖ 漢字 😀 \ud800", "y": None}


def test_an_unexpected_error_is_one_line_and_a_hint(tmp_path):
    code = (
        "import mfo_runtime.cli.preparing as preparing, mfo_runtime.cli.commands as commands, sys\n"
        "def fail(*_): raise RuntimeError('boom')\n"
        "preparing.load_flow = fail\n"
        "sys.argv = ['mfo', 'run', 'x.yml']\n"
        "commands.main()\n"
    )
    for debug, has_traceback in (("", False), ("1", True)):
        ended = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env=environment(tmp_path, MFO_DEBUG=debug),
        )
        assert ended.returncode == 2
        assert "mfo: an unexpected error, a defect of mfo itself: RuntimeError: boom" in ended.stderr
        assert ("Traceback" in ended.stderr) == has_traceback
