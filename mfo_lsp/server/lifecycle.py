"""The beginning and the end of a session: what the two sides can do, and how the server stops."""

from __future__ import annotations

from lsprotocol import types
from pygls.capabilities import ServerCapabilitiesBuilder

from mfo_dialect.file_names import PROJECT_FILES
from mfo_lsp.features.preferences import read_preferences, said_preferences
from mfo_lsp.server.capabilities import read_client
from mfo_lsp.server.convert import path_key, to_encoding, to_key
from mfo_lsp.server.host import Server
from mfo_lsp.server.protocol import Phase
from mfo_lsp.server.settings import SECTION, ask_for_settings
from mfo_lsp.server.warming import warm_up

_WATCHED = ("**/*.{yml,yaml,md}", *(f"**/{name}" for name in PROJECT_FILES), "**/*baseline*.json")


def initialize(server: Server, params: types.InitializeParams) -> types.InitializeResult:
    """Read what the client can do and wants; say what the server can do."""
    session = server.session
    server.process_id = params.process_id
    session.client = read_client(params.capabilities, params.initialization_options)
    session.preferences = read_preferences(params.initialization_options)
    session.initial_options = said_preferences(params.initialization_options)
    session.preferred = frozenset(session.initial_options)
    encoding = ServerCapabilitiesBuilder.choose_position_encoding(params.capabilities)
    session.encoding = to_encoding(encoding)
    session.folders = _folders(params)
    capabilities = ServerCapabilitiesBuilder(
        params.capabilities,
        set(server.methods),
        {name: method.options for name, method in server.methods.items() if method.options is not None},
        list(server.commands),
        types.TextDocumentSyncKind.Incremental,
        None,
        session.encoding.value,
    ).build()
    return types.InitializeResult(capabilities, types.ServerInfo(server.name, server.version))


def _folders(params: types.InitializeParams) -> tuple[str, ...]:
    if params.workspace_folders:
        return tuple(to_key(folder.uri) for folder in params.workspace_folders)
    if params.root_uri is not None:
        return (to_key(params.root_uri),)
    return (path_key(params.root_path),) if params.root_path else ()


async def _register(server: Server) -> None:
    """Ask for the events that a client gives on demand, in one request."""
    client = server.session.client
    registrations = [_settings_registration()] if client.registers_configuration else []
    if client.watched_files:
        registrations.append(_files_registration())
    await server.ask(types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams(registrations))


def _settings_registration() -> types.Registration:
    options = types.DidChangeConfigurationRegistrationOptions(section=SECTION)
    return types.Registration("mfo-settings", types.WORKSPACE_DID_CHANGE_CONFIGURATION, options)


def _files_registration() -> types.Registration:
    watchers = [types.FileSystemWatcher(pattern) for pattern in _WATCHED]
    options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
    method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
    return types.Registration("mfo-watched-files", method, options)


def initialized(server: Server, _params: types.InitializedParams) -> None:
    """Ask for events where the client gives them on demand, and for its settings."""
    client = server.session.client
    if client.watched_files or client.registers_configuration:
        server.checks.start(types.CLIENT_REGISTER_CAPABILITY, _register(server))
    ask_for_settings(server)
    if server.house.is_ours:
        server.checks.start(warm_up, warm_up(server))


async def shutdown(server: Server, _params: None) -> None:
    """Cancel all work, runs included; from here on only ``exit`` counts."""
    await server.cancel_work()


def leave(server: Server, _params: None) -> None:
    """End the session: with status 0 where it was shut down first, as the protocol says, else 1."""
    server.stop(0 if server.protocol.phase is Phase.SHUT_DOWN else 1)


def cancel_request(server: Server, params: types.CancelParams) -> None:
    """Give up a request."""
    server.protocol.cancel(params.id)


def set_trace(_server: Server, _params: types.SetTraceParams) -> None:
    """Accept a trace level; the server sends no traces."""
