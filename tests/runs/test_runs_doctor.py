"""``mfo doctor``: each thing that a set-up can lack is said in a line of its own, with what to do."""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
import time
from contextlib import closing
from email.utils import formatdate

import pytest
from processes import LIMIT, MFO, answering, environment, mfo, mfo_server, reply

WELL = reply(200, b'{"status": "ok"}')
FLOW = "name: t\ntasks: [{id: a, type: transform, config: {values: {x: '1'}}}]\n"


def checks(ended):
    """The checks by their names; the last one counts where there are several of a name."""
    found = ended.json
    assert found["version"] == 1
    assert found["ok"] == (ended.status == 0)
    assert all(check["hint"] for check in found["checks"] if check["state"] != "ok"), "each says what to do"
    return {check["check"]: check for check in found["checks"]}


@pytest.fixture
def doctor(here):
    def doctor(*arguments, **variables):
        return checks(here("doctor", "--json", *arguments, **variables))

    return doctor


def test_a_set_up_that_lacks_nothing(tmp_path):
    home = tmp_path / "home"
    with mfo_server(home=home) as variables:
        ended = mfo("doctor", "--json", home=home, cwd=tmp_path, **variables)
    assert ended.status == 0
    found = checks(ended)
    assert {name: check["state"] for name, check in found.items()} == dict.fromkeys(
        ["version", "project file", "keyring", "journal", "disk", "settings", "server", "clock", "interface", "token"],
        "ok",
    )
    assert found["token"]["message"] == "the token of MFO_TOKEN is valid"
    assert variables["MFO_TOKEN"] not in ended.stdout


def test_without_a_server_nothing_is_asked_made_or_changed(tmp_path, here):
    before = sorted(tmp_path.rglob("*"))
    ended = here("doctor")
    assert (ended.status, ended.stderr) == (0, "")
    assert "✓ server        the local one, as nothing names another" in ended.stdout
    assert sorted(tmp_path.rglob("*")) == before


def clock(seconds):
    def answer(handler):
        handler.date_time_string = lambda *_: formatdate(time.time() + seconds, usegmt=True)
        WELL(handler)

    return answer


SERVERS = [
    ("server", reply(503, b"{}"), "failure", "503: it is not well"),
    ("server", reply(200, b"<html>", "text/html"), "warning", "does not say whether it is well"),
    ("server", reply(200, b"[1"), "warning", "does not say whether it is well"),
    ("server", lambda handler: handler.connection.close(), "failure", "connection"),
    ("clock", clock(-100), "warning", "s apart"),
    ("clock", clock(4000), "failure", "s apart"),
    (
        "token",
        reply(401, b'{"code": "authentication", "message": "no"}'),
        "failure",
        "the token of MFO_TOKEN is refused",
    ),
    ("token", reply(403, b'{"code": "authorization", "message": "no"}'), "ok", "valid, for less than everything"),
    ("token", reply(500, b"{}"), "failure", "cannot be tried out"),
    (
        "interface",
        reply(200, b'{"paths": {"/api/tools": {"get": {}}}}'),
        "warning",
        "the server lacks POST /auth/login",
    ),
]


@pytest.mark.parametrize(
    ("name", "answer", "state", "message"), SERVERS, ids=[f"{row[0]}: {row[3]}" for row in SERVERS]
)
def test_what_a_server_may_lack(name, answer, state, message, doctor):
    with answering(answer) as (url, _):
        found = doctor("--server", url, MFO_TOKEN="a-token-of-mine")
    assert (found[name]["state"], message in found[name]["message"]) == (state, True), found[name]


def test_a_server_that_is_down_ends_the_asking(doctor):
    found = doctor("--server", "http://127.0.0.1:9", MFO_TOKEN="a-token-of-mine")
    assert found["server"]["message"] == "No connection to http://127.0.0.1:9."
    assert "token" not in found


def test_nobody_who_asks(doctor):
    with answering(WELL) as (url, _):
        assert "nothing says as whom" in doctor("--server", url)["token"]["message"]


def test_settings_that_cannot_be(tmp_path, doctor):
    assert "no profile" in doctor("--profile", "none")["server"]["message"]
    assert "no http address" in doctor("--server", "ftp://x")["server"]["message"]
    (tmp_path / "mfo.toml").write_text("[servers\n")
    found = doctor()
    assert (found["project file"]["state"], "mfo.toml:1: " in found["project file"]["message"]) == ("failure", True)


def test_secrets_that_are_declared(tmp_path, doctor):
    (tmp_path / "flow.yml").write_text(
        "workflow_name: t\nglobal_configs: {secrets: {a: {env: A_KEY}, b: {file: b.txt}, c: {keyring: x/y}}}\n"
        "taskflows: [{taskflow_id: t, tasks: [{id: a, type: mfo_api_tool_list}]}]\n"
    )
    found = doctor(A_KEY="planted-value", PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring")
    assert "planted" not in json.dumps(found)
    assert [found[f"secret {name}"]["state"] for name in "abc"] == ["ok", "warning", "failure"]
    assert "cannot be read from its file, b.txt" in found["secret b"]["message"]


def test_logins_that_have_ended_or_are_open_to_others(home, doctor):
    home.mkdir()
    file = home / "credentials.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps({"servers": {"https://old.example": {"expires_at": 1.0, "token": "planted-value"}}}))
    assert "https://old.example has ended" in doctor()["logins"]["message"]
    file.chmod(0o604)
    found = doctor()["logins"]
    assert (found["state"], "chmod 600" in found["hint"]) == ("failure", True)


def test_a_journal_with_runs_that_were_broken_off(tmp_path, home, here, doctor):
    (tmp_path / "flow.yml").write_text(FLOW)
    here("run", "flow.yml", "--server", "local")
    assert "1 runs, replay protocol" in doctor()["journal"]["message"]
    with closing(sqlite3.connect(home / "journal.db", isolation_level=None)) as connection:
        connection.execute("UPDATE runs SET state = 'running', protocol = 0")
    found = doctor()["journal"]
    assert (found["state"], found["message"]) == ("warning", "1 runs were broken off, some under another protocol")
    with closing(sqlite3.connect(home / "journal.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA user_version = 1000")
    assert "later version" in doctor()["journal"]["message"]


@pytest.mark.parametrize("damage", [b"this is a diary", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_journal_that_is_damaged(damage, home, doctor):
    home.mkdir()
    (home / "journal.db").write_bytes(damage)
    assert doctor()["journal"]["state"] == "failure"


def test_a_journal_that_is_turned_off(tmp_path, doctor):
    (tmp_path / "mfo.toml").write_text("[journal]\nenabled = false\n")
    assert doctor()["journal"]["state"] == "warning"


def test_a_folder_that_cannot_be_written(tmp_path):
    ended = subprocess.run(
        [*MFO, "doctor"],
        cwd=tmp_path,
        env=environment(tmp_path / "home"),
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
    )
    assert ended.returncode == 1
    assert f"✗ journal       {tmp_path / 'home'} cannot be written: File too large" in ended.stdout
    assert "→ Make it writable, or set MFO_HOME" in ended.stdout


@pytest.mark.parametrize(("free", "state"), [(1, "failure"), (100 * 1024 * 1024, "warning")])
def test_a_disk_that_is_nearly_full(free, state, doctor, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": free}))
    found = doctor()["disk"]
    assert (found["state"], "mfo runs prune" in found["hint"]) == (state, True)
