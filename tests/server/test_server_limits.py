"""What a token is for, and how often anybody may call."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_runtime.server import ApiError, RateLimit
from mfo_runtime.server.app import ENDPOINTS
from mfo_runtime.server.rates import Rates
from mfo_runtime.server.scopes import SCOPES, scope_of
from tests.effort import examples

GUARDED = [endpoint for endpoint in ENDPOINTS if not endpoint.is_public]


def token_for(api, *scopes):
    return {"Authorization": f"Bearer {api.ok('POST', '/api/tokens', {'name': 'n', 'scopes': list(scopes)})['token']}"}


@pytest.mark.parametrize("endpoint", GUARDED, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
def test_each_route_asks_for_its_scope_and_says_which(api, endpoint):
    scope = scope_of(endpoint.method, endpoint.path)
    assert scope in SCOPES
    path = endpoint.path.replace("{key:path}", "k").replace("{", "").replace("}", "")
    others = token_for(api, *(other for other in SCOPES if other not in {"*", scope}))
    told = api.error(endpoint.method, path, {}, headers=others, status=403)
    assert told["code"] == "authorization"
    assert (told["message"], told["details"]) == (f"the token lacks the scope {scope}", {"missing_scope": scope})
    assert api(endpoint.method, path, {}, headers=token_for(api, scope)).status_code != 403


def test_a_token_makes_none_that_may_more(api):
    mine = token_for(api, "tokens:write", "tokens:read", "memory:read")
    told = api.error("POST", "/api/tokens", {"name": "n", "scopes": ["memory:write"]}, headers=mine, status=403)
    assert told["details"] == {"missing_scope": "memory:write"}
    api.error("POST", "/api/tokens", {"name": "n", "scopes": ["*"]}, headers=mine, status=403)
    assert set(api.ok("POST", "/api/tokens", {"name": "n"}, headers=mine)["scopes"]) == {
        "tokens:write",
        "tokens:read",
        "memory:read",
    }


def test_scopes_are_listed_and_outlive_a_restart(start):
    api = start()
    mine = token_for(api, "memory:read")
    assert [token["scopes"] for token in api.ok("GET", "/api/tokens")["tokens"]] == [["memory:read"]]
    api.server.stop()
    again = start()
    again("GET", "/api/memory", headers=mine, status=200)
    again("POST", "/api/memory", {"key": "k", "value": 1}, headers=mine, status=403)


@pytest.mark.parametrize("scopes", [["memory"], [], "memory:read", ["memory:read", 1]])
def test_a_scope_that_is_none_is_refused(api, scopes):
    api.error("POST", "/api/tokens", {"name": "n", "scopes": scopes}, status=400)


def test_too_many_calls_are_told_when_to_come_back(start):
    api = start(rate_limit=RateLimit(0.0001, 3))
    for _ in range(3):
        api("GET", "/api/tools", status=200)
    answer = api("GET", "/api/tools", status=429)
    assert answer.json()["code"] == "rate_limited"
    assert 9_000 <= int(answer.headers["Retry-After"]) <= 10_000
    api("GET", "/healthz", status=429)
    assert api.http.get("/healthz", headers={"Authorization": ""}).status_code == 200


def test_passwords_cannot_be_tried_without_an_end(start):
    api = start(log_in_limit=RateLimit(0.0001, 2))
    tries = [api("POST", "/auth/login", {"email": "a@b.test", "password": str(n)}).status_code for n in range(4)]
    assert tries == [401, 401, 429, 429]
    api("GET", "/api/tools", status=200)


@settings(max_examples=examples(100))
@given(rate=st.floats(0.1, 100), burst=st.integers(1, 10), pauses=st.lists(st.floats(0, 20), min_size=1, max_size=60))
def test_no_window_has_more_calls_than_agreed_and_who_waits_is_let_in(rate, burst, pauses):
    now, let_in = 0.0, []
    rates = Rates(RateLimit(rate, burst), lambda: now)
    for pause in pauses:
        now += pause
        try:
            rates.count("a")
        except ApiError as error:
            now += int(error.headers["Retry-After"])
            rates.count("a")
        let_in.append(now)
    for first in range(len(let_in)):
        for last in range(first, len(let_in)):
            allowed = burst + (let_in[last] - let_in[first]) * rate
            assert last - first + 1 <= allowed + 1e-6


def test_each_caller_has_a_bucket_of_its_own():
    rates = Rates(RateLimit(1, 1), lambda: 0.0)
    rates.count("a")
    rates.count("b")
    with pytest.raises(ApiError):
        rates.count("a")


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (-1, 1), (float("inf"), 1), (float("nan"), 1), (1, 0)])
def test_a_limit_that_cannot_be_is_refused(rate, burst):
    with pytest.raises(ValueError, match="rate limit"):
        RateLimit(rate, burst)
