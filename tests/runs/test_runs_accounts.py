"""Logging in and out, tokens, users and profiles as people use them: real commands, a real server, a real terminal."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest
from processes import MFO, ROOT, answering, environment, mfo, mfo_server, reply
from terminals import Terminal

from mfo_runtime.server import ServerSettings, users_of

PASSWORD = "correct-horse-battery"
ANN = "ann@example.com"
FLOW = "name: trial\ntasks: [{id: tools, type: mfo_api_tool_list}]\n"


BOB = "bob@example.com"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A server at which Ann and Bob can log in: its address and its data."""
    home = tmp_path_factory.mktemp("served")
    ended = mfo("users", "add", ANN, "--password-stdin", home=home, typed=f"{PASSWORD}\n")
    assert (ended.status, ended.stdout, ended.stderr) == (0, "", f"added {ANN}\n")
    with users_of(ServerSettings(data_dir=home / "server")) as people:
        people.add(BOB, PASSWORD)
    with mfo_server(home=home) as variables:
        yield variables["MFO_BASE_URL"], home


@pytest.fixture
def address(served):
    return served[0]


@pytest.fixture
def project(tmp_path, address):
    """A project whose profile ``home`` is that server."""
    (tmp_path / "mfo.toml").write_text(f'[servers.home]\nbase_url = "{address}"\nemail = "{ANN}"\n')
    (tmp_path / "workflow_definition.yml").write_text(FLOW)
    return tmp_path


def log_in(run, *arguments, password=PASSWORD, **variables):
    return run("login", "--profile", "home", "--password-stdin", *arguments, typed=f"{password}\n", **variables)


def credentials(home):
    return json.loads((home / "credentials.json").read_text())["servers"]


def test_a_login_serves_runs_and_ends_with_logout(project, home, address):
    run = ("run", "workflow_definition.yml", "--profile", "home")
    ended = mfo(*run, home=home, cwd=project)
    assert (ended.status, "[authentication]" in ended.stderr, "mfo login" in ended.stderr) == (1, True, True)
    ended = mfo("login", "--profile", "home", "--password-stdin", home=home, cwd=project, typed=f"{PASSWORD}\n")
    assert ended.status == 0
    assert ended.lines[0].startswith(f"logged in at {address} as {ANN} until ")
    assert "which only you can read" in ended.lines[1]
    assert mfo("run", "--resume", "last", run[1], home=home, cwd=project).status == 0, "the journal knows the profile"
    assert mfo("logout", "--profile", "home", home=home, cwd=project).stderr == f"logged out from {address}\n"
    assert credentials(home) == {}


def test_a_profile_of_the_environment_counts(project, here):
    log_in(here)
    assert here("run", "workflow_definition.yml", "--no-journal", MFO_PROFILE="home").status == 0
    assert here("logout", MFO_PROFILE="home").status == 0
    assert "[authentication]" in here("run", "workflow_definition.yml", "--no-journal", MFO_PROFILE="home").stderr
    assert here("logout", "--profile", "home").lines[0].startswith("mfo: no login is kept for ")


def test_only_the_owner_reads_the_file_and_it_is_refused_where_others_may(project, home, here):
    log_in(here)
    file = home / "credentials.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    token = next(iter(credentials(home).values()))["token"]
    file.chmod(0o644)
    ended = here("tokens", "--profile", "home")
    assert ended.status == 2
    assert f"mfo: Others may read {file}, which holds credentials." in ended.lines
    assert f"chmod 600 {file}" in ended.lines[1]
    assert token not in ended.stderr


@pytest.mark.parametrize("damage", ["{", "[]", "\udcff", '{"servers": 5}', '{"servers": {"x": 5}}'])
def test_a_damaged_file_is_no_login_or_named(damage, project, home, here):
    file = home / "credentials.json"
    file.parent.mkdir()
    file.touch(mode=0o600)
    file.write_text(damage, errors="surrogateescape")
    ended = here("tokens", "--profile", "home")
    assert "is damaged" in ended.lines[0] or "401" in ended.lines[0]
    assert here("logout", "--profile", "home").status in {0, 2}


def test_logins_at_once_are_all_kept(tmp_path, home, here, address):
    token = api_token(here, address)
    servers = [f"{address}/{number}/.." for number in range(4)]
    begun = [
        subprocess.Popen(
            [*MFO, "login", "--server", server, "--token-stdin"],
            cwd=tmp_path, env=environment(home), stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for server in servers
    ]  # fmt: skip
    for process in begun:
        process.stdin.write(token)
        process.stdin.close()
        process.stdin = None
    assert [(process.communicate()[1][:12], process.returncode) for process in begun] == [("logged in at", 0)] * 4
    assert set(servers) <= credentials(home).keys()


def api_token(here, address):
    """An API token of Ann's, who is logged in then."""
    here("login", "--server", address, "--email", ANN, "--password-stdin", typed=f"{PASSWORD}\n")
    return here("tokens", "--server", address, "create", "other").stdout.strip()


def test_a_terminal_is_asked_without_showing_the_password(tmp_path, home, address):
    with Terminal("login", "--server", address, home=home) as terminal:
        terminal.until(r"Email: ")
        terminal.type(f"{ANN}\n")
        terminal.until(r"Password: ")
        terminal.type(f"{PASSWORD}\n")
        status, stdout = terminal.ended()
    assert (status, stdout) == (0, "")
    assert PASSWORD not in terminal.seen
    assert list(credentials(home)) == [address]


def test_a_new_password_is_asked_for_twice(home):
    with Terminal("users", "add", "eve@example.com", home=home) as terminal:
        terminal.until(r"Password: ")
        terminal.type("long enough\n")
        terminal.until(r"Repeat for confirmation: ")
        terminal.type("long enough too\n")
        terminal.until(r"do not match(?s:.*)Password: ")
        terminal.type("long enough\n")
        terminal.until(r"match(?s:.*)Password: (?s:.*)Repeat for confirmation: ")
        terminal.type("long enough\n")
        status, _ = terminal.ended()
    assert status == 0
    assert [user["email"] for user in mfo("users", "--json", home=home).json] == ["eve@example.com"]


def test_tokens_are_made_listed_and_revoked(project, here, address):
    log_in(here)
    tokens = ("tokens", "--profile", "home")
    made = here(*tokens, "create", "ci", "--scope", "memory:read")
    token = made.stdout.strip()
    assert token.startswith("mfo_")
    assert token not in made.stderr
    (listed,) = [one for one in here(*tokens, "--json").json if one["name"] == "ci"]
    assert listed["scopes"] == ["memory:read"]
    table = here("tokens", "list", "--profile", "home").stdout
    assert listed["id"] in table
    assert token not in table
    kept = here("login", "--server", address, "--token-stdin", typed=token)
    assert kept.status == 0, "a token for less than everything is a token"
    refused = here(*tokens)
    assert (refused.status, "lacks the scope tokens:read" in refused.stderr) == (1, True)
    log_in(here)
    assert here("tokens", "revoke", listed["id"], "--profile", "home").stderr == f"revoked {listed['id']}\n"
    again = here(*tokens, "revoke", listed["id"])
    assert (again.status, "no such token" in again.stderr) == (1, True)
    assert "401" in here(*tokens, MFO_TOKEN=token).stderr


def test_an_api_token_that_login_made_is_revoked_by_logout(project, home, here, address):
    log_in(here, "--api-token", "laptop")
    (kept,) = credentials(home).values()
    assert (kept["token"][:4], kept["expires_at"]) == ("mfo_", None)
    assert here("logout", "--profile", "home").status == 0
    assert "401" in here("tokens", "--server", address, MFO_TOKEN=kept["token"]).stderr


def test_a_logout_that_cannot_revoke_says_which_token_stays(tmp_path, home, here):
    server = {"email": "", "expires_at": None, "token_id": "token_1", "kept_in": "file", "token": "abc"}
    home.mkdir()
    (home / "credentials.json").touch(mode=0o600)
    (home / "credentials.json").write_text(json.dumps({"servers": {"http://127.0.0.1:9": server}}))
    (tmp_path / "mfo_client.yml").write_text("client: {base_url: http://127.0.0.1:9, retry: {max_attempts: 1}}\n")
    ended = here("logout", "--server", "http://127.0.0.1:9")
    assert ended.status == 0
    assert ended.lines[0].startswith("mfo: the API token token_1 could not be revoked: No connection")
    assert credentials(home) == {}


def test_the_local_data_has_tokens_too(here):
    made = here("tokens", "--server", "local", "create", "mine")
    assert made.stdout.startswith("mfo_")
    assert [one["name"] for one in here("tokens", "--server", "local", "--json").json] == ["mine"]


def test_a_disabled_user_is_refused(project, served, here):
    _, data = served
    bob = {"MFO_HOME": str(data)}
    assert log_in(here, "--email", BOB).status == 0
    assert here("users", "disable", BOB, **bob).stderr == f"disabled {BOB}\n"
    assert here("tokens", "--profile", "home").status == 1
    assert log_in(here, "--email", BOB).lines == [
        "mfo: auth.log_in was answered with 401: wrong email or password",
        "  Check the email and the password.",
    ]
    assert "disabled" in here("users", **bob).stdout
    here("users", "enable", BOB, **bob)
    assert here("users", "password", BOB, "--password-stdin", typed="another-horse\n", **bob).status == 0
    assert log_in(here, "--email", BOB).status == 1
    assert log_in(here, "--email", BOB, password="another-horse").status == 0


@pytest.mark.parametrize("kept_in", ["keyring", "file"])
def test_the_keyring_keeps_the_token_and_the_file_where_it_is_locked(kept_in, project, home, tmp_path):
    ring = tmp_path / ("ring" if kept_in == "keyring" else "locked")
    variables = {
        "MFO_CREDENTIALS": "",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "TEST_KEYRING": str(ring),
        "PYTHON_KEYRING_BACKEND": "file_keyring.FileKeyring",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{Path(__file__).parent}",
    }

    def run(*arguments, typed=None):
        return mfo(*arguments, home=home, cwd=project, typed=typed, **variables)

    assert log_in(run).status == 0
    file = tmp_path / "config" / "mfo" / "credentials.json"
    (kept,) = json.loads(file.read_text())["servers"].values()
    assert (kept["kept_in"], "token" in kept) == (kept_in, kept_in == "file")
    assert run("tokens", "--profile", "home").status == 0
    if kept_in == "keyring":
        ring.unlink()
        ended = run("tokens", "--profile", "home")
        assert (ended.status, "is not in the keyring any more" in ended.stderr) == (2, True)
    assert run("logout", "--profile", "home").status == 0


WHO = [
    ({"T": "of-the-profile", "MFO_TOKEN": "of-the-environment"}, "--profile", "T"),
    ({"MFO_TOKEN": "of-the-environment"}, "--profile", "MFO_TOKEN"),
    ({}, "--profile", "mfo login (file)"),
    ({"C": "of-the-configuration"}, "--server", "client.auth"),
]


@pytest.mark.parametrize(("variables", "option", "source"), WHO, ids=[row[2] for row in WHO])
def test_who_asks_is_said_by_the_plan(variables, option, source, project, here, address):
    """The token of a configuration that is about another server is not shown to the profile's."""
    log_in(here)
    with (project / "mfo.toml").open("a") as file:
        file.write('token_env = "T"\n')
    (project / "mfo_client.yml").write_text("client: {base_url: https://example.org, auth: {token: {env: C}}}\n")
    where = "home" if option == "--profile" else address
    ended = here("run", "workflow_definition.yml", "--dry-run", "--json", option, where, **variables)
    assert ended.json["server"]["credentials_from"] == source


def test_a_token_of_a_client_configuration_may_be_in_a_file(project, home, here, address):
    token = api_token(here, address)
    (project / "token.txt").write_text(f"{token}\n")
    (project / "mfo_client.yml").write_text(
        f"client: {{base_url: '{address}', auth: {{token: {{file: token.txt}}}}}}\n"
    )
    run = ("run", "workflow_definition.yml", "--no-journal")
    assert here(*run).status == 0
    (project / "token.txt").unlink()
    ended = here(*run)
    assert (ended.status, "client.auth.token cannot be read from its file, token.txt" in ended.stderr) == (2, True)


MISUSE = [
    (["login"], "The server is not named"),
    (["login", "--server", "ftp://x"], "no http address"),
    (["login", "--profile", "hom"], 'no profile "hom"; did you mean "home"?'),
    (["login", "--profile", "home", "--server", "http://127.0.0.1:9"], "both name a server"),
    (["login", "--profile", "home"], "Nobody can be asked for the password"),
    (["login", "--server", "http://127.0.0.1:9"], "Nobody can be asked for the address"),
    (["login", "--profile", "home", "--password-stdin"], "There is no password on stdin"),
    (["login", "--profile", "home", "--token-stdin", "--password-stdin"], "--token-stdin keeps a token"),
    (["login", "--profile", "home", "--password", "x"], "No such option"),
    (["login", "--profile", "home", "--token", "x"], "No such option"),
    (["users", "add", "bob@example.com"], "Nobody can be asked for the password"),
    (["users", "disable", "bob@example.com"], "No such user"),
    (["test", "--profile", "home"], "Tests ask no server"),
    (["run", "workflow_definition.yml", "--profile", "home", "--replay", "x"], "--replay asks no server"),
]


@pytest.mark.parametrize(("arguments", "message"), MISUSE, ids=[" ".join(row[0]) for row in MISUSE])
def test_misuse_is_told(arguments, message, tmp_path, here):
    (tmp_path / "mfo.toml").write_text(f'[servers.home]\nbase_url = "http://127.0.0.1:9"\nemail = "{ANN}"\n')
    (tmp_path / "workflow_definition.yml").write_text(FLOW)
    ended = here(*arguments)
    assert (ended.status, ended.stdout) == (2, "")
    assert message in ended.lines[0]


def test_a_server_that_is_down_is_told_and_nothing_is_kept(tmp_path, home, here):
    (tmp_path / "mfo_client.yml").write_text("client: {base_url: http://127.0.0.1:9, retry: {max_attempts: 1}}\n")
    ended = here("login", "--server", "http://127.0.0.1:9", "--token-stdin", typed="abc")
    assert ended.status == 1
    assert "No connection to http://127.0.0.1:9" in ended.stderr
    assert not (home / "credentials.json").exists()


def test_whoever_sits_before_a_command_does_not_wait_for_a_server_in_trouble_again_and_again(here):
    with answering(reply(503, b"{}")) as (url, asked):
        assert here("login", "--server", url, "--token-stdin", typed="a-token").status == 1
        assert here("tokens", "--server", url, MFO_TOKEN="a-token").status == 1
    assert len(asked) == 2


def test_a_login_that_is_not_encrypted_is_warned_of(here):
    ended = here("login", "--server", "http://192.0.2.1:9", "--token-stdin")
    assert ended.lines[0] == "mfo: http://192.0.2.1:9 is not encrypted: whoever is on the way can read what is sent"
