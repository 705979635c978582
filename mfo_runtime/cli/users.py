"""``mfo users``: who can log in at the local server; its folder is changed, whether or not the server runs."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from mfo_runtime.cli.data_folders import data_folder
from mfo_runtime.cli.output import print_table, say, write_json
from mfo_runtime.cli.places import directory_of, project_option
from mfo_runtime.cli.private_input import asked_password
from mfo_runtime.errors import InvalidInputError
from mfo_workspace.files import DiskFiles
from mfo_workspace.projects import find_project
from mfo_workspace.text_report import printable

if TYPE_CHECKING:
    from mfo_runtime.server import People, Person

_password_option = click.option(
    "--password-stdin", is_flag=True, help="Read the password from stdin rather than ask for it."
)


@click.group("users", invoke_without_command=True)
@click.option("--data", metavar="FOLDER", type=click.Path(), help="The server's data; .mfo/server by default.")
@project_option
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@click.pass_context
def users_command(context: click.Context, data: str | None, place: str | None, *, as_json: bool) -> int:
    """Say who can log in at the local server; without a command: list them.

    The server may be running meanwhile; what changes counts at once.
    """
    folder = Path(data) if data else _folder(place)
    context.obj = folder, as_json
    return 0 if context.invoked_subcommand is not None else _list(folder, as_json=as_json)


@users_command.command("list")
@click.pass_obj
def list_command(asked: tuple[Path, bool]) -> int:
    """List the users of the local server."""
    folder, as_json = asked
    return _list(folder, as_json=as_json)


@users_command.command("add")
@click.argument("email")
@_password_option
@click.pass_obj
def add_command(asked: tuple[Path, bool], email: str, *, password_stdin: bool) -> int:
    """Let a user of this EMAIL log in with a password, which is asked for."""
    password = asked_password(from_stdin=password_stdin, is_new=True)
    with _people(asked[0]) as people:
        people.add(email, password)
    return _done(f"added {email}")


@users_command.command("password")
@click.argument("email")
@_password_option
@click.pass_obj
def password_command(asked: tuple[Path, bool], email: str, *, password_stdin: bool) -> int:
    """Give the user of this EMAIL another password, which is asked for; logins with the old one end.

    API tokens stay valid.
    """
    password = asked_password(from_stdin=password_stdin, is_new=True)
    with _people(asked[0]) as people:
        people.set_password(email, password)
    return _done(f"the password of {email} is another one")


@users_command.command("disable")
@click.argument("email")
@click.pass_obj
def disable_command(asked: tuple[Path, bool], email: str) -> int:
    """Refuse the user of this EMAIL from now on, whatever token is shown."""
    with _people(asked[0]) as people:
        people.disable(email)
    return _done(f"disabled {email}")


@users_command.command("enable")
@click.argument("email")
@click.pass_obj
def enable_command(asked: tuple[Path, bool], email: str) -> int:
    """Let a disabled user in again; API tokens count again, logins of before do not."""
    with _people(asked[0]) as people:
        people.enable(email)
    return _done(f"enabled {email}")


def _list(folder: Path, *, as_json: bool) -> int:
    with _people(folder) as people:
        found = people.all()
    if as_json:
        write_json([_data(person) for person in found])
        return 0
    if not found:
        say("mfo: there are no users; mfo users add EMAIL adds one")
        return 0
    table = Table(box=None, pad_edge=False)
    for heading in ("email", "state", "added", "tokens"):
        table.add_column(heading, no_wrap=True, overflow="fold")
    for person in found:
        state = "disabled" if person.disabled_at is not None else "may log in"
        table.add_row(printable(person.email), state, person.created_at, str(person.tokens))
    print_table(table)
    return 0


def _data(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "email": person.email,
        "created_at": person.created_at,
        "disabled_at": person.disabled_at,
        "tokens": person.tokens,
    }


def _done(words: str) -> int:
    say(printable(words))
    return 0


def _folder(place: str | None) -> Path:
    directory = directory_of(place)
    return data_folder(find_project(directory, DiskFiles()), directory) / "server"


@contextmanager
def _people(folder: Path) -> Generator[People]:
    """The users of a folder; what cannot be done is told as misuse."""
    from mfo_runtime.server import ApiError, ServerSettings, SettingsError, users_of  # noqa: PLC0415 - slow to import

    try:
        with users_of(ServerSettings(data_dir=folder)) as people:
            yield people
    except SettingsError as error:
        raise InvalidInputError(str(error), hint="Name another folder with --data.") from None
    except ApiError as error:
        words = error.message[:1].upper() + error.message[1:]
        raise InvalidInputError(f"{words}.", hint="mfo users lists those that there are.") from None
