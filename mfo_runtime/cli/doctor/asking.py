"""What only the server can tell: whether it answers, what time it has, whom it takes us for, what it offers."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, cast

from mfo_runtime.cli.accounts import Account, is_readable_on_the_way
from mfo_runtime.cli.doctor.verdict import Verdict, broken, broken_by, unusual, well
from mfo_runtime.cli.login import end_of_token
from mfo_runtime.cli.output import moment
from mfo_runtime.client import ROUTES, ClientSettings, MfoClient, RetryPolicy
from mfo_runtime.errors import AuthenticationError, AuthorizationError, MfoError
from mfo_runtime.http import HttpClient, HttpRequest, HttpResponse, HttpSettings, Timeouts

SECONDS = 10.0
_UNUSUAL_SKEW, _BROKEN_SKEW = 30.0, 300.0
_SOON = 3600.0
_FOUND = 200
_SERVER_ERROR = 500


async def ask(settings: ClientSettings, account: Account) -> AsyncIterator[Verdict]:
    """Ask a server that is not local; every wait is bounded, and nothing is tried twice.

    Args:
        settings: its address, and as whom to ask.
        account: what named the account.
    """
    timeouts = Timeouts(total=SECONDS, connect=SECONDS, read=SECONDS, write=SECONDS, pool=SECONDS)
    async with HttpClient(HttpSettings(timeouts=timeouts, user_agent="mfo-doctor")) as http:
        began = time.time()
        try:
            answer = await http.send(HttpRequest("GET", f"{settings.base_url}/healthz"))
        except MfoError as error:
            yield broken_by("server", error)
            return
        ended = time.time()
        yield _reached(settings.base_url, answer, ended - began)
        skew = _skew(answer, (began + ended) / 2)
        if skew is not None:
            yield skew
        offered = await _routes(http, settings.base_url)
        if offered is not None:
            yield offered
    async for verdict in _token(settings, account):
        yield verdict


def _reached(address: str, answer: HttpResponse, seconds: float) -> Verdict:
    words = f"{address} answers in {seconds * 1000:.0f} ms"
    if answer.status >= _SERVER_ERROR:
        return broken("server", f"{words}, with {answer.status}: it is not well", "Ask whoever runs the server.")
    if is_readable_on_the_way(address):
        return unusual("server", f"{words}, and is not encrypted", "Use https: whoever is on the way can read tokens.")
    if answer.status != _FOUND or not isinstance(_json_of(answer), dict):
        hint = "Check the address where calls fail with invalid_response: a proxy or another service may answer."
        return unusual("server", f"{words}, and does not say whether it is well", hint)
    return well("server", words)


def _json_of(answer: HttpResponse) -> Any:
    """What an answer says; None where it is no JSON."""
    try:
        return json.loads(answer.body) if answer.media_type == "application/json" else None
    except (ValueError, RecursionError):
        return None


def _skew(answer: HttpResponse, here: float) -> Verdict | None:
    """How far its clock and ours are apart; None where it does not tell the time."""
    try:
        told = parsedate_to_datetime(answer.headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    there = (told if told.tzinfo is not None else told.replace(tzinfo=UTC)).timestamp()
    apart = here - (there + 0.5)  # the server tells whole seconds
    words = f"this clock and the server's are {abs(apart):.0f} s apart"
    hint = "Set the clocks by NTP: tokens and signatures have a time."
    if abs(apart) > _BROKEN_SKEW:
        return broken("clock", words, hint)
    if abs(apart) > _UNUSUAL_SKEW:
        return unusual("clock", words, hint)
    return well("clock", words)


async def _routes(http: HttpClient, address: str) -> Verdict | None:
    """Whether the server has what this client asks for; None where it does not describe itself."""
    try:
        answer = await http.send(HttpRequest("GET", f"{address}/openapi.json"))
        document = _json_of(answer) if answer.status == _FOUND else None
    except MfoError:
        return None
    described: Any = cast("dict[str, Any]", document).get("paths") if isinstance(document, dict) else None
    if not isinstance(described, dict):
        return None
    paths = cast("dict[str, Any]", described)
    offered = {
        (method.upper(), _pattern(path))
        for path, item in paths.items()
        if isinstance(item, dict)
        for method in cast("dict[str, Any]", item)
    }
    missing = [
        f"{route.method} {route.path}"
        for route in ROUTES.values()
        if (route.method, _pattern(route.path)) not in offered
    ]
    if missing:
        return unusual(
            "interface",
            f"the server lacks {', '.join(missing)}",
            "Flows that need these fail: use a server and an mfo of matching versions.",
        )
    return well("interface", f"the server has all {len(ROUTES)} routes that mfo calls")


def _pattern(path: str) -> str:
    """A path with its parameters without their names."""
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


async def _token(settings: ClientSettings, account: Account) -> AsyncIterator[Verdict]:
    if settings.token is None and settings.email is None:
        hint = "Log in with mfo login, or set MFO_TOKEN."
        yield broken("token", f"nothing says as whom {settings.base_url} is asked", hint)
        return
    who = f"the token of {account.named_by}" if settings.token is not None else f"the account of {account.named_by}"
    asked = ClientSettings(
        settings.base_url,
        token=settings.token,
        email=settings.email,
        password=settings.password,
        timeout=SECONDS,
        retry=RetryPolicy(max_attempts=1),
    )
    try:
        async with MfoClient(asked) as client:
            await client.tokens.each(page_size=1).page(1)
    except AuthorizationError:
        yield well("token", f"{who} is valid, for less than everything")
    except AuthenticationError as error:
        yield broken("token", f"{who} is refused: {error.message}", "Log in again with mfo login, or renew the token.")
        return
    except MfoError as error:
        yield broken("token", f"{who} cannot be tried out: {error.message}", error.hint)
        return
    else:
        yield well("token", f"{who} is valid")
    ends = end_of_token(settings.token or "")
    if ends is not None and ends - time.time() < _SOON:
        yield unusual("token", f"{who} ends at {moment(ends)}", "Log in again before a run takes longer: mfo login.")
