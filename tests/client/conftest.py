from __future__ import annotations

from contextlib import AsyncExitStack

import pytest
from scripted_server import FakeClock, ScriptedServer

from mfo_runtime.client import ClientSettings, MfoClient, RetryPolicy

TOKEN = "mfo-secret-token-1234567890"
PASSWORD = "correct horse battery staple"


@pytest.fixture
async def server():
    async with ScriptedServer() as running:
        yield running


@pytest.fixture
def time():
    return FakeClock()


@pytest.fixture
async def connect(server, time):
    """Gives clients of the server: ``connect(**settings)``; all are closed in the end."""
    async with AsyncExitStack() as stack:

        async def connect(*, on_attempt=None, **settings):
            settings = {"base_url": server.url, "token": TOKEN, "retry": RetryPolicy(jitter=False)} | settings
            client = MfoClient(ClientSettings(**settings), clock=time.clock(), on_attempt=on_attempt)
            return await stack.enter_async_context(client)

        yield connect
