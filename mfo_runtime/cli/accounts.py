"""As whom a command asks a server that is not local: a token or an account, and where that is written or kept."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path, PurePosixPath
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

import click

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.references import Reference, substitute
from mfo_runtime.cli.servers import ChosenServer, configured_client
from mfo_runtime.client import ClientSettings
from mfo_runtime.client.settings import origin_of
from mfo_runtime.credentials import KeptLogin, Logins
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.flow.secrets import Secrets, secret_at

_FILE = "credentials.json"
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Account:
    """Where a token or an account is; nothing of it has been read yet.

    Attributes:
        named_by: what names it, such as ``MFO_TOKEN``; empty where nothing does.
        variable: the environment variable that holds a token.
        auth: the client configuration's ``auth``.
        login: what ``mfo login`` kept.
    """

    named_by: str = ""
    variable: str = ""
    auth: Any = None
    login: KeptLogin | None = field(default=None, repr=False)


def kept_logins() -> Logins:
    """The logins of whoever calls: in the keyring and the user's own folder, or all in the file of ``MFO_CREDENTIALS``."""
    named = os.environ.get("MFO_CREDENTIALS")
    return Logins(Path(named or Path(click.get_app_dir("mfo")) / _FILE), may_use_keyring=not named)


def checked_address(chosen: ChosenServer) -> str:
    """A server's address in the one form in which logins know it.

    Raises:
        InvalidInputError: it is no http address.
    """
    parts = urlsplit(ClientSettings(chosen.address).base_url)
    return urlunsplit(parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower()))


def is_readable_on_the_way(address: str) -> bool:
    """Whether what is sent to an address leaves this machine without encryption."""
    parts = urlsplit(address)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme != "http" or host == "localhost" or host.endswith(".localhost"):
        return False
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return True


def choose_account(chosen: ChosenServer, bundle: Bundle) -> Account:
    """Who asks: the profile's variable, ``MFO_TOKEN``, the client configuration, what ``mfo login`` kept, else nobody.

    The configuration counts for a profile only where it is about the same server: its token is not shown to another one.

    Raises:
        InvalidInputError: the kept logins cannot be read.
    """
    variable = chosen.profile.get("token_env")
    if isinstance(variable, str) and os.environ.get(variable):
        return Account(variable, variable=variable)
    if os.environ.get("MFO_TOKEN"):
        return Account("MFO_TOKEN", variable="MFO_TOKEN")
    client = configured_client(bundle)
    if client.get("auth") and (not chosen.profile or _is_same_server(chosen.address, client.get("base_url"))):
        return Account("client.auth", auth=client["auth"])
    login = kept_logins().find(checked_address(chosen))
    return Account(f"mfo login ({login.place})", login=login) if login is not None else Account()


def remote_settings(chosen: ChosenServer, bundle: Bundle, document: str) -> ClientSettings:
    """The client's settings for a server that is not local.

    Args:
        chosen: the server.
        bundle: the flow's documents.
        document: the flow's document, whose secrets the client configuration may name, or any path of its folder.

    Raises:
        InvalidInputError: a setting is wrong, or what is to be shown to the server is not to be found.
    """
    account = choose_account(chosen, bundle)
    configured = {**configured_client(bundle), "base_url": chosen.address}
    return ClientSettings.from_data({**configured, "auth": _auth(account, bundle, document)}, _other_variables())


def asked_briefly(settings: ClientSettings) -> ClientSettings:
    """The same for a command before which somebody sits and waits: one try, of ten seconds at most."""
    return replace(settings, timeout=min(settings.timeout, _PATIENCE), retry=replace(settings.retry, max_attempts=1))


def _auth(account: Account, bundle: Bundle, document: str) -> object:
    if account.variable:
        return {"token": os.environ[account.variable]}
    if account.login is not None:
        return {"token": kept_logins().token_of(account.login)}
    return _without_references(account.auth, bundle, document) if account.auth is not None else {}


def _other_variables() -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if name not in {"MFO_BASE_URL", "MFO_TOKEN"}}


def _is_same_server(address: str, configured: Any) -> bool:
    if not isinstance(configured, str):
        return not configured
    try:
        return origin_of(ClientSettings(address).base_url) == origin_of(ClientSettings(configured).base_url)
    except InvalidInputError:
        return False


def _without_references(auth: object, bundle: Bundle, document: str) -> object:
    """The ``auth`` of a client configuration with the texts that its sources and references lead to."""
    workflow = next((one for one in bundle.workflows if one.document == document), None)
    secrets = Secrets(workflow, os.environ) if workflow is not None else None
    written_in = next((where for where, config in bundle.configs if config.get("client") is not None), document)
    folder = PurePosixPath(written_in).parent
    if not isinstance(auth, dict):
        return auth
    written = cast("dict[str, Any]", auth)
    return {name: _resolved(name, value, secrets, folder) for name, value in written.items()}


def _resolved(name: str, value: object, secrets: Secrets | None, folder: PurePosixPath) -> object:
    if isinstance(value, dict):
        source = cast("dict[str, Any]", value)
        is_elsewhere = not {"file", "keyring"}.isdisjoint(source)
        return secret_at(f"setting client.auth.{name}", source, os.environ, folder) if is_elsewhere else source
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
