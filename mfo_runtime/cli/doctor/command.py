"""The command itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import click

from mfo_dialect.analysis.bundle import Bundle
from mfo_runtime.cli.accounts import Account, choose_account, remote_settings
from mfo_runtime.cli.data_folders import data_path
from mfo_runtime.cli.doctor.asking import ask
from mfo_runtime.cli.doctor.setting_up import LOOKS
from mfo_runtime.cli.doctor.verdict import Health, Verdict, broken_by, well
from mfo_runtime.cli.output import write_json
from mfo_runtime.cli.places import bundle_at, directory_of, project_option
from mfo_runtime.cli.servers import choose_server, profile_option, server_option
from mfo_runtime.client import ClientSettings
from mfo_runtime.errors import MfoError, redact
from mfo_workspace.text_report import printable

FAILED = 1
_MARKS = {Health.WELL: "✓", Health.UNUSUAL: "!", Health.BROKEN: "✗"}


@click.command("doctor")
@server_option
@profile_option
@project_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor_command(server: str | None, profile: str | None, place: str | None, *, as_json: bool) -> int:
    """Say what a set-up has and lacks: versions, settings, secrets, logins, journal, disk, server, clock, token.

    Nothing is changed, and no secret is shown. The exit status is 0 where runs can work, 1 where something keeps them
    from it.
    """
    bundle, document = bundle_at(place)
    directory, now = directory_of(place), time.time()
    verdicts = [verdict for look in LOOKS for verdict in look(bundle, directory, now)]
    verdicts += _of_server(server, profile, bundle, document)
    is_well = all(verdict.health is not Health.BROKEN for verdict in verdicts)
    if as_json:
        write_json({"version": 1, "ok": is_well, "checks": [verdict.to_data() for verdict in verdicts]})
    else:
        width = max(len(verdict.subject) for verdict in verdicts)
        for verdict in verdicts:
            message = printable(redact(verdict.message))
            click.echo(f"{_MARKS[verdict.health]} {printable(verdict.subject):<{width}}  {message}")
            if verdict.hint:
                click.echo(f"  {'':<{width}}  → {printable(redact(verdict.hint))}")
    return 0 if is_well else FAILED


def _of_server(server: str | None, profile: str | None, bundle: Bundle, document: str) -> Iterator[Verdict]:
    """What there is to say about the server that counts."""
    try:
        chosen = choose_server(server, profile, bundle)
        if chosen.is_local:
            folder = data_path(bundle.project, directory_of(document)) / "server"
            why = "as nothing names another" if chosen.named_by == "default" else f"named by {chosen.named_by}"
            yield well("server", f"the local one, {why}; its data is in {folder}")
            return
        account = choose_account(chosen, bundle)
        settings = remote_settings(chosen, bundle, document)
    except MfoError as error:
        yield broken_by("server", error)
        return
    yield well("settings", f"{settings.base_url} is named by {chosen.named_by}")
    yield from asyncio.run(_asked(settings, account))


async def _asked(settings: ClientSettings, account: Account) -> list[Verdict]:
    return [verdict async for verdict in ask(settings, account)]
