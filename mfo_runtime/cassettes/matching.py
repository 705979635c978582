"""Which requests are the same: method, address and body, without secrets, ids of the run and headers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from mfo_runtime.cassettes.cassette import Body, Exchange, body_data
from mfo_runtime.cassettes.redaction import RUN, Redactor
from mfo_runtime.errors import is_name_of_secret
from mfo_runtime.http import HttpRequest

SERVER = "mfo:"
_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Request:
    """A request as a cassette has it, without secrets."""

    method: str
    url: str
    body: Body

    @property
    def key(self) -> str:
        """The same for equal requests."""
        return json.dumps([self.method, self.url, self.body], sort_keys=True, default=str)

    def to_data(self) -> dict[str, Any]:
        """The request as JSON values."""
        return {"method": self.method, "url": self.url, "body": self.body}

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


def request_of(request: HttpRequest, server: str, run_id: str, redactor: Redactor) -> Request:
    """What counts of an HTTP request.

    Args:
        request: as it is sent.
        server: the address of the MFO server, whose requests are known by their paths; empty for no such server.
        run_id: the run's own id, which is left out.
        redactor: strikes out secrets.
    """
    parts = urlsplit(request.url)
    pairs = [*parse_qsl(parts.query, keep_blank_values=True)]
    for name, value in request.query.items():
        pairs += [(name, one) for one in ([value] if isinstance(value, str) else value)]
    url = request.url.partition("?")[0].partition("#")[0]
    if server and (url == server or url.startswith(f"{server}/")):
        url = SERVER + url[len(server) :]
    elif parts.username is not None:
        url = url.replace(f"{parts.netloc.rpartition('@')[0]}@", "", 1)
    target = redactor.text(unquote(url))
    if pairs:
        hidden = [(name, redactor.data(value, name)) for name, value in sorted(pairs)]
        target += "?" + "&".join(f"{redactor.text(name)}={value}" for name, value in hidden)
    body = redacted_body(body_data(request.body), redactor)
    return Request(request.method.upper(), cast("str", _without(target, run_id)), cast("Body", _without(body, run_id)))


def redacted_body(body: Body, redactor: Redactor) -> Body:
    """A body without secrets; a text that is no JSON and names a secret is left out, as nobody knows where it ends."""
    match body:
        case {"json": value}:
            return {"json": redactor.data(value)}
        case {"text": str(text)}:
            text = redactor.text(text)
            return {"text": "[redacted]" if "=" in text and is_name_of_secret(text) else text}
        case _:
            return body


def _without(value: Any, run_id: str) -> Any:
    match value:
        case str() if run_id:
            return value.replace(run_id, RUN)
        case Mapping():
            return {key: _without(item, run_id) for key, item in cast("Mapping[str, Any]", value).items()}
        case list():
            return [_without(item, run_id) for item in cast("list[Any]", value)]
        case _:
            return value


def recorded_request(exchange: Exchange) -> Request:
    """The request of an exchange on a cassette."""
    request = exchange.request
    return Request(request["method"], request["url"], request.get("body"))


def likeness(one: Request, other: Request) -> tuple[int, ...]:
    """How much two requests have in common; larger is more."""
    same_path = one.url.partition("?")[0] == other.url.partition("?")[0]
    differing = sum(1 for _ in differences(one.body, other.body))
    return (one.url == other.url, same_path, one.method == other.method, -differing)


def differences(asked: Any, recorded: Any, path: str = "") -> Iterator[str]:
    """Where two values differ, in words: ``messages.0.content is "a", recorded was "b"``."""
    match asked, recorded:
        case (dict(), dict()):
            left, right = cast("dict[str, Any]", asked), cast("dict[str, Any]", recorded)
            for key in sorted(left.keys() | right.keys()):
                inner = f"{path}.{key}" if path else key
                if key not in right:
                    yield f"{inner} is {_shown(left[key])}, and was not there"
                elif key not in left:
                    yield f"{inner} is not there, and was {_shown(right[key])}"
                else:
                    yield from differences(left[key], right[key], inner)
        case (list(), list()) if len(cast("list[Any]", asked)) == len(cast("list[Any]", recorded)):
            for index, (item, other) in enumerate(
                zip(cast("list[Any]", asked), cast("list[Any]", recorded), strict=True)
            ):
                yield from differences(item, other, f"{path}.{index}" if path else str(index))
        case _:
            if asked != recorded or type(asked) is not type(recorded):
                yield f"{path or 'the body'} is {_shown(asked)}, and was {_shown(recorded)}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
