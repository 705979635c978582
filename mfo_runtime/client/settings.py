"""What a client of the MFO server is told: its address, who asks, and how patient to be (dialect section 11).

It reads neither files nor the environment of the process: both come in as mappings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import inf, isfinite
from typing import Any, Self
from urllib.parse import urlsplit

from mfo_dialect.catalogue.error_handling import MOST_TRIES
from mfo_dialect.durations import parse_duration
from mfo_runtime.client.limits import CircuitBreakerPolicy, RateLimit
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.json_numbers import is_number, is_whole_number

_KEYS = frozenset(
    {
        "base_url",
        "timeout",
        "retry",
        "auth",
        "max_connections",
        "max_response_bytes",
        "circuit_breaker",
        "rate_limit",
        "cache",
    }
)
_RETRY_KEYS = frozenset({"max_attempts", "initial_backoff", "max_backoff", "backoff_multiplier", "jitter"})
_AUTH_KEYS = frozenset({"token", "email", "password"})
_REFERENCE = re.compile(r"\$\{|\$<|(?:SECRET|ENV)\.")
_TOKEN = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a request is tried, and how long the client waits in between.

    Attributes:
        max_attempts: tries in all, from 1 to ``MOST_TRIES``.
        initial_backoff: seconds before the second try.
        max_backoff: the longest wait of the client's own, in seconds.
        backoff_multiplier: by how much each wait is longer than the one before.
        jitter: whether waits are shortened by up to a half, so that many tasks do not come back at one moment.
        max_retry_after: the longest wait, in seconds, that the server may ask for; past it the call fails at once.
    """

    max_attempts: int = 3
    initial_backoff: float = 1.0
    max_backoff: float = 60.0
    backoff_multiplier: float = 2.0
    jitter: bool = True
    max_retry_after: float = 300.0

    def __post_init__(self) -> None:
        if not 1 <= self.max_attempts <= MOST_TRIES:
            raise InvalidInputError(
                f"client.retry.max_attempts is {self.max_attempts}; it goes from 1 to {MOST_TRIES}."
            )
        waits = (self.initial_backoff, self.max_backoff, self.max_retry_after)
        if not all(isfinite(seconds) and seconds >= 0 for seconds in waits):
            raise InvalidInputError("client.retry: a wait is negative or without an end.")
        if not isfinite(self.backoff_multiplier) or self.backoff_multiplier < 1:
            raise InvalidInputError("client.retry.backoff_multiplier is not a number of at least 1.")


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Everything that a client needs to know.

    Attributes:
        base_url: where the server is, with or without a path: ``http://127.0.0.1:8080``.
        token: a JWT or an API token; with ``email`` and ``password`` besides, the first one to use.
        email: who logs in, where there is no token or it is no longer valid.
        password: the password of ``email``.
        timeout: seconds for one exchange, from the first byte sent to the last one received.
        stream_timeout: seconds of waiting in all for an answer that is streamed; ``timeout`` bounds each wait for the
            next piece.
        retry: how often and when a request is tried again.
        max_connections: requests under way at once; at least the flow's ``max_concurrency``.
        max_response_bytes: the longest answer that is read.
        circuit_breaker: when a failing server is left alone; None: never.
        rate_limit: how often the server is asked; None: as often as there is something to ask.
        cache_ttl: seconds for which answers of reads are kept; None: not at all.
    """

    base_url: str
    token: str | None = field(default=None, repr=False)
    email: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 30.0
    stream_timeout: float = 600.0
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    max_connections: int = 100
    max_response_bytes: int = 16 * 1024 * 1024
    circuit_breaker: CircuitBreakerPolicy | None = None
    rate_limit: RateLimit | None = None
    cache_ttl: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", _checked_address(self.base_url))
        if self.token is not None:
            object.__setattr__(self, "token", _checked_token(self.token))
        if (self.email is None) != (self.password is None):
            raise InvalidInputError("client.auth has only one of email and password.", hint="Give both, or a token.")
        waits = (self.timeout, self.stream_timeout)
        if not all(0 < seconds < inf for seconds in waits) or self.max_connections < 1 or self.max_response_bytes < 1:
            raise InvalidInputError(
                "client: timeout, stream_timeout, max_connections and max_response_bytes are greater than 0."
            )
        if self.cache_ttl is not None and not 0 < self.cache_ttl < inf:
            raise InvalidInputError("client.cache.ttl is not greater than 0.")

    @classmethod
    def from_data(cls, client: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Self:
        """Read the ``client`` mapping of a configuration, its references already resolved.

        Args:
            client: the mapping below ``client:``. Durations are Go durations. Values below ``auth`` are the secrets
                themselves or ``{env: NAME}``, looked up in ``environment``.
            environment: the environment's variables; ``MFO_BASE_URL`` and ``MFO_TOKEN`` win over ``client``.

        Raises:
            InvalidInputError: a key that does not exist, or a value of the wrong type; it names the key.
        """
        variables = environment or {}
        reader = _Reader(client, "client", _KEYS)
        auth = _Reader(reader.mapping("auth"), "client.auth", _AUTH_KEYS)
        defaults = cls(base_url="http://localhost")
        base_url = variables.get("MFO_BASE_URL") or reader.text("base_url")
        if not base_url:
            raise InvalidInputError(
                "The address of the MFO server is not known.", hint="Set client.base_url or MFO_BASE_URL."
            )
        return cls(
            base_url=base_url,
            token=variables.get("MFO_TOKEN") or auth.secret("token", variables),
            email=auth.secret("email", variables),
            password=auth.secret("password", variables),
            timeout=reader.seconds("timeout", defaults.timeout),
            retry=_retry_policy(reader.mapping("retry")),
            max_connections=reader.whole("max_connections", defaults.max_connections),
            max_response_bytes=reader.whole("max_response_bytes", defaults.max_response_bytes),
            circuit_breaker=_circuit_breaker(reader.mapping("circuit_breaker"))
            if "circuit_breaker" in client
            else None,
            rate_limit=_rate_limit(reader.mapping("rate_limit")),
            cache_ttl=_Reader(reader.mapping("cache"), "client.cache", frozenset({"ttl"})).optional_seconds("ttl"),
        )

    def with_environment(self, environment: Mapping[str, str]) -> Self:
        """The same settings with ``MFO_BASE_URL`` and ``MFO_TOKEN``, where they are set and not empty."""
        return replace(
            self,
            base_url=environment.get("MFO_BASE_URL") or self.base_url,
            token=environment.get("MFO_TOKEN") or self.token,
        )


def origin_of(base_url: str) -> str:
    """Scheme, host and port of a checked address."""
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}"


def _retry_policy(data: Mapping[str, Any]) -> RetryPolicy:
    reader = _Reader(data, "client.retry", _RETRY_KEYS)
    defaults = RetryPolicy()
    return RetryPolicy(
        max_attempts=reader.whole("max_attempts", defaults.max_attempts),
        initial_backoff=reader.seconds("initial_backoff", defaults.initial_backoff),
        max_backoff=reader.seconds("max_backoff", defaults.max_backoff),
        backoff_multiplier=reader.number("backoff_multiplier", defaults.backoff_multiplier),
        jitter=reader.truth("jitter", default=defaults.jitter),
    )


def _circuit_breaker(data: Mapping[str, Any]) -> CircuitBreakerPolicy:
    reader = _Reader(data, "client.circuit_breaker", frozenset({"failure_threshold", "reset_timeout"}))
    defaults = CircuitBreakerPolicy()
    return CircuitBreakerPolicy(
        reader.whole("failure_threshold", defaults.failure_threshold),
        reader.seconds("reset_timeout", defaults.reset_timeout),
    )


def _rate_limit(data: Mapping[str, Any]) -> RateLimit | None:
    """The agreed rate; without a steady rate there is no limit."""
    reader = _Reader(data, "client.rate_limit", frozenset({"requests_per_second", "burst"}))
    if data.get("requests_per_second") is None:
        return None
    return RateLimit(reader.number("requests_per_second", 0.0), reader.whole("burst", 1))


def _checked_address(text: str) -> str:
    hint = "Write it as http://host:port, with the token apart from it."
    try:
        parts = urlsplit(text.strip())
        _ = parts.port
    except ValueError:
        raise InvalidInputError("client.base_url is no http address.", hint=hint) from None
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        raise InvalidInputError("client.base_url is no http address.", hint=hint)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise InvalidInputError("client.base_url has a user, a query or a fragment in it.", hint=hint)
    return text.strip().rstrip("/")


def _checked_token(text: str) -> str:
    token = text.strip()
    if not _TOKEN.fullmatch(token):
        raise InvalidInputError(
            "The token is empty or has characters that no header can carry.",
            hint="Check how it was copied; it is one line of letters, digits and signs.",
        )
    return token


class _Reader:
    """The values of one mapping, each of the type that its key wants."""

    def __init__(self, data: Mapping[str, Any], path: str, keys: frozenset[str]) -> None:
        self._data = data
        self._path = path
        unknown = sorted(str(key) for key in data if key not in keys)
        if unknown:
            raise InvalidInputError(
                f"{path}.{unknown[0]} does not exist.", hint=f"There are: {', '.join(sorted(keys))}."
            )

    def mapping(self, key: str) -> Mapping[str, Any]:
        value = self._data.get(key)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise self._wrong(key, "a mapping")
        return value  # pyright: ignore[reportUnknownVariableType]

    def text(self, key: str) -> str | None:
        value = self._data.get(key)
        if value is not None and not isinstance(value, str):
            raise self._wrong(key, "text")
        return value

    def whole(self, key: str, default: int) -> int:
        value = self._data.get(key, default)
        if not is_whole_number(value):
            raise self._wrong(key, "a whole number")
        return value

    def number(self, key: str, default: float) -> float:
        value = self._data.get(key, default)
        if not is_number(value):
            raise self._wrong(key, "a number")
        return float(value)

    def truth(self, key: str, *, default: bool) -> bool:
        value = self._data.get(key, default)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value

    def seconds(self, key: str, default: float) -> float:
        if key not in self._data:
            return default
        value = self._data[key]
        seconds = parse_duration(value) if isinstance(value, str) else None
        if seconds is None or seconds < 0:
            raise self._wrong(key, "a duration such as 30s")
        return seconds

    def optional_seconds(self, key: str) -> float | None:
        return self.seconds(key, 0.0) if self._data.get(key) is not None else None

    def secret(self, key: str, variables: Mapping[str, str]) -> str | None:
        value = self._data.get(key)
        if isinstance(value, Mapping):
            return self._from_environment(key, value, variables)  # pyright: ignore[reportUnknownArgumentType]
        if value is not None and not isinstance(value, str):
            raise self._wrong(key, "text or {env: NAME}")
        if value is not None and _REFERENCE.match(value):
            raise self._wrong(key, "the secret itself or {env: NAME}: a reference must be resolved first")
        return value

    def _from_environment(self, key: str, source: Mapping[str, Any], variables: Mapping[str, str]) -> str:
        name = source.get("env")
        if not isinstance(name, str) or len(source) != 1:
            raise self._wrong(key, "text or {env: NAME}")
        if not variables.get(name):
            raise InvalidInputError(
                f"{self._path}.{key} reads the environment variable {name}, which is not set.", hint=f"Set {name}."
            )
        return variables[name]

    def _wrong(self, key: str, wanted: str) -> InvalidInputError:
        return InvalidInputError(f"{self._path}.{key} is not {wanted}.")
