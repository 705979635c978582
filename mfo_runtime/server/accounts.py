"""Who may call: users with passwords, API tokens, and the signed tokens of a log-in.

Passwords are kept as scrypt hashes and API tokens as SHA-256 digests (they are random, so no slow hash is needed);
neither can be read back from the database. All users share what is stored: a local server has one tenant.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import jwt

from mfo_runtime.server.database import Database, from_json, to_json
from mfo_runtime.server.failures import ApiError, ErrorCode, SettingsError
from mfo_runtime.server.identifiers import Dates, Identifiers
from mfo_runtime.server.passwords import NOBODY, fits
from mfo_runtime.server.people import People
from mfo_runtime.server.scopes import Caller

TOKEN_PREFIX = "mfo_"  # noqa: S105 - how tokens start, not one of them

_KEY_BYTES = 32
_ALGORITHM = "HS256"
_LOGINS = "logins"
"""The claim that says how often the user's logins had been ended before this one."""


class Accounts:
    """Tokens of users, in the database; the key that signs log-ins, in a file beside it.

    Attributes:
        people: the users.
    """

    def __init__(self, database: Database, identifiers: Identifiers, dates: Dates, key: bytes) -> None:
        self._database = database
        self._identifiers = identifiers
        self._dates = dates
        self._key = key
        self._admitted: dict[str, Caller] = {}
        self.people = People(database, identifiers, dates)

    def admit(self, token: str) -> None:
        """Let in whoever shows this token, as the local user and for as long as this process runs."""
        self._admitted[_digest(token)] = Caller(self.people.local_user())

    async def log_in(self, email: str, password: str, lifetime: float) -> str:
        """A signed token for the user with this address and password, good for ``lifetime`` seconds.

        Raises:
            ApiError: there is no such user, or the password is another one; the two cannot be told apart.
        """
        row = self._database.row(
            "SELECT id, password, logins FROM users WHERE email = ? AND disabled_at IS NULL", (email.casefold(),)
        )
        kept = str(row["password"]) if row is not None else NOBODY
        is_right = await asyncio.to_thread(fits, password, kept)
        if row is None or not is_right:
            raise ApiError(ErrorCode.AUTHENTICATION, "wrong email or password")
        issued = int(self._dates.seconds())
        claims = {
            "sub": str(row["id"]),
            "iat": issued,
            "exp": issued + int(lifetime),
            "jti": secrets.token_hex(8),
            _LOGINS: row["logins"],
        }
        return jwt.encode(claims, self._key, _ALGORITHM)  # pyright: ignore[reportUnknownMemberType]

    def caller_of(self, token: str) -> Caller | None:
        """Who holds an API token or the token of a log-in, which is for everything; None where it is not good."""
        digest = _digest(token)
        if digest in self._admitted:
            return self._admitted[digest]
        row = self._database.row(
            """SELECT user_id, scopes FROM tokens JOIN users ON users.id = user_id
               WHERE digest = ? AND disabled_at IS NULL""",
            (digest,),
        )
        if row is not None:
            return Caller(str(row["user_id"]), tuple(from_json(row["scopes"])))
        user_id = self._logged_in_user(token)
        return Caller(user_id) if user_id is not None else None

    def _logged_in_user(self, token: str) -> str | None:
        try:
            claims = jwt.decode(  # pyright: ignore[reportUnknownMemberType]
                token,
                self._key,
                [_ALGORITHM],
                options={"require": ["sub", "exp"], "verify_exp": False, "verify_iat": False},
            )
            is_current = float(claims["exp"]) > self._dates.seconds()
        except (jwt.InvalidTokenError, ValueError, TypeError):
            return None
        row = self._database.row(
            "SELECT id, logins FROM users WHERE id = ? AND disabled_at IS NULL", (str(claims["sub"]),)
        )
        is_current = is_current and row is not None and claims.get(_LOGINS, 0) == row["logins"]
        return str(row["id"]) if row is not None and is_current else None

    def add_token(self, user_id: str, name: str, scopes: Sequence[str]) -> tuple[str, str]:
        """Store a new random API token for a user; gives its id and the token itself, which is not kept."""
        clear = TOKEN_PREFIX + secrets.token_urlsafe(_KEY_BYTES)
        token_id = self._identifiers.make("token")
        self._database.write(
            "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?)",
            (token_id, user_id, name, _digest(clear), self._dates.now(), to_json(list(scopes))),
        )
        return token_id, clear


def signing_key(path: Path) -> bytes:
    """The key in a file that only its owner may read; made where it is missing.

    Raises:
        SettingsError: the file cannot be read or made, or others may read it.
    """
    try:
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return _existing_key(path)
        key = secrets.token_bytes(_KEY_BYTES)
        with os.fdopen(handle, "wb") as file:
            file.write(key)
    except OSError as error:
        raise SettingsError(f"{path}: the signing key cannot be read or made ({error.strerror})") from error
    return key


def _existing_key(path: Path) -> bytes:
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise SettingsError(f"{path}: others may read the signing key; give it mode 0600, or delete it")
    key = path.read_bytes()
    if len(key) < _KEY_BYTES:
        raise SettingsError(f"{path}: the signing key is damaged; delete it, a new one is made")
    return key


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
