"""Where each operation is, and how an id becomes part of a path."""

from __future__ import annotations

import pytest
from scripted_server import reply

from mfo_runtime.client import ROUTES, MfoClient, Operation, Route
from mfo_runtime.errors import InvalidInputError

DIALECT = """
POST /auth/login
GET /api/tokens
POST /api/tokens
DELETE /api/tokens/:id
POST /api/chat
GET /api/chat/:thread_id
GET /api/tools
POST /api/tools/:tool_id
POST /api/memory
GET /api/memory/:key
PUT /api/memory/:key
DELETE /api/memory/:key
GET /api/resources
POST /api/resources
GET /api/resources/:id
PUT /api/resources/:id
DELETE /api/resources/:id
POST /api/jobs
GET /api/jobs/:id
POST /api/jobs/:id/cancel
POST /api/notifications
GET /api/notifications/:id
DELETE /api/notifications/:id
PUT /api/notifications/:id/read
POST /api/config/event-triggers
GET /api/config/event-triggers/:id
DELETE /api/config/event-triggers/:id
POST /api/webhooks
GET /api/webhooks/:id
DELETE /api/webhooks/:id
POST /api/events
POST /webhooks/:provider/:webhook_id
POST /api/trigger/:trigger_id
"""
OURS = """
GET /api/events
"""
"""What the local server has besides."""


def shape(line):
    return [segment if segment[:1] not in (":", "{") else "*" for segment in line.split("/")]


def test_the_table_is_the_dialects():
    ours = [shape(f"{route.method} {route.path}") for route in ROUTES.values()]
    assert sorted(ours) == sorted(shape(line) for line in (DIALECT + OURS).split("\n") if line)
    assert set(ROUTES) == set(Operation)


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("plain-id_1.txt~", "/api/memory/plain-id_1.txt~"),
        ("a/b", "/api/memory/a%2Fb"),
        ("../../auth/login", "/api/memory/..%2F..%2Fauth%2Flogin"),
        (".", "/api/memory/%2E"),
        ("..", "/api/memory/%2E%2E"),
        ("a b?c#d%e", "/api/memory/a%20b%3Fc%23d%25e"),
        ("%2F", "/api/memory/%252F"),
        ("clé/漢🎉", "/api/memory/cl%C3%A9%2F%E6%BC%A2%F0%9F%8E%89"),
        ("a\r\nX-Evil: 1", "/api/memory/a%0D%0AX-Evil%3A%201"),
        ("\x00", "/api/memory/%00"),
        ("{key}", "/api/memory/%7Bkey%7D"),
    ],
)
async def test_any_key_is_one_segment_on_the_wire(server, connect, key, path):
    server.script(reply(200, {"value": 1}))
    await (await connect()).memory.get(key)
    assert server.requests[0].target == path


@pytest.mark.parametrize("key", ["", "\ud800"])
async def test_a_key_that_no_path_can_carry_is_refused(server, connect, key):
    with pytest.raises(InvalidInputError, match=r"^key is"):
        await (await connect()).memory.get(key)
    assert server.requests == []


async def test_a_base_url_with_a_path_keeps_it(server, connect):
    server.script(reply(200, {"tools": []}))
    await (await connect(base_url=f"{server.url}/mfo/v1/")).tools.list()
    assert server.requests[0].target == "/mfo/v1/api/tools"


async def test_another_edition_of_the_server_is_another_table(server, connect):
    server.script(reply(200, {"tools": []}))
    settings = (await connect()).settings
    routes = {**ROUTES, Operation.TOOL_LIST: Route("GET", "/v2/instruments")}
    async with MfoClient(settings, routes=routes) as client:
        await client.tools.list()
    assert server.requests[0].target == "/v2/instruments"
