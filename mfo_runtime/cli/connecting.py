"""Which MFO server a command speaks to: the one that is named or configured, else one of its own in this process."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, cast

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.model.project import Project
from mfo_dialect.references import Reference, substitute
from mfo_dialect.syntax import Mapping as MappingNode
from mfo_dialect.syntax import TooManyNodesError, to_value
from mfo_runtime.cli.data_files import read_data_with_places
from mfo_runtime.client import ClientSettings
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.flow.secrets import Secrets
from mfo_workspace.data_folder import DATA_FOLDER, make_ignored
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
    address = server_address(server, bundle)
    if address != LOCAL:
        if script is not None:
            raise InvalidInputError(
                "A script is for the local server only.", hint="Leave out --script, or use --server local."
            )
        environment = {name: value for name, value in os.environ.items() if name != "MFO_BASE_URL"}
        secrets = _secrets_of(bundle, document)
        auth: Any = {} if environment.get("MFO_TOKEN") else _without_references(configured.get("auth"), secrets)
        yield ClientSettings.from_data({**configured, "base_url": address, "auth": auth}, environment)
        return
    with local_server(script, bundle, document) as (url, token):
        yield ClientSettings.from_data({**configured, "base_url": url, "auth": {"token": token}})


def server_address(server: str | None, bundle: Bundle) -> str:
    """Which server ``client_settings`` leads to: a URL, or ``local``."""
    return str(server or os.environ.get("MFO_BASE_URL") or configured_client(bundle).get("base_url") or LOCAL)


def has_credentials(bundle: Bundle) -> bool:
    """Whether a token or an account is written down for a server that is not local; whether it is valid only a call says."""
    auth = configured_client(bundle).get("auth")
    named = auth.keys() if isinstance(auth, dict) else ()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return bool(os.environ.get("MFO_TOKEN") or {"token", "email"} & {str(name) for name in named})  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def script_path(script: str | None, document: str) -> str | None:
    """The file with the local server's answers: the one that is given, else the one beside the flow; None for none."""
    beside = PurePosixPath(document).parent / SCRIPT_FILE
    return script or (str(beside) if Path(str(beside)).is_file() else None)


def configured_client(bundle: Bundle) -> dict[str, Any]:
    """The ``client`` map of the bundle's client configuration; empty where there is none."""
    for _, config in bundle.configs:
        client = config.get("client")
        if isinstance(client, MappingNode):
            try:
                return dict(to_value(client))
            except TooManyNodesError as error:
                raise InvalidInputError(f"client: {error}.") from None
    return {}


def _secrets_of(bundle: Bundle, document: str) -> Secrets | None:
    workflow = next((one for one in bundle.workflows if one.document == document), None)
    return Secrets(workflow, os.environ) if workflow is not None else None


def _without_references(auth: Any, secrets: Secrets | None) -> Any:
    """The ``auth`` of a client configuration with the secrets that its references name."""
    if not isinstance(auth, dict):
        return auth
    return {name: _resolved(value, secrets) for name, value in cast("dict[str, Any]", auth).items()}


def _resolved(value: Any, secrets: Secrets | None) -> Any:
    if not isinstance(value, str):
        return value

    def lookup(reference: Reference) -> str:
        path = reference.path
        if reference.problem or len(path) != 1:
            raise InvalidInputError(f"client.auth: {reference} is no secret or variable.")
        if reference.root == "ENV":
            found = os.environ.get(path[0])
            if not found:
                raise InvalidInputError(f"client.auth reads the environment variable {path[0]}, which is not set.")
            return found
        if reference.root == "SECRET" and secrets is not None:
            return secrets.get(path[0])
        raise InvalidInputError(f"client.auth: {reference} is no secret or variable.")

    return substitute(value, lookup, lambda root: root in {"SECRET", "ENV"})


@contextmanager
def local_server(script: str | None, bundle: Bundle, document: str) -> Generator[tuple[str, str]]:
    """Run the local server in this process; gives its URL and a token."""
    from mfo_runtime.server import Script, ScriptError, ServerSettings, SettingsError, start_server  # noqa: PLC0415 - slow to import

    path = script_path(script, document)
    tools = bundle.project.section("tools").get("module")
    try:
        answers = Script.from_data(*read_data_with_places(path)) if path is not None else None
        settings = ServerSettings(
            data_dir=data_folder(bundle.project, str(PurePosixPath(document).parent)) / "server",
            script=answers,
            tools_module=tools if isinstance(tools, str) else None,
        )
        running = start_server(settings)
    except (ScriptError, SettingsError) as error:
        raise InvalidInputError(str(error)) from None
    with running:
        yield running.url, running.token


def data_path(project: Project, directory: str) -> Path:
    """The folder of ``data_folder``, whether it is there or not."""
    home = os.environ.get("MFO_HOME")
    return Path(home) if home else Path(project_root(project, directory)) / DATA_FOLDER


def data_folder(project: Project, directory: str) -> Path:
    """Where runs and servers keep their data: ``MFO_HOME``, else ``.mfo`` at the root of the project of a directory.

    A ``.mfo`` that is made here is kept out of git.

    Raises:
        InvalidInputError: the folder cannot be made.
    """
    home = os.environ.get("MFO_HOME")
    folder = data_path(project, directory)
    try:
        if home:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        else:
            make_ignored(folder)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InvalidInputError(
            f"The data folder {folder} cannot be made: {reason}.", hint="Set MFO_HOME to a folder of your own."
        ) from None
    return folder
