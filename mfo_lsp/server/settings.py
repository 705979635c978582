"""What the user prefers, as the client tells or is asked: at the start, and again whenever it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from lsprotocol import types

from mfo_lsp.features.preferences import Preferences, said_preferences
from mfo_lsp.server.checking import check_soon
from mfo_lsp.server.host import Server
from mfo_lsp.server.refreshing import refresh

SECTION = "mfo"
_ASKING = "workspace/configuration"


def did_change_configuration(server: Server, params: types.DidChangeConfigurationParams) -> None:
    """Take what the client says, or ask it where it says nothing and can be asked."""
    settings = cast("object", params.settings)  # pyright: ignore[reportUnknownMemberType] - the protocol leaves it open
    if isinstance(settings, Mapping) and settings:
        said = cast("Mapping[str, Any]", settings)
        apply_settings(server, said.get(SECTION, said))
    else:
        ask_for_settings(server)


def ask_for_settings(server: Server) -> None:
    """Ask the client for its settings where it can be asked; of several questions the last counts."""
    if server.session.client.configuration:
        server.checks.start(_ASKING, _ask(server))


async def _ask(server: Server) -> None:
    params = types.ConfigurationParams([types.ConfigurationItem(section=SECTION)])
    answered = await server.answer_of(types.WORKSPACE_CONFIGURATION, params)
    if isinstance(answered, Sequence) and not isinstance(answered, str) and answered:
        apply_settings(server, cast("Sequence[object]", answered)[0])


def apply_settings(server: Server, options: object) -> None:
    """Let settings count from now on; what they leave out is as it was told when the session began."""
    session = server.session
    said = {**session.initial_options, **said_preferences(_plain(options))}
    session.preferred = frozenset(said)
    before, session.preferences = session.preferences, Preferences(**said)
    if session.preferences != before:
        session.forget_written()
        check_soon(server, session.watched_bundles())
        refresh(server)


def _plain(options: object) -> object:
    """Settings as a map, whether pygls made an object of them or not."""
    as_map = getattr(options, "_asdict", None)
    return as_map() if as_map is not None else options
