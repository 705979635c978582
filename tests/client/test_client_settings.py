"""Settings from a configuration and from the environment, and what is refused."""

from __future__ import annotations

import pytest
from conftest import PASSWORD, TOKEN

from mfo_runtime.client import CircuitBreakerPolicy, ClientSettings, RetryPolicy
from mfo_runtime.errors import InvalidInputError

URL = "http://127.0.0.1:8080"


def test_a_whole_configuration():
    settings = ClientSettings.from_data(
        {
            "base_url": f"{URL}/",
            "timeout": "1m30s",
            "retry": {"max_attempts": 5, "initial_backoff": "250ms", "max_backoff": "10s", "backoff_multiplier": 3},
            "auth": {"token": f"{TOKEN}\n"},
            "max_connections": 7,
            "circuit_breaker": {"failure_threshold": 5, "reset_timeout": "1m"},
        }
    )
    assert settings == ClientSettings(
        base_url=URL,
        token=TOKEN,
        timeout=90.0,
        retry=RetryPolicy(max_attempts=5, initial_backoff=0.25, max_backoff=10.0, backoff_multiplier=3.0),
        max_connections=7,
        circuit_breaker=CircuitBreakerPolicy(failure_threshold=5, reset_timeout=60.0),
    )


def test_what_is_left_out_is_as_the_dialect_says():
    settings = ClientSettings.from_data({"base_url": URL})
    assert (settings.timeout, settings.token, settings.email) == (30.0, None, None)
    retry = settings.retry
    assert (retry.max_attempts, retry.initial_backoff, retry.max_backoff, retry.backoff_multiplier) == (3, 1, 60, 2)


def test_the_environment_wins_where_it_says_something():
    data = {"base_url": URL, "auth": {"token": "from-the-file"}}
    environment = {"MFO_BASE_URL": "https://mfo.example", "MFO_TOKEN": TOKEN}
    for settings in (
        ClientSettings.from_data(data, environment),
        ClientSettings.from_data(data).with_environment(environment),
        ClientSettings.from_data({}, environment),
    ):
        assert (settings.base_url, settings.token) == ("https://mfo.example", TOKEN)
    empty = {"MFO_BASE_URL": "", "MFO_TOKEN": ""}
    assert ClientSettings.from_data(data, empty).token == "from-the-file"
    assert ClientSettings.from_data(data).with_environment(empty).base_url == URL


def test_secrets_can_come_from_named_variables():
    auth = {"email": "ada@example.org", "password": {"env": "ADA"}}
    settings = ClientSettings.from_data({"base_url": URL, "auth": auth}, {"ADA": PASSWORD})
    assert (settings.email, settings.password) == ("ada@example.org", PASSWORD)
    with pytest.raises(InvalidInputError, match=r"client.auth.password reads the environment variable ADA"):
        ClientSettings.from_data({"base_url": URL, "auth": auth}, {})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"base_url": None}, "address of the MFO server is not known"),
        ({"base_url": 5}, "client.base_url is not text"),
        ({"base_url": "localhost:8080"}, "client.base_url is no http address"),
        ({"base_url": "ftp://host"}, "client.base_url is no http address"),
        ({"base_url": "http://"}, "client.base_url is no http address"),
        ({"base_url": "http://host:port"}, "client.base_url is no http address"),
        ({"base_url": "http://[::1"}, "client.base_url is no http address"),
        ({"base_url": f"http://ada:{TOKEN}@host"}, "client.base_url has a user"),
        ({"base_url": f"http://host?token={TOKEN}"}, "client.base_url has a user, a query"),
        ({"timeout": 30}, "client.timeout is not a duration"),
        ({"timeout": "soon"}, "client.timeout is not a duration"),
        ({"timeout": "-1s"}, "client.timeout is not a duration"),
        ({"timeout": "0"}, "timeout, max_connections and max_response_bytes are greater than 0"),
        ({"timeout": None}, "client.timeout is not a duration"),
        ({"max_connections": True}, "client.max_connections is not a whole number"),
        ({"max_connections": 0}, "greater than 0"),
        ({"retry": []}, "client.retry is not a mapping"),
        ({"retry": {"max_attempts": 0}}, "goes from 1 to 100"),
        ({"retry": {"max_attempts": 10**9}}, "goes from 1 to 100"),
        ({"retry": {"max_attempts": "3"}}, "client.retry.max_attempts is not a whole number"),
        ({"retry": {"backoff_multiplier": 0.5}}, "backoff_multiplier is not a number of at least 1"),
        ({"retry": {"backoff_multiplier": float("nan")}}, "backoff_multiplier is not a number of at least 1"),
        ({"retry": {"jitter": "yes"}}, "client.retry.jitter is not true or false"),
        ({"retry": {"attempts": 3}}, "client.retry.attempts does not exist"),
        ({"bas_url": URL}, "client.bas_url does not exist"),
        ({"auth": {"token": 12345}}, "client.auth.token is not text"),
        ({"auth": {"token": "${SECRET.mfo}"}}, "a reference must be resolved first"),
        ({"auth": {"token": "SECRET.mfo"}}, "a reference must be resolved first"),
        ({"auth": {"token": {"file": "x"}}}, "client.auth.token is not text or {env: NAME}"),
        ({"auth": {"token": f"{TOKEN}\r\nX-Evil: 1"}}, "characters that no header can carry"),
        ({"auth": {"token": f"{TOKEN}é"}}, "characters that no header can carry"),
        ({"auth": {"token": "  "}}, "The token is empty"),
        ({"auth": {"email": "ada@example.org"}}, "only one of email and password"),
        ({"auth": {"password": PASSWORD}}, "only one of email and password"),
    ],
)
def test_what_is_wrong_is_named_and_no_secret_is_shown(changes, message):
    with pytest.raises(InvalidInputError, match=message) as caught:
        ClientSettings.from_data({"base_url": URL} | changes)
    shown = f"{caught.value} {caught.value.to_data()}"
    assert TOKEN not in shown
    assert PASSWORD not in shown
