"""Who asks: a token that is given, or one that a login brings; many tasks that meet a 401 at once log in once.

It knows the login only as a function, and never says a token or a password.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from copy import copy
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from mfo_runtime.client.chain import Call, Handler, Reply
from mfo_runtime.errors import AuthenticationError, MfoError


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account that can log in."""

    email: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """What a login brings: a token, and for how many seconds it is good, where the server says."""

    token: str = field(repr=False)
    expires_in: float | None = None


LogIn: TypeAlias = Callable[[Credentials], Awaitable[str]]


class TokenSource:
    """The token of the moment, and the one login under way, if any.

    A login that the server refuses is not tried again: the same password would be refused again, and accounts get locked.
    """

    def __init__(self, token: str | None, credentials: Credentials | None, log_in: LogIn) -> None:
        self._token = token
        self._credentials = credentials
        self._log_in = log_in
        self._login: asyncio.Task[str] | None = None
        self._is_refused = False
        self._issued: list[str] = [token] if token else []

    @property
    def can_log_in(self) -> bool:
        """Whether there is an account to log in with."""
        return self._credentials is not None

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that no message may show."""
        password = (self._credentials.password,) if self._credentials else ()
        return (*self._issued, *password)

    async def current(self) -> str | None:
        """The token to use; logs in first where there is an account and no token yet. None: nobody is known."""
        if self._token is None and self._credentials is not None:
            return await self.renewed(None)
        return self._token

    async def renewed(self, stale: str | None) -> str:
        """A token other than ``stale``: another task's, where one has logged in meanwhile, else by one login for all.

        Raises:
            AuthenticationError: the server refuses the account, now or in an earlier login.
            ServerError: the login failed otherwise.
        """
        if self._token is not None and self._token != stale:
            return self._token
        if self._credentials is None or self._is_refused:
            raise AuthenticationError(
                "The server refused the login.", hint="Check the email and the password, then start again."
            )
        if self._login is None or self._login.done():
            self._login = asyncio.create_task(self._logged_in(self._credentials))
            self._login.add_done_callback(_acknowledge)
        try:
            return await asyncio.shield(self._login)
        except MfoError as error:
            shared = error
        raise copy(shared)

    async def aclose(self) -> None:
        """End a login that is under way."""
        if self._login is not None:
            self._login.cancel()
            await asyncio.gather(self._login, return_exceptions=True)

    async def _logged_in(self, credentials: Credentials) -> str:
        try:
            token = await self._log_in(credentials)
        except AuthenticationError:
            self._is_refused = True
            raise
        self._token = token
        self._issued = [*self._issued[-1:], token]
        return token


def _acknowledge(login: asyncio.Task[str]) -> None:
    """Look at the outcome, also where everybody who waited for it is gone."""
    if not login.cancelled():
        _ = login.exception()  # noqa: LOG004 - a task's, not a logger's


class Authorization:
    """The step that says who asks, and that asks once more with a new token when the old one is refused."""

    def __init__(self, tokens: TokenSource) -> None:
        self._tokens = tokens

    async def __call__(self, call: Call, go_on: Handler) -> Reply:
        """Send the call with the token; raises ``AuthenticationError`` where a new token is refused too."""
        token = await self._tokens.current()
        try:
            return await go_on(replace(call, token=token))
        except AuthenticationError:
            if not self._tokens.can_log_in:
                raise
        return await go_on(replace(call, token=await self._tokens.renewed(token)))
