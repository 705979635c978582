"""Which MFO server a command speaks to: the one that is named or configured, else one of its own in this process."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from mfo_dialect.analysis.bundle import Bundle
from mfo_runtime.cli.accounts import remote_settings
from mfo_runtime.cli.data_files import read_data_with_places
from mfo_runtime.cli.data_folders import data_folder
from mfo_runtime.cli.servers import choose_server, configured_client
from mfo_runtime.cli.watching import watching_own_server
from mfo_runtime.client import ClientSettings
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.flow.loading import absolute_path

SCRIPT_FILE = "scripted.yml"


@dataclass(frozen=True, slots=True)
class Where:
    """What a command line says of the server; None for nothing.

    Attributes:
        server: a URL, or ``local``.
        script: the answers of the local server's scripted provider.
        profile: a profile of the project file.
    """

    server: str | None = None
    script: str | None = None
    profile: str | None = None

    def settings(self, bundle: Bundle, document: str) -> AbstractContextManager[ClientSettings]:
        """As ``client_settings``."""
        return client_settings(self.server, self.script, bundle, document, self.profile)

    def to_data(self) -> dict[str, str | None]:
        """As JSON values that mean the same in any folder."""
        script = absolute_path(self.script) if self.script is not None else None
        return {"server": self.server, "script": script, "profile": self.profile}

    def or_else(self, data: Mapping[str, Any]) -> Where:
        """The same, and where it names no server, what ``data`` of an earlier command names."""
        script = self.script or data.get("script")
        if self.server or self.profile:
            return Where(self.server, script, self.profile)
        return Where(data.get("server"), script, data.get("profile"))


@contextmanager
def client_settings(
    server: str | None, script: str | None, bundle: Bundle, document: str, profile: str | None = None
) -> Generator[ClientSettings]:
    """The settings for a server; a local one runs as long as the block does.

    Args:
        server: a URL, ``local``, or None: what the profile, the environment or the client configuration says.
        script: the answers of the local server's scripted provider; the flow's own where it is None.
        bundle: the flow's documents.
        document: the flow's document, or any path of its folder.
        profile: a profile of the project file; None: what the environment says.

    Raises:
        InvalidInputError: the settings or the script are wrong, or a script is given for a server that is not local.
    """
    chosen = choose_server(server, profile, bundle)
    if not chosen.is_local:
        if script is not None:
            raise InvalidInputError(
                "A script is for the local server only.", hint="Leave out --script, or use --server local."
            )
        yield remote_settings(chosen, bundle, document)
        return
    with local_server(script, bundle, document) as (url, token):
        yield ClientSettings.from_data({**configured_client(bundle), "base_url": url, "auth": {"token": token}})


def script_path(script: str | None, document: str) -> str | None:
    """The file with the local server's answers: the one that is given, else the one beside the flow; None for none."""
    beside = PurePosixPath(document).parent / SCRIPT_FILE
    return script or (str(beside) if Path(str(beside)).is_file() else None)


@contextmanager
def local_server(script: str | None, bundle: Bundle, document: str) -> Generator[tuple[str, str]]:
    """Run the local server in this process; gives its URL and a token."""
    from mfo_runtime.cli.job_flows import JobFlows  # noqa: PLC0415 - slow to import
    from mfo_runtime.server import Script, ScriptError, ServerSettings, SettingsError, start_server  # noqa: PLC0415 - slow to import

    path = script_path(script, document)
    tools = bundle.project.section("tools").get("module")
    flows = JobFlows()
    with watching_own_server() as spans:
        try:
            answers = Script.from_data(*read_data_with_places(path)) if path is not None else None
            settings = ServerSettings(
                data_dir=data_folder(bundle.project, str(PurePosixPath(document).parent)) / "server",
                script=answers,
                tools_module=tools if isinstance(tools, str) else None,
                job_runners=flows.of_bundle(bundle, document),
                spans=spans,
            )
            running = start_server(settings)
        except (ScriptError, SettingsError) as error:
            raise InvalidInputError(str(error)) from None
        with flows, running:
            flows.serve_at(running.url, running.token)
            yield running.url, running.token
