"""Which MFO server a command speaks to, and what says so; it opens no connection."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import click

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import Mapping as MappingNode
from mfo_dialect.syntax import TooManyNodesError, to_value
from mfo_runtime.errors import InvalidInputError

LOCAL = "local"

server_option: Callable[..., Any] = click.option(
    "--server", metavar="URL|local", help="The MFO server; local is the one that is built in."
)
url_option: Callable[..., Any] = click.option("--server", metavar="URL", help="The MFO server.")
profile_option: Callable[..., Any] = click.option(
    "--profile", metavar="NAME", help="The MFO server of this profile in mfo.toml; MFO_PROFILE by default."
)


@dataclass(frozen=True, slots=True)
class ChosenServer:
    """A server, and how it came to be the one.

    Attributes:
        address: a URL, or ``local``.
        named_by: what names it, such as ``--server`` or ``profile staging``.
        profile: its profile in the project file; empty where it is not one of these.
    """

    address: str
    named_by: str
    profile: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def is_local(self) -> bool:
        """Whether it is the one that is built in."""
        return self.address == LOCAL


def choose_server(server: str | None, profile: str | None, bundle: Bundle) -> ChosenServer:
    """The server that counts: that of the command line, the environment, the client configuration, else the local one.

    Args:
        server: a URL or ``local`` from the command line.
        profile: a name of the project file's ``[servers]`` from the command line.
        bundle: the documents and the project file.

    Raises:
        InvalidInputError: both are given, or there is no such profile.
    """
    if server and profile:
        raise InvalidInputError("--server and --profile both name a server.", hint="Leave out one of them.")
    if server:
        return ChosenServer(server, "--server")
    if profile:
        return _of_profile(profile, bundle, "--profile")
    if address := os.environ.get("MFO_BASE_URL"):
        return ChosenServer(address, "MFO_BASE_URL")
    if name := os.environ.get("MFO_PROFILE"):
        return _of_profile(name, bundle, "MFO_PROFILE")
    if configured := configured_client(bundle).get("base_url"):
        return ChosenServer(str(configured), "client.base_url")
    return ChosenServer(LOCAL, "default")


def remote_server(server: str | None, profile: str | None, bundle: Bundle) -> ChosenServer:
    """As ``choose_server``, for what is about another server than the one that is built in.

    Raises:
        InvalidInputError: none is named.
    """
    chosen = choose_server(server, profile, bundle)
    if chosen.is_local:
        raise InvalidInputError(
            "The server is not named; the one that is built in needs no login.",
            hint="Name it with --server URL or --profile NAME.",
        )
    return chosen


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


def _of_profile(name: str, bundle: Bundle, given_by: str) -> ChosenServer:
    profiles = bundle.project.section("servers")
    found = profiles.get(name)
    if not isinstance(found, Mapping):
        raise InvalidInputError(
            f'{given_by}: there is no profile "{name}"{did_you_mean(name, profiles) or "."}',
            hint=f"Declare it in the project file: [servers.{name}] with base_url.",
        )
    profile = cast("Mapping[str, Any]", found)
    address = profile.get("base_url")
    if not isinstance(address, str) or not address.strip():
        raise InvalidInputError(f'The profile "{name}" has no base_url.', hint="Give the server's address.")
    return ChosenServer(address, f"profile {name}", profile)
