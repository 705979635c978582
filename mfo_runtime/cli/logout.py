"""``mfo logout``: forget the token of a server."""

from __future__ import annotations

import asyncio

import click

from mfo_runtime.cli.accounts import asked_briefly, checked_address, kept_logins
from mfo_runtime.cli.output import say
from mfo_runtime.cli.places import bundle_at, project_option
from mfo_runtime.cli.servers import profile_option, remote_server, url_option
from mfo_runtime.client import ClientSettings, MfoClient
from mfo_runtime.errors import MfoError
from mfo_workspace.text_report import printable


@click.command("logout")
@url_option
@profile_option
@project_option
def logout_command(server: str | None, profile: str | None, place: str | None) -> int:
    """Forget the token that login kept for a server; one that login made is revoked first."""
    bundle, _ = bundle_at(place)
    address = checked_address(remote_server(server, profile, bundle))
    logins = kept_logins()
    login = logins.find(address)
    if login is None:
        say(printable(f"mfo: no login is kept for {address}"))
        return 0
    if login.token_id:
        try:
            settings = asked_briefly(ClientSettings(address, token=logins.token_of(login)))
            asyncio.run(_revoke(settings, login.token_id))
        except MfoError as error:
            say(printable(f"mfo: the API token {login.token_id} could not be revoked: {error.message}"))
            say("  It stays valid on the server: revoke it there with mfo tokens revoke.")
    logins.forget(address)
    say(printable(f"logged out from {address}"))
    return 0


async def _revoke(settings: ClientSettings, token_id: str) -> None:
    async with MfoClient(settings) as client:
        await client.tokens.delete(token_id)
