"""Logging in, API tokens, and what of them is on disk."""

from __future__ import annotations

import os
import stat

import httpx
import jwt
import pytest
from conftest import WAIT

from mfo_runtime.server import ServerSettings, SettingsError, add_user, start_server
from mfo_runtime.server.failures import ApiError

PASSWORD = "correct horse"


@pytest.fixture
def server_with_ann(start):
    def begin(**settings):
        add_user(ServerSettings(data_dir=start.data_dir), "Ann@example.com", PASSWORD)
        return start(**settings)

    return begin


def log_in(api, **changed):
    return api("POST", "/auth/login", {"email": "ann@example.com", "password": PASSWORD} | changed)


def status_with(api, token):
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(f"{api.server.url}/api/tools", headers=headers, trust_env=False, timeout=WAIT).status_code


def test_a_user_logs_in_and_is_served(server_with_ann):
    api = server_with_ann()
    answer = log_in(api).json()
    assert answer["expires_in"] == 12 * 3600
    assert status_with(api, answer["token"]) == 200
    assert log_in(api, email="ANN@EXAMPLE.COM").status_code == 200


@pytest.mark.parametrize(
    "changed",
    [{"password": "wrong"}, {"email": "bob@example.com"}, {"email": "local@localhost", "password": ""}],
)
def test_who_may_not_log_in_is_not_told_why(server_with_ann, changed):
    api = server_with_ann()
    changed = {key: value or "\0" for key, value in changed.items()}
    assert log_in(api, **changed).json() == {
        "code": "authentication",
        "message": "wrong email or password",
        "details": {},
    }


@pytest.mark.parametrize("body", [{}, {"email": "a"}, {"email": "a", "password": 1}, {"email": "", "password": "p"}])
def test_a_log_in_of_another_shape_is_refused(api, body):
    assert api.error("POST", "/auth/login", body, status=400)["code"] == "validation"


def test_a_log_in_ends(server_with_ann):
    now = [1_000_000.0]
    api = server_with_ann(clock=lambda: now[0], token_lifetime=60)
    token = log_in(api).json()["token"]
    now[0] += 59
    assert status_with(api, token) == 200
    now[0] += 2
    assert status_with(api, token) == 401


def test_a_log_in_outlives_a_restart(server_with_ann, start):
    api = server_with_ann()
    token = log_in(api).json()["token"]
    api.server.stop()
    assert status_with(start(), token) == 200


def test_a_forged_log_in_is_refused(server_with_ann, start):
    api = server_with_ann()
    claims = jwt.decode(log_in(api).json()["token"], options={"verify_signature": False})
    key = (start.data_dir / "server.key").read_bytes()
    without_end = {name: value for name, value in claims.items() if name != "exp"}
    forged = [
        jwt.encode(claims, "another key of at least 32 bytes", "HS256"),
        jwt.encode(claims, None, "none"),
        jwt.encode(without_end, key, "HS256"),
        jwt.encode({**claims, "sub": "user_nobody"}, key, "HS256"),
    ]
    assert [status_with(api, token) for token in forged] == [401, 401, 401, 401]
    assert status_with(api, jwt.encode(claims, key, "HS256")) == 200


def test_api_tokens_are_made_listed_and_revoked(start):
    api = start()
    made = api("POST", "/api/tokens", {"name": "laptop"}, status=201).json()
    assert status_with(api, made["token"]) == 200
    listed = api.ok("GET", "/api/tokens")
    assert listed["tokens"] == [{key: made[key] for key in ("id", "name", "scopes", "created_at")}]
    assert api.ok("DELETE", f"/api/tokens/{made['id']}") == {"success": True}
    assert status_with(api, made["token"]) == 401
    api.error("DELETE", f"/api/tokens/{made['id']}", status=404)


def test_an_api_token_outlives_a_restart_and_the_server_s_own_does_not(start):
    api = start()
    made = api.ok("POST", "/api/tokens", {"name": "laptop"})
    api.server.stop()
    again = start()
    assert status_with(again, made["token"]) == 200
    assert status_with(again, api.server.token) == 401


def test_a_user_sees_and_revokes_only_own_tokens(server_with_ann):
    api = server_with_ann()
    made = api.ok("POST", "/api/tokens", {"name": "not Ann's"})
    ann = {"Authorization": f"Bearer {log_in(api).json()['token']}"}
    assert api.ok("GET", "/api/tokens", headers=ann)["tokens"] == []
    api.error("DELETE", f"/api/tokens/{made['id']}", headers=ann, status=404)


def test_neither_passwords_nor_tokens_are_on_disk(server_with_ann, start):
    api = server_with_ann()
    secrets = [PASSWORD, log_in(api).json()["token"], api.ok("POST", "/api/tokens", {})["token"], api.server.token]
    api.server.stop()
    stored = b"".join(path.read_bytes() for path in start.data_dir.iterdir())
    assert [secret for secret in secrets if secret.encode() in stored] == []


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
def test_only_the_owner_may_read_the_data(start):
    start()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in start.data_dir.iterdir()}
    assert {mode & 0o077 for mode in [*modes.values(), start.data_dir.stat().st_mode]} == {0}
    assert {"server.db", "server.key"} <= set(modes)


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
def test_a_key_that_others_may_read_is_refused(start):
    start().server.stop()
    (start.data_dir / "server.key").chmod(0o644)
    with pytest.raises(SettingsError, match="others may read the signing key"):
        start()


def test_a_damaged_key_is_refused(start):
    start().server.stop()
    (start.data_dir / "server.key").write_bytes(b"short")
    with pytest.raises(SettingsError, match="the signing key is damaged"):
        start()


def test_a_user_needs_a_password_and_an_address_of_their_own(tmp_path):
    settings = ServerSettings(data_dir=tmp_path)
    with pytest.raises(ApiError, match="8 to 1000 characters"):
        add_user(settings, "ann@example.com", "short")
    add_user(settings, "ann@example.com", PASSWORD)
    with pytest.raises(ApiError, match="already"):
        add_user(settings, "Ann@Example.com", PASSWORD)


class TestBinding:
    def test_other_machines_need_a_token_or_a_user(self, tmp_path):
        with pytest.raises(SettingsError, match="set a token or add a user first"):
            start_server(ServerSettings(data_dir=tmp_path, host="0.0.0.0"))

    def test_a_token_that_is_given_is_the_one_that_counts(self, start):
        api = start(host="0.0.0.0", token="given-token")
        assert api.server.token == "given-token"
        assert api.server.url.startswith("http://127.0.0.1:")
        assert status_with(api, "given-token") == 200
        assert status_with(api, "other") == 401

    def test_a_taken_port_is_said(self, start, tmp_path):
        port = int(start().server.url.rsplit(":", 1)[1])
        with pytest.raises(SettingsError, match=f"port {port}: cannot be listened on"):
            start_server(ServerSettings(data_dir=tmp_path / "other", port=port))

    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.0.9", "::1"])
    def test_loopback_has_many_names(self, host, tmp_path):
        assert ServerSettings(data_dir=tmp_path, host=host).is_loopback

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.1", "example.com", ""])
    def test_all_else_is_no_loopback(self, host, tmp_path):
        assert not ServerSettings(data_dir=tmp_path, host=host).is_loopback

    def test_no_token_stands_in_a_repr(self, tmp_path):
        assert "planted" not in repr(ServerSettings(data_dir=tmp_path, token="planted"))
