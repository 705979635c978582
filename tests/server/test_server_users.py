"""Users of a data folder while the server runs: what they may, and from when on they may not."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import httpx
import pytest
from conftest import WAIT

from mfo_runtime.server import ApiError, ServerSettings, SettingsError, start_server, users_of

ANN = "Ann@example.com"
PASSWORD = "correct horse"


@pytest.fixture
def api(start):
    with users_of(ServerSettings(data_dir=start.data_dir)) as people:
        people.add(ANN, PASSWORD)
    return start()


@pytest.fixture
def change(start):
    def change(name, *arguments):
        with users_of(ServerSettings(data_dir=start.data_dir)) as people:
            return getattr(people, name)(*arguments)

    return change


def log_in(api, password=PASSWORD):
    answer = httpx.post(
        f"{api.server.url}/auth/login",
        json={"email": "ann@example.com", "password": password},
        trust_env=False,
        timeout=WAIT,
    )
    return answer.json().get("token")


def status_with(api, token):
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(f"{api.server.url}/api/tokens", headers=headers, trust_env=False, timeout=WAIT).status_code


def new_token(api, login):
    headers = {"Authorization": f"Bearer {login}"}
    return httpx.post(
        f"{api.server.url}/api/tokens", json={"name": "t"}, headers=headers, trust_env=False, timeout=WAIT
    ).json()["token"]


def test_a_disabled_user_is_refused_at_once_and_whatever_was_given_to_them(api, change):
    login = log_in(api)
    token = new_token(api, login)
    assert [status_with(api, one) for one in (login, token)] == [200, 200]
    change("disable", ANN)
    assert [status_with(api, one) for one in (login, token)] == [401, 401]
    assert log_in(api) is None
    assert change("all")[0].disabled_at is not None


def test_an_enabled_user_logs_in_anew_and_tokens_count_again(api, change):
    login = log_in(api)
    token = new_token(api, login)
    change("disable", ANN)
    change("disable", ANN)
    change("enable", ANN)
    assert [status_with(api, one) for one in (login, token, log_in(api))] == [401, 200, 200]


def test_another_password_ends_what_the_old_one_gave(api, change):
    login = log_in(api)
    token = new_token(api, login)
    change("set_password", ANN, "another horse")
    assert log_in(api) is None
    assert [status_with(api, one) for one in (login, token, log_in(api, "another horse"))] == [401, 200, 200]


def test_users_are_listed_without_the_local_one(api, change):
    change("add", "bob@example.com", PASSWORD)
    new_token(api, log_in(api))
    assert [(one.email, one.disabled_at, one.tokens) for one in change("all")] == [
        ("ann@example.com", None, 1),
        ("bob@example.com", None, 0),
    ]


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("disable", ["nobody@example.com"], "no such user"),
        ("disable", ["local@localhost"], "no such user"),
        ("set_password", ["local@localhost", PASSWORD], "no such user"),
        ("set_password", [ANN, "short"], "8 to 1000 characters"),
        ("add", ["", PASSWORD], "the address"),
        ("add", ["a\nb", PASSWORD], "the address"),
        ("add", ["x" * 201, PASSWORD], "the address"),
        ("add", [ANN.upper(), PASSWORD], "already"),
    ],
)
def test_what_cannot_be_is_refused(api, change, name, arguments, message):
    with pytest.raises(ApiError, match=message):
        change(name, *arguments)


def test_disabled_users_are_nobody_to_bind_a_public_address_for(start, change):
    change("add", ANN, PASSWORD)
    change("disable", ANN)
    with (
        pytest.raises(SettingsError, match="other machines"),
        start_server(ServerSettings(data_dir=start.data_dir, host="0.0.0.0")),
    ):
        pass


def test_a_database_of_before_keeps_its_users(start, change):
    change("add", ANN, PASSWORD)
    with closing(sqlite3.connect(start.data_dir / "server.db")) as connection:
        connection.executescript(
            "ALTER TABLE users DROP COLUMN logins; ALTER TABLE users DROP COLUMN disabled_at; PRAGMA user_version = 2"
        )
    api = start()
    assert status_with(api, log_in(api)) == 200
