"""Which MFO server a command speaks to: the one that is named or configured, else one of its own in this process."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.syntax import Mapping as MappingNode
from mfo_dialect.syntax import to_value
from mfo_runtime.cli.data_files import read_data_with_places
from mfo_runtime.client import ClientSettings
from mfo_runtime.errors import InvalidInputError
from mfo_workspace.projects import project_root

LOCAL = "local"
SCRIPT_FILE = "scripted.yml"


@contextmanager
def client_settings(server: str | None, script: str | None, bundle: Bundle, document: str) -> Generator[ClientSettings]:
    """The settings for a server; a local one runs as long as the block does.

    Args:
        server: a URL, ``local``, or None: the environment, the client configuration, else ``local``.
        script: the answers of the local server's scripted provider; the flow's own where it is None.
        bundle: the flow's documents.
        document: the flow's document.

    Raises:
        InvalidInputError: the settings or the script are wrong, or a script is given for a server that is not local.
    """
    configured = configured_client(bundle)
    address = server or os.environ.get("MFO_BASE_URL") or configured.get("base_url") or LOCAL
    if address != LOCAL:
        if script is not None:
            raise InvalidInputError(
                "A script is for the local server only.", hint="Leave out --script, or use --server local."
            )
        environment = {name: value for name, value in os.environ.items() if name != "MFO_BASE_URL"}
        yield ClientSettings.from_data({**configured, "base_url": address}, environment)
        return
    with local_server(script, bundle, document) as (url, token):
        yield ClientSettings.from_data({**configured, "base_url": url, "auth": {"token": token}})


def configured_client(bundle: Bundle) -> dict[str, Any]:
    """The ``client`` map of the bundle's client configuration; empty where there is none."""
    for _, config in bundle.configs:
        client = config.get("client")
        if isinstance(client, MappingNode):
            return dict(to_value(client))
    return {}


@contextmanager
def local_server(script: str | None, bundle: Bundle, document: str) -> Generator[tuple[str, str]]:
    """Run the local server in this process; gives its URL and a token."""
    from mfo_runtime.server import Script, ScriptError, ServerSettings, SettingsError, start_server  # noqa: PLC0415 - slow to import

    beside = PurePosixPath(document).parent / SCRIPT_FILE
    path = script or (str(beside) if Path(str(beside)).is_file() else None)
    tools = bundle.project.section("tools").get("module")
    try:
        answers = Script.from_data(*read_data_with_places(path)) if path is not None else None
        settings = ServerSettings(
            data_dir=data_folder(bundle, document) / "server",
            script=answers,
            tools_module=tools if isinstance(tools, str) else None,
        )
        running = start_server(settings)
    except (ScriptError, SettingsError) as error:
        raise InvalidInputError(str(error)) from None
    with running:
        yield running.url, running.token


def data_folder(bundle: Bundle, document: str) -> Path:
    """Where runs keep their data: ``MFO_HOME``, else ``.mfo`` at the project's root."""
    home = os.environ.get("MFO_HOME")
    if home:
        return Path(home)
    return Path(project_root(bundle.project, str(PurePosixPath(document).parent))) / ".mfo"
