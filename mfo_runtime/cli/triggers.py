"""``mfo triggers``: run flows when their triggers fire, until it is interrupted."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from contextlib import ExitStack
from functools import partial

import click

from mfo_runtime.cli.connecting import Where
from mfo_runtime.cli.database_option import database_option
from mfo_runtime.cli.findings import outcome_of, show_findings
from mfo_runtime.cli.log_lines import log_format_option, show_log
from mfo_runtime.cli.output import say, shown_path, tell_as
from mfo_runtime.cli.stopping import hear_signals, leave, leave_unless_ended
from mfo_runtime.cli.trigger_places import Pools, places_of
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.flow import RefusedDocumentError
from mfo_runtime.triggers.loading import ServedTrigger, load_triggers
from mfo_runtime.triggers.settings import LARGEST_BODY, ServiceSettings
from mfo_runtime.triggers.stopping import StopSignal
from mfo_workspace.text_report import printable

FAILED = 1
_log = logging.getLogger("mfo_runtime.triggers")


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
@database_option
@click.option(
    "--submit-to",
    metavar="QUEUE",
    default="runs",
    show_default=True,
    help="The queue that runs are put on, where workers share a database; mfo worker --queue serves it.",
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
    database_url: str | None,
    submit_to: str,
    server: str | None,
    profile: str | None,
    script: str | None,
    log_format: str | None,
) -> int:
    """Run the flows in PATHS when their triggers fire, until it is interrupted.

    PATHS are workflows and folders of workflows; the current folder by default. Webhooks and calls by hand are served
    by HTTP and answered once their runs are in the journal; schedules and events of the MFO server start flows by
    themselves. Runs that an earlier process has left are gone on with.

    Where a project has workers, which share a database, runs are put on their queue, and nothing is executed here. Then
    several of these services may serve the same triggers: each firing begins one run.

    Interrupted once, it accepts nothing more and lets runs end; twice, it stops at once. Runs that have not ended go on
    when it is started again. The exit status is then 0; it is 130 (143 after SIGTERM) where stopping at once took more
    than three seconds, or somebody interrupted it a third time, so that it was broken off.
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
        pools = Pools(database_url, submit_to, stack)
        asyncio.run(_serve(triggers, settings, Where(server, script, profile), pools, stack))
    return 0


async def _serve(
    triggers: tuple[ServedTrigger, ...], settings: ServiceSettings, where: Where, pools: Pools, stack: ExitStack
) -> None:
    from mfo_runtime.server import ServerAddress, SettingsError  # noqa: PLC0415 - slow to import
    from mfo_runtime.triggers.service import serve_triggers  # noqa: PLC0415 - slow to import

    stop = StopSignal()
    hear_signals(partial(_heard, stop))

    def ready(address: ServerAddress) -> None:
        click.echo(f"serving at {address.url}")
        if settings.token is None:
            click.echo(f"MFO_TRIGGERS_TOKEN={address.token}")
        for trigger in triggers:
            say(f"  {printable(_words(trigger))}")

    try:
        async with places_of(triggers, where, pools, stack) as places:
            await serve_triggers(triggers, places, settings, ready, stop)
    except SettingsError as error:
        raise InvalidInputError(str(error)) from None


def _words(trigger: ServedTrigger) -> str:
    """A trigger in one line: what fires it, and what it starts."""
    started = f"{trigger.id} starts {trigger.flow.name} ({shown_path(trigger.document)})"
    if trigger.route is not None:
        return f"{' '.join(trigger.route)}: {started}"
    if trigger.type == "schedule":
        return f"at {trigger.text('cron_expression')} {trigger.text('timezone') or 'UTC'}: {started}"
    return f"event {trigger.text('event_type')}: {started}"


def _heard(stop: StopSignal, number: signal.Signals) -> None:
    match stop.give():
        case 1:
            say("mfo: stopping; runs under way may end. Press Ctrl-C again to stop at once.")
        case 2:
            leave_unless_ended(128 + number)
        case _:
            leave(128 + number)
