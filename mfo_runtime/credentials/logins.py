"""The logins that are kept, one for each server; the file says of each where its token is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

from mfo_runtime.credentials.keychain import KeyringUnusableError, erase_keyring, read_keyring, write_keyring
from mfo_runtime.credentials.private_file import PrivateFile
from mfo_runtime.errors import InvalidInputError

SERVICE = "mfo"
"""Under which name the keyring has the tokens; the user is the server's address."""

_SERVERS = "servers"


class Place(StrEnum):
    """Where a token is."""

    KEYRING = "keyring"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class KeptLogin:
    """What a login brought.

    Attributes:
        server: the server's address.
        email: who logged in; empty where only a token was given.
        expires_at: until when the token is good, in seconds since 1970; None where that is not known, or for ever.
        token_id: the id of the API token that was made for this login, so that it can be revoked; empty for none.
        place: where the token is kept.
        token: the token itself, where it is in the file.
    """

    server: str
    email: str = ""
    expires_at: float | None = None
    token_id: str = ""
    place: Place = Place.FILE
    token: str | None = field(default=None, repr=False)


class Logins:
    """The logins of one user of this machine."""

    def __init__(self, path: Path, *, may_use_keyring: bool = True) -> None:
        """Use the file at ``path``; without the keyring, tokens stand in the file too."""
        self._file = PrivateFile(path)
        self._may_use_keyring = may_use_keyring

    @property
    def may_use_keyring(self) -> bool:
        """Whether tokens are put into the keyring where there is one."""
        return self._may_use_keyring

    @property
    def path(self) -> Path:
        """The file."""
        return self._file.path

    def all(self) -> tuple[KeptLogin, ...]:
        """Every login that is kept; the keyring is not opened.

        Raises:
            InvalidInputError: the file cannot be read, or others may read it.
        """
        servers = _mapping(self._file.read().get(_SERVERS))
        return tuple(_login(server, _mapping(data)) for server, data in servers.items())

    def find(self, server: str) -> KeptLogin | None:
        """The login for a server; the keyring is not opened."""
        return next((login for login in self.all() if login.server == server), None)

    def token_of(self, login: KeptLogin) -> str:
        """The token of a login.

        Raises:
            InvalidInputError: it is not where it was kept, or the keyring cannot be read.
        """
        token = login.token if login.place is Place.FILE else read_keyring(SERVICE, login.server)
        if not token:
            raise InvalidInputError(
                f"The token for {login.server} is not in the {login.place} any more.", hint="Log in again: mfo login."
            )
        return token

    def keep(self, login: KeptLogin, token: str) -> Place:
        """Keep a login in place of an earlier one for its server: its token in the keyring, else in the file.

        Raises:
            InvalidInputError: neither can be written.
        """
        with self._file.changing() as data:
            servers = dict(_mapping(data.get(_SERVERS)))
            place = self._put(login.server, token)
            servers[login.server] = {
                "email": login.email,
                "expires_at": login.expires_at,
                "token_id": login.token_id,
                "kept_in": place.value,
            } | ({"token": token} if place is Place.FILE else {})
            data[_SERVERS] = servers
        return place

    def forget(self, server: str) -> None:
        """Keep nothing any more for a server.

        Raises:
            InvalidInputError: the file or the keyring cannot be changed; then the login is still there.
        """
        with self._file.changing() as data:
            servers = dict(_mapping(data.get(_SERVERS)))
            if _login(server, _mapping(servers.pop(server, None))).place is Place.KEYRING:
                erase_keyring(SERVICE, server)
            data[_SERVERS] = servers

    def _put(self, server: str, token: str) -> Place:
        if not self._may_use_keyring:
            return Place.FILE
        try:
            write_keyring(SERVICE, server, token)
        except KeyringUnusableError:
            return Place.FILE
        return Place.KEYRING


def _login(server: str, data: Mapping[str, Any]) -> KeptLogin:
    ends, token = data.get("expires_at"), data.get("token")
    return KeptLogin(
        server,
        email=str(data.get("email") or ""),
        expires_at=float(ends) if isinstance(ends, int | float) else None,
        token_id=str(data.get("token_id") or ""),
        place=Place.KEYRING if data.get("kept_in") == Place.KEYRING else Place.FILE,
        token=token if isinstance(token, str) else None,
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}
