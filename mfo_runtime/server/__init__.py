"""The local MFO server: dialect section 12 on Starlette and SQLite, for developing and testing flows.

It knows nothing of flows, tasks or the engine: clients meet it over HTTP alone.
"""

from mfo_runtime.providers.endpoint import OpenAIEndpoint
from mfo_runtime.server.app import create_app
from mfo_runtime.server.failures import ApiError, SettingsError
from mfo_runtime.server.listening import ServerAddress
from mfo_runtime.server.people import People, Person
from mfo_runtime.server.providers.script import Script, ScriptError
from mfo_runtime.server.running import RunningServer, add_user, serve, start_server, users_of
from mfo_runtime.server.settings import OutgoingRequest, RateLimit, Sender, ServerSettings

__all__ = [
    "ApiError",
    "OpenAIEndpoint",
    "OutgoingRequest",
    "People",
    "Person",
    "RateLimit",
    "RunningServer",
    "Script",
    "ScriptError",
    "Sender",
    "ServerAddress",
    "ServerSettings",
    "SettingsError",
    "add_user",
    "create_app",
    "serve",
    "start_server",
    "users_of",
]
