"""The users of a server: added, listed, disabled, given another password; it knows no request and no token's text."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from mfo_runtime.server.database import Database
from mfo_runtime.server.failures import ApiError, ErrorCode, conflict, not_found
from mfo_runtime.server.identifiers import Dates, Identifiers
from mfo_runtime.server.passwords import NOBODY, hashed

LOCAL_EMAIL = "local@localhost"
MIN_PASSWORD = 8
MAX_PASSWORD = 1000
_LONGEST_EMAIL = 200


@dataclass(frozen=True, slots=True)
class Person:
    """A user who can log in.

    Attributes:
        id: how the server names the user.
        email: the address to log in with, in small letters.
        created_at: when the user was added, as ISO 8601 in UTC.
        disabled_at: since when the user is refused; None for one who is not.
        tokens: how many API tokens the user has.
    """

    id: str
    email: str
    created_at: str
    disabled_at: str | None
    tokens: int


class People:
    """The table of users; each of them is named by an address, in any case."""

    def __init__(self, database: Database, identifiers: Identifiers, dates: Dates) -> None:
        self._database = database
        self._identifiers = identifiers
        self._dates = dates

    def add(self, email: str, password: str) -> str:
        """Store a user and give the id.

        Raises:
            ApiError: the address is taken (409) or none, or the password is too short (400).
        """
        if not 0 < len(email) <= _LONGEST_EMAIL or email.strip() != email or not email.isprintable():
            raise ApiError(
                ErrorCode.VALIDATION, f"the address is empty, longer than {_LONGEST_EMAIL} characters, or no text"
            )
        kept = _checked_hash(password)
        user_id = self._identifiers.make("user")
        try:
            self._insert(user_id, email.casefold(), kept)
        except sqlite3.IntegrityError as error:
            raise conflict("there is a user with this address already") from error
        return user_id

    def local_user(self) -> str:
        """The id of the user on whose behalf a local program calls; nobody can log in as this one."""
        with self._database.transaction():
            row = self._database.row("SELECT id FROM users WHERE email = ?", (LOCAL_EMAIL,))
            if row is not None:
                return str(row["id"])
            user_id = self._identifiers.make("user")
            self._insert(user_id, LOCAL_EMAIL, NOBODY)
            return user_id

    def are_there(self) -> bool:
        """Whether there is a user who can log in."""
        query = "SELECT 1 FROM users WHERE email <> ? AND disabled_at IS NULL"
        return self._database.row(query, (LOCAL_EMAIL,)) is not None

    def all(self) -> tuple[Person, ...]:
        """Every user who can log in or could, in the order in which they were added."""
        rows = self._database.rows(
            """SELECT id, email, created_at, disabled_at,
                      (SELECT COUNT(*) FROM tokens WHERE user_id = users.id) AS tokens
               FROM users WHERE email <> ? ORDER BY created_at, email""",
            (LOCAL_EMAIL,),
        )
        return tuple(
            Person(row["id"], row["email"], row["created_at"], row["disabled_at"], row["tokens"]) for row in rows
        )

    def disable(self, email: str) -> None:
        """Refuse a user from now on: logins, what a login gave, and API tokens, which count again once enabled.

        Raises:
            ApiError: there is no such user (404).
        """
        self._change(email, "disabled_at = COALESCE(disabled_at, ?), logins = logins + 1", self._dates.now())

    def enable(self, email: str) -> None:
        """Let a user in again; raises a 404 where there is none."""
        self._change(email, "disabled_at = ?", None)

    def set_password(self, email: str, password: str) -> None:
        """Give a user another password; what a login with the old one gave is no longer good.

        Raises:
            ApiError: there is no such user (404), or the password is too short (400).
        """
        self._change(email, "password = ?, logins = logins + 1", _checked_hash(password))

    def _insert(self, user_id: str, email: str, kept: str) -> None:
        self._database.write(
            "INSERT INTO users (id, email, password, created_at) VALUES (?, ?, ?, ?)",
            (user_id, email, kept, self._dates.now()),
        )

    def _change(self, email: str, assignments: str, value: str | None) -> None:
        changed = self._database.write(
            f"UPDATE users SET {assignments} WHERE email = ? AND email <> ?",  # noqa: S608 - constant assignments
            (value, email.casefold(), LOCAL_EMAIL),
        )
        if not changed:
            raise not_found("user")


def _checked_hash(password: str) -> str:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise ApiError(ErrorCode.VALIDATION, f"the password has not {MIN_PASSWORD} to {MAX_PASSWORD} characters")
    return hashed(password)
