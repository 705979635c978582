"""``mfo login``: keep the token of a server."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

import click

from mfo_runtime.cli.accounts import asked_briefly, checked_address, is_readable_on_the_way, kept_logins
from mfo_runtime.cli.output import moment, say
from mfo_runtime.cli.places import bundle_at, project_option
from mfo_runtime.cli.private_input import asked_email, asked_password, line_of_stdin
from mfo_runtime.cli.servers import configured_client, profile_option, remote_server, url_option
from mfo_runtime.client import ClientSettings, MfoClient
from mfo_runtime.credentials import KeptLogin, Place
from mfo_runtime.errors import AuthenticationError, AuthorizationError, InvalidInputError
from mfo_workspace.text_report import printable


@click.command("login")
@url_option
@profile_option
@click.option("--email", metavar="ADDRESS", help="Who logs in; asked for by default.")
@click.option("--password-stdin", is_flag=True, help="Read the password from stdin rather than ask for it.")
@click.option("--token-stdin", is_flag=True, help="Keep a token that is read from stdin; nobody logs in.")
@click.option("--api-token", metavar="NAME", help="Make an API token of this name and keep that: it does not expire.")
@project_option
def login_command(  # noqa: PLR0913 - one argument for each option
    server: str | None,
    profile: str | None,
    email: str | None,
    api_token: str | None,
    place: str | None,
    *,
    password_stdin: bool,
    token_stdin: bool,
) -> int:
    """Log in at an MFO server, and keep its token for later commands.

    The token is kept in the keyring, else in a file that only you can read. Passwords and tokens are never taken from
    the command line, where other programs could read them.
    """
    bundle, _ = bundle_at(place)
    chosen = remote_server(server, profile, bundle)
    configured: dict[str, Any] = {**configured_client(bundle), "base_url": chosen.address, "auth": {}}
    settings = asked_briefly(ClientSettings.from_data(configured))
    address = checked_address(chosen)
    if is_readable_on_the_way(address):
        say(f"mfo: {printable(address)} is not encrypted: whoever is on the way can read what is sent")
    if token_stdin:
        if email or password_stdin or api_token:
            raise InvalidInputError(
                "--token-stdin keeps a token that is there already.", hint="Leave out the other options."
            )
        token = line_of_stdin("token")
        login = asyncio.run(_checked(replace(settings, token=token), address))
    else:
        who = email or str(chosen.profile.get("email") or "") or asked_email()
        password = asked_password(from_stdin=password_stdin)
        login = asyncio.run(_logged_in(replace(settings, email=who, password=password), address, api_token))
    assert login.token is not None
    logins = kept_logins()
    kept_in = logins.keep(login, login.token)
    ends = f" until {moment(login.expires_at)}" if login.expires_at is not None else ""
    as_whom = f" as {login.email}" if login.email else ""
    say(printable(f"logged in at {address}{as_whom}{ends}"))
    where = "in the keyring" if kept_in is Place.KEYRING else f"in {logins.path}, which only you can read"
    say(printable(f"  The token is kept {where}."))
    return 0


async def _checked(settings: ClientSettings, address: str) -> KeptLogin:
    """A login of a token that the server takes, for whatever it is."""
    async with MfoClient(settings) as client:
        with suppress(AuthorizationError):  # the server knows it; it is for other things
            await client.tokens.each(page_size=1).page(1)
        token = client.settings.token
        return KeptLogin(address, expires_at=end_of_token(token or ""), token=token)


async def _logged_in(settings: ClientSettings, address: str, api_token: str | None) -> KeptLogin:
    async with MfoClient(settings) as client:
        try:
            issued = await client.issue_token()
        except AuthenticationError as error:
            raise AuthenticationError(error.message, hint="Check the email and the password.") from None
    ends = time.time() + issued.expires_in if issued.expires_in is not None else end_of_token(issued.token)
    login = KeptLogin(address, email=settings.email or "", expires_at=ends, token=issued.token)
    if api_token is None:
        return login
    async with MfoClient(replace(settings, email=None, password=None, token=issued.token)) as client:
        made = await client.tokens.create(api_token)
    return replace(login, expires_at=None, token_id=made.id, token=made.token)


def end_of_token(token: str) -> float | None:
    """Until when a JWT says that it is good, in seconds since 1970; None for what says nothing. It is not verified."""
    parts = token.split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return float(claims["exp"])
    except (ValueError, TypeError, KeyError, IndexError, RecursionError, OverflowError):
        return None
