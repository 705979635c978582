"""Logging in, and API tokens."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from mfo_runtime.server.database import from_json
from mfo_runtime.server.endpoint import Answer, Call, Endpoint
from mfo_runtime.server.failures import not_found
from mfo_runtime.server.pages import PAGES, page_of_rows
from mfo_runtime.server.scopes import SCOPES, Caller, check_scope
from mfo_runtime.server.shapes import NAME, body

_LOG_IN = body({"email": NAME, "password": {"type": "string", "minLength": 1, "maxLength": 1000}}, "email", "password")


_SCOPES = {"type": ["array", "null"], "items": {"enum": list(SCOPES)}, "minItems": 1, "maxItems": len(SCOPES)}


async def _log_in(call: Call) -> Callable[[], Answer]:
    lifetime = call.service.settings.token_lifetime
    token = await call.service.accounts.log_in(call.body["email"], call.body["password"], lifetime)
    return lambda: Answer({"token": token, "token_type": "Bearer", "expires_in": int(lifetime)})


def _list(call: Call) -> Answer:
    selection = "FROM tokens WHERE user_id = ?"
    return Answer(
        page_of_rows(call.service.store.database, selection, (call.user_id,), _show, name="tokens", query=call.query)
    )


def _create(call: Call) -> Answer:
    scopes: list[str] = call.body.get("scopes") or list(call.scopes)
    for scope in scopes:
        check_scope(Caller(call.user_id, tuple(call.scopes)), scope)
    token_id, token = call.service.accounts.add_token(call.user_id, call.body.get("name") or "token", scopes)
    row = call.service.store.database.row("SELECT * FROM tokens WHERE id = ?", (token_id,))
    assert row is not None
    return Answer({**_show(row), "token": token})


def _delete(call: Call) -> Answer:
    changed = call.service.store.database.write(
        "DELETE FROM tokens WHERE id = ? AND user_id = ?", (call.path["id"], call.user_id)
    )
    if not changed:
        raise not_found("token")
    return Answer({"success": True})


def _show(row: sqlite3.Row) -> dict[str, Any]:
    return {"id": row["id"], "name": row["name"], "scopes": from_json(row["scopes"]), "created_at": row["created_at"]}


ENDPOINTS = (
    Endpoint("POST", "/auth/login", _log_in, "Exchange an email and a password for a token", _LOG_IN, is_public=True),
    Endpoint("GET", "/api/tokens", _list, "List one's API tokens, without the tokens themselves", query=PAGES),
    Endpoint(
        "POST",
        "/api/tokens",
        _create,
        "Make an API token; it is shown this once, and has at most the scopes of the token that makes it",
        body({"name": NAME, "scopes": _SCOPES}),
        201,
        is_replayable=False,
    ),
    Endpoint("DELETE", "/api/tokens/{id}", _delete, "Revoke one of one's API tokens"),
)
