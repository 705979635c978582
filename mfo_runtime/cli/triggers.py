"""``mfo triggers``: run flows when their triggers fire, until it is interrupted."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from functools import partial
from pathlib import PurePosixPath

import click

from mfo_runtime.cli.connecting import Where, data_folder
from mfo_runtime.cli.findings import outcome_of, show_findings
from mfo_runtime.cli.journals import journal_of, retention_of
from mfo_runtime.cli.log_lines import log_format_option, show_log
from mfo_runtime.cli.output import say, shown_path, tell_as
from mfo_runtime.cli.watching import watched_run, watching_many
from mfo_runtime.client import Circuit, MfoClient, http_settings
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.flow import RefusedDocumentError
from mfo_runtime.flow.circuits import circuits_of
from mfo_runtime.http import HttpClient
from mfo_runtime.journal import Journal
from mfo_runtime.triggers.loading import ServedTrigger, load_triggers
from mfo_runtime.triggers.settings import LARGEST_BODY, ServiceSettings
from mfo_runtime.triggers.stopping import StopSignal
from mfo_runtime.triggers.workplaces import Workplace
from mfo_workspace.text_report import printable

FAILED = 1
_PATIENCE = 3.0
_log = logging.getLogger("mfo_runtime.triggers")
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@click.command("triggers")
@click.argument("paths", metavar="[PATHS]...", type=click.Path(), nargs=-1)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to serve at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8090, show_default=True, help="The port; 0 for any.")
@click.option(
    "--token",
    envvar="MFO_TRIGGERS_TOKEN",
    metavar="TOKEN",
    help="What calls by hand must show; a fresh one by default. Other programs can read it here: rather set MFO_TRIGGERS_TOKEN.",
)
@click.option(
    "--concurrency", type=click.IntRange(1), default=8, show_default=True, help="How many runs are executed at a time."
)
@click.option(
    "--queue", type=click.IntRange(1), default=100, show_default=True, help="How many accepted runs may wait."
)
@click.option(
    "--grace",
    type=click.FloatRange(0),
    metavar="SECONDS",
    default=10.0,
    show_default=True,
    help="How long runs may take to end when it is stopped; the others go on at the next start.",
)
@click.option(
    "--poll",
    type=click.FloatRange(0.05),
    metavar="SECONDS",
    default=2.0,
    show_default=True,
    help="The pause between two looks for events of the MFO server.",
)
@click.option(
    "--max-body",
    type=click.IntRange(1),
    metavar="BYTES",
    default=LARGEST_BODY,
    show_default=True,
    help="The largest body.",
)
@click.option(
    "--public-url", metavar="URL", help="Where people reach it, for links to questions; its own address by default."
)
@click.option("--server", metavar="URL|local", help="The MFO server; local is the one that is built in.")
@click.option("--profile", metavar="NAME", help="The MFO server of this profile in mfo.toml; MFO_PROFILE by default.")
@click.option("--script", metavar="FILE", type=click.Path(), help="Answers for the local server's scripted provider.")
@log_format_option
def triggers_command(  # noqa: PLR0913 - one argument for each option
    paths: tuple[str, ...],
    host: str,
    port: int,
    token: str | None,
    concurrency: int,
    queue: int,
    grace: float,
    poll: float,
    max_body: int,
    public_url: str | None,
    server: str | None,
    profile: str | None,
    script: str | None,
    log_format: str | None,
) -> int:
    """Run the flows in PATHS when their triggers fire, until it is interrupted.

    PATHS are workflows and folders of workflows; the current folder by default. Webhooks and calls by hand are served
    by HTTP and answered once their runs are in the journal; schedules and events of the MFO server start flows by
    themselves. Runs that an earlier process has left are gone on with.

    Interrupted once, it accepts nothing more and lets runs end; twice, it stops at once. Runs that have not ended go on
    when it is started again.
    """
    settings = ServiceSettings(
        host=host,
        port=port,
        token=token or None,
        events_secret=os.environ.get("MFO_EVENTS_SECRET") or None,
        concurrency=concurrency,
        queue=queue,
        grace=grace,
        poll=poll,
        max_body=max_body,
        public_url=(public_url or "").rstrip("/"),
    )
    tell_as(log_format)
    try:
        triggers = load_triggers(paths or (".",))
    except RefusedDocumentError as refused:
        show_findings(outcome_of(refused.findings, refused.bundle))
        say("mfo: a flow that a trigger starts has errors, and nothing is served")
        return FAILED
    show_log("mfo triggers", _log, log_format=log_format)
    with ExitStack() as stack:
        asyncio.run(_serve(triggers, settings, Where(server, script, profile), stack))
    return 0


async def _serve(
    triggers: tuple[ServedTrigger, ...], settings: ServiceSettings, where: Where, stack: ExitStack
) -> None:
    from mfo_runtime.server import ServerAddress, SettingsError  # noqa: PLC0415 - slow to import
    from mfo_runtime.triggers.service import serve_triggers  # noqa: PLC0415 - slow to import

    stop = StopSignal()
    _listen_to_signals(stop)

    def ready(address: ServerAddress) -> None:
        click.echo(f"serving at {address.url}")
        if settings.token is None:
            click.echo(f"MFO_TRIGGERS_TOKEN={address.token}")
        for trigger in triggers:
            say(f"  {printable(_words(trigger))}")

    try:
        async with _workplaces(triggers, where, stack) as places:
            await serve_triggers(triggers, places, settings, ready, stop)
    except SettingsError as error:
        raise InvalidInputError(str(error)) from None


@asynccontextmanager
async def _workplaces(
    triggers: tuple[ServedTrigger, ...], where: Where, stack: ExitStack
) -> AsyncGenerator[dict[str, Workplace]]:
    """A client for each document, and a journal for each project; the local server runs as long as ``stack`` lives."""
    places: dict[str, Workplace] = {}
    journals: dict[str, Journal] = {}
    async with AsyncExitStack() as clients:
        runs = stack.enter_context(watching_many("mfo-triggers"))
        watch = partial(watched_run, runs) if runs is not None else None
        other = await clients.enter_async_context(HttpClient(tracing=runs))
        for trigger in triggers:
            document, bundle = trigger.document, trigger.flow.bundle
            if document in places:
                continue
            folder = str(data_folder(bundle.project, str(PurePosixPath(document).parent)))
            if folder not in journals:
                journal = journal_of(bundle.project, document)
                if journal is None:
                    raise InvalidInputError(
                        f"The project of {shown_path(document)} keeps no journal, which triggers need.",
                        hint="Leave out journal.enabled = false in the project file.",
                    )
                journals[folder] = stack.enter_context(journal)
            settings = stack.enter_context(where.settings(bundle, document))
            own = await clients.enter_async_context(HttpClient(http_settings(settings), tracing=runs))
            places[document] = Workplace(
                await clients.enter_async_context(MfoClient(settings, http=own)),
                journals[folder],
                retention_of(bundle.project),
                circuits_of(bundle, _tell_of_circuit),
                http=other,
                watch=watch,
            )
        yield places


def _tell_of_circuit(server: str, circuit: Circuit) -> None:
    if circuit is Circuit.OPEN:
        _log.warning("%s fails too often and is left alone for a while", server)
    elif circuit is Circuit.CLOSED:
        _log.warning("%s is asked again", server)


def _words(trigger: ServedTrigger) -> str:
    """A trigger in one line: what fires it, and what it starts."""
    started = f"{trigger.id} starts {trigger.flow.name} ({shown_path(trigger.document)})"
    if trigger.route is not None:
        return f"{' '.join(trigger.route)}: {started}"
    if trigger.type == "schedule":
        return f"at {trigger.text('cron_expression')} {trigger.text('timezone') or 'UTC'}: {started}"
    return f"event {trigger.text('event_type')}: {started}"


def _listen_to_signals(stop: StopSignal) -> None:
    loop = asyncio.get_running_loop()

    def heard(number: signal.Signals) -> None:
        match stop.give():
            case 1:
                say("mfo: stopping; runs under way may end. Press Ctrl-C again to stop at once.")
            case _:
                loop.call_later(_PATIENCE, _leave, 128 + number)

    for number in _SIGNALS:
        try:
            loop.add_signal_handler(number, heard, number)
        except (NotImplementedError, RuntimeError, ValueError):
            continue


def _leave(status: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)
