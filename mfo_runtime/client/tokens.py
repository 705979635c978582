"""API tokens of the account that asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mfo_runtime.client.answers import Answer, done
from mfo_runtime.client.bodies import given
from mfo_runtime.client.calls import Calls
from mfo_runtime.client.pages import Listing
from mfo_runtime.client.routes import Operation


@dataclass(frozen=True, slots=True)
class ApiToken:
    """An API token; ``scopes`` says what it is for, where the server tells. ``token``, the secret itself, is only there when it has just been created."""

    id: str
    name: str
    created_at: datetime | None
    scopes: tuple[str, ...] = ()
    token: str | None = field(default=None, repr=False)
    data: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)


class Tokens:
    """``/api/tokens``."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def list(self) -> tuple[ApiToken, ...]:
        """All tokens, without the secrets, from all pages."""
        return await self.each().all()

    def each(self, *, page_size: int | None = None) -> Listing[ApiToken]:
        """All tokens, without the secrets, to be iterated over or read page by page."""
        return Listing(self._calls, Operation.TOKENS_LIST, "tokens", _token, page_size=page_size)

    async def create(self, name: str, *, scopes: Sequence[str] | None = None) -> ApiToken:
        """Create a token; this is the one time that its secret is told.

        Args:
            name: what it is called in lists.
            scopes: what it is for, such as ``memory:read``; None: whatever the token that creates it is for.
        """
        body = {"name": name} | given(scopes=None if scopes is None else list(scopes))
        answer = Answer.of(await self._calls(Operation.TOKENS_CREATE, body=body))
        answer.text("token")
        return _token(answer)

    async def delete(self, token_id: str) -> None:
        """Make a token invalid."""
        done(await self._calls(Operation.TOKENS_DELETE, {"token_id": token_id}))


def _token(answer: Answer) -> ApiToken:
    return ApiToken(
        id=answer.identifier("id"),
        name=answer.optional_text("name"),
        created_at=answer.moment("created_at"),
        scopes=answer.texts("scopes"),
        token=answer.optional_text("token") or None,
        data={key: value for key, value in answer.data.items() if key != "token"},
    )
