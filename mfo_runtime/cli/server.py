"""``mfo server``: serve the local MFO server."""

from __future__ import annotations

import logging
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mfo_runtime.cli.data_files import read_data_with_places
from mfo_runtime.cli.data_folders import data_folder
from mfo_runtime.cli.findings import outcome_of, show_findings
from mfo_runtime.cli.log_lines import LEVELS, log_format_option, show_log
from mfo_runtime.cli.output import say, tell_as
from mfo_runtime.cli.watching import close_telemetry, telemetry_of_environment
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.flow import RefusedDocumentError
from mfo_workspace.files import DiskFiles
from mfo_workspace.projects import find_project

FAILED = 1

if TYPE_CHECKING:
    from mfo_runtime.telemetry.server_spans import ServerSpans
    from mfo_runtime.telemetry.setting_up import Telemetry


@click.command("server")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to serve at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="The port; 0 for any.")
@click.option("--data", metavar="FOLDER", type=click.Path(), help="Where it keeps its data; .mfo/server by default.")
@click.option("--script", metavar="FILE", type=click.Path(), help="Answers for the scripted provider.")
@click.option("--openai-model", metavar="MODEL", help="Let this model answer, at an OpenAI-compatible endpoint.")
@click.option(
    "--openai-url",
    envvar="OPENAI_BASE_URL",
    metavar="URL",
    default="https://api.openai.com/v1",
    show_default=True,
    help="The endpoint of the model; OPENAI_API_KEY is its key.",
)
@click.option(
    "--flows",
    metavar="FILE",
    type=click.Path(),
    multiple=True,
    help="A workflow whose taskflows become job types; may be given several times.",
)
@click.option("--tools", metavar="MODULE", help="A Python module or file whose public functions become tools.")
@click.option(
    "--rate-limit", type=click.FloatRange(min=0, min_open=True), metavar="N", help="Requests a second of each user."
)
@click.option(
    "--token",
    envvar="MFO_TOKEN",
    metavar="TOKEN",
    help="An API token to accept; a fresh one by default. Other programs can read it here: rather set MFO_TOKEN.",
)
@log_format_option
@click.option(
    "--log-level",
    type=click.Choice(("info", "warning", "error")),
    default="warning",
    show_default=True,
    help="What is told on stderr; info has a line for each request.",
)
def server_command(  # noqa: PLR0913 - one argument an option
    host: str,
    port: int,
    data: str | None,
    script: str | None,
    openai_model: str | None,
    openai_url: str,
    flows: tuple[str, ...],
    tools: str | None,
    rate_limit: float | None,
    token: str | None,
    log_format: str | None,
    log_level: str,
) -> int:
    """Serve the MFO server that is built in, until it is interrupted."""
    from mfo_runtime.cli.job_flows import JobFlows  # noqa: PLC0415 - slow to import
    from mfo_runtime.server import (  # noqa: PLC0415 - slow to import
        OpenAIEndpoint,
        RateLimit,
        Script,
        ScriptError,
        ServerAddress,
        ServerSettings,
        SettingsError,
        serve,
    )

    with_signals = _Signals()
    tell_as(log_format)
    if not os.environ.get("MFO_DEBUG"):
        show_log("mfo server", logging.getLogger(), LEVELS[log_level], log_format)
        logging.getLogger("mfo_runtime.server").setLevel(LEVELS[log_level])

    def ready(address: ServerAddress) -> None:
        with_signals.is_serving = True
        job_flows.serve_at(address.url, address.token)
        click.echo(f"serving at {address.url}")
        if not token:
            click.echo(f"MFO_TOKEN={address.token}")

    job_flows = JobFlows()
    here = Path.cwd().as_posix()
    folder = Path(data) if data else data_folder(find_project(here, DiskFiles()), here) / "server"
    telemetry = telemetry_of_environment("mfo-server", is_lasting=True)
    try:
        answers = Script.from_data(*read_data_with_places(script)) if script is not None else None
        key = os.environ.get("OPENAI_API_KEY") or None
        settings = ServerSettings(
            data_dir=folder,
            host=host,
            port=port,
            token=token,
            script=answers,
            openai=OpenAIEndpoint(openai_model, openai_url, key) if openai_model else None,
            tools_module=tools,
            job_runners=job_flows.of_files(flows),
            rate_limit=RateLimit(rate_limit, max(round(rate_limit), 1)) if rate_limit else None,
            spans=_spans(telemetry),
        )
        with job_flows:
            serve(settings, ready)
    except RefusedDocumentError as refused:
        show_findings(outcome_of(refused.findings, refused.bundle))
        say("mfo: a flow has errors, and nothing is served")
        return FAILED
    except (ScriptError, SettingsError) as error:
        raise InvalidInputError(str(error)) from None
    finally:
        if telemetry is not None:
            close_telemetry(telemetry)
    return 0


def _spans(telemetry: Telemetry | None) -> ServerSpans | None:
    if telemetry is None:
        return None
    from mfo_runtime.telemetry.server_spans import ServerSpans  # noqa: PLC0415 - an extra, and slow to import

    return ServerSpans(telemetry)


class _Signals:
    """What is left of a signal after the server has stopped for it: nothing, since stopping was what was asked for.

    The server takes signals while it serves, and hands them on to these handlers when it has stopped.
    """

    def __init__(self) -> None:
        self.is_serving = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._heard)

    def _heard(self, _number: int, _frame: object) -> None:
        if not self.is_serving:
            raise KeyboardInterrupt
