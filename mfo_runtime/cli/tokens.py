"""``mfo tokens``: list, make and revoke API tokens of the account that asks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

import click
from rich.table import Table

from mfo_runtime.cli.accounts import asked_briefly
from mfo_runtime.cli.connecting import client_settings
from mfo_runtime.cli.output import print_table, say, write_json
from mfo_runtime.cli.places import bundle_at, project_option
from mfo_runtime.cli.servers import profile_option, server_option
from mfo_runtime.client import ApiToken, MfoClient
from mfo_workspace.text_report import printable

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which server is asked, and how the answer is written."""

    server: str | None
    profile: str | None
    place: str | None
    as_json: bool

    def ask(self, question: Callable[[MfoClient], Awaitable[_Result]]) -> _Result:
        """Ask the server."""
        bundle, document = bundle_at(self.place)
        with client_settings(self.server, None, bundle, document, self.profile) as settings:

            async def ask() -> _Result:
                async with MfoClient(asked_briefly(settings)) as client:
                    return await question(client)

            return asyncio.run(ask())


def _options(command: Callable[..., int]) -> Callable[..., int]:
    """Which server is asked, and how the answer is written."""
    as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    return server_option(profile_option(project_option(as_json(command))))


def _with_options(command: Callable[..., int]) -> Callable[..., int]:
    """A command behind whose name the group's options may stand, too."""

    @_options
    @click.pass_obj
    @wraps(command)
    def asked_anew(
        asked: _Asked, *, server: str | None, profile: str | None, place: str | None, as_json: bool, **others: Any
    ) -> int:
        own = (server or asked.server, profile or asked.profile, place or asked.place, as_json or asked.as_json)
        return command(_Asked(*own), **others)

    return asked_anew


@click.group("tokens", invoke_without_command=True)
@_options
@click.pass_context
def tokens_command(
    context: click.Context, server: str | None, profile: str | None, place: str | None, *, as_json: bool
) -> int:
    """List, make and revoke API tokens; without a command: list them.

    A token is shown once, when it is made.
    """
    context.obj = _Asked(server, profile, place, as_json)
    return 0 if context.invoked_subcommand is not None else _list(context.obj)


@tokens_command.command("list")
@_with_options
def list_command(asked: _Asked) -> int:
    """List the API tokens of the account, without the tokens themselves."""
    return _list(asked)


@tokens_command.command("create")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    metavar="SCOPE",
    multiple=True,
    help="What it is for, such as memory:read; several times for several. Whatever yours is for by default.",
)
@_with_options
def create_command(asked: _Asked, name: str, scopes: tuple[str, ...]) -> int:
    """Make an API token called NAME and print it; it cannot be shown again."""

    async def create(client: MfoClient) -> ApiToken:
        return await client.tokens.create(name, scopes=list(scopes) or None)

    token = asked.ask(create)
    if asked.as_json:
        write_json({**_data(token), "token": token.token})
        return 0
    say(printable(f"made {token.id} ({', '.join(token.scopes)}); this is the one time that it is shown"))
    click.echo(token.token)
    return 0


@tokens_command.command("revoke")
@click.argument("token_id", metavar="ID")
@_with_options
def revoke_command(asked: _Asked, token_id: str) -> int:
    """Make the API token of an ID invalid, at once."""

    async def revoke(client: MfoClient) -> None:
        await client.tokens.delete(token_id)

    asked.ask(revoke)
    if asked.as_json:
        write_json({"id": token_id, "revoked": True})
    else:
        say(printable(f"revoked {token_id}"))
    return 0


def _list(asked: _Asked) -> int:
    async def find(client: MfoClient) -> tuple[ApiToken, ...]:
        return await client.tokens.list()

    tokens = asked.ask(find)
    if asked.as_json:
        write_json([_data(token) for token in tokens])
        return 0
    if not tokens:
        say("mfo: there are no API tokens")
        return 0
    table = Table(box=None, pad_edge=False)
    for heading in ("id", "name", "made", "scopes"):
        table.add_column(heading, no_wrap=True, overflow="fold")
    for token in tokens:
        made = token.created_at.astimezone().strftime("%Y-%m-%d %H:%M:%S") if token.created_at else ""
        table.add_row(printable(token.id), printable(token.name), made, printable(", ".join(token.scopes)))
    print_table(table)
    return 0


def _data(token: ApiToken) -> dict[str, Any]:
    made = token.created_at.isoformat() if token.created_at is not None else None
    return {"id": token.id, "name": token.name, "scopes": list(token.scopes), "created_at": made}
