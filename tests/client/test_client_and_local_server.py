"""The client against the local MFO server: both sides of dialect section 12 mean the same."""

from __future__ import annotations

import pytest

from mfo_runtime.client import (
    CallOptions,
    ChatRequest,
    ClientSettings,
    EventTriggerRequest,
    JobStatus,
    MfoClient,
    RetryPolicy,
)
from mfo_runtime.errors import AuthenticationError, ConflictError, ConnectionFailedError, NotFoundError, ValidationError
from mfo_runtime.server import ServerSettings, add_user, start_server
from tests.effort import PATIENCE

EMAIL, PASSWORD = "ada@example.org", "correct horse battery staple"


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    settings = ServerSettings(data_dir=tmp_path_factory.mktemp("server"))
    add_user(settings, EMAIL, PASSWORD)
    with start_server(settings) as running:
        yield running


@pytest.fixture
async def client(local):
    async with MfoClient(ClientSettings(base_url=local.url, token=local.token)) as connected:
        yield connected


async def test_an_account_logs_in(local):
    async with MfoClient(ClientSettings(base_url=local.url, email=EMAIL, password=PASSWORD)) as client:
        assert await client.tools.list()


async def test_a_wrong_password_and_a_wrong_token_are_refused(local):
    for wrong in ({"email": EMAIL, "password": "not this one"}, {"token": "mfo-wrong-token"}):
        async with MfoClient(ClientSettings(base_url=local.url, **wrong)) as client:
            with pytest.raises(AuthenticationError):
                await client.tools.list()


async def test_a_chat_goes_on_in_its_thread(client):
    first = await client.chat.send("Good morning")
    await client.chat.send(ChatRequest(message="Good night", thread_id=first.thread_id))
    thread = await client.chat.get_thread(first.thread_id)
    assert [message.content for message in thread.messages if message.role == "user"] == ["Good morning", "Good night"]


@pytest.mark.parametrize("key", ["plain", "a/b/c", "..", "é 漢?#%&+", " ", "a%2Fb"])
async def test_memory_keeps_any_key(client, key):
    await client.memory.store(key, {"n": [1, None, "é"]}, metadata={"m": 1})
    entry = await client.memory.get(key)
    assert (entry.key, entry.value, entry.metadata) == (key, {"n": [1, None, "é"]}, {"m": 1})
    await client.memory.update(key, 2)
    assert (await client.memory.get(key)).value == 2
    await client.memory.delete(key)
    with pytest.raises(NotFoundError):
        await client.memory.get(key)


async def test_resources(client):
    created = await client.resources.create("e mail", content="Hello", properties={"from": "ada"})
    assert created in await client.resources.list("e mail")
    assert created not in await client.resources.list("other")
    updated = await client.resources.update(created.id, properties={"read": True})
    assert await client.resources.get(created.id) == updated
    await client.resources.delete(created.id)
    with pytest.raises(NotFoundError):
        await client.resources.get(created.id)


async def test_a_job_is_waited_for_and_cannot_be_cancelled_afterwards(client):
    job = await client.jobs.wait((await client.jobs.create("echo", {"a": 1})).id, PATIENCE)
    assert (job.status, job.result) == (JobStatus.COMPLETED, {"a": 1})
    with pytest.raises(ConflictError):
        await client.jobs.cancel(job.id)


async def test_notifications(client):
    note = await client.notifications.create("Done", "All of it.", level="success", metadata={"m": 1})
    assert (note.title, note.message, note.level, note.read_at) == ("Done", "All of it.", "success", None)
    await client.notifications.mark_read(note.id)
    assert (await client.notifications.get(note.id)).read_at is not None
    await client.notifications.delete(note.id)


async def test_event_triggers_webhooks_and_events(client):
    request = EventTriggerRequest("job.completed", "webhook", {"url": "http://127.0.0.1:9/x"})
    trigger = await client.event_triggers.create(request)
    assert (await client.event_triggers.get(trigger.id)).action_config["url"] == "http://127.0.0.1:9/x"
    await client.event_triggers.delete(trigger.id)
    webhook = await client.webhooks.create("http://127.0.0.1:9/x", ["a.b"], webhook_type="event", secret="hush-hush")
    assert (await client.webhooks.get(webhook.id)).events == ("a.b",)
    await client.webhooks.delete(webhook.id)
    assert (await client.events.send("something.happened", {"a": 1}))["accepted"] is True


async def test_tokens_let_in_until_they_are_deleted(client, local):
    created = await client.tokens.create("ci")
    assert created.id in [token.id for token in await client.tokens.list()]
    async with MfoClient(ClientSettings(base_url=local.url, token=created.token)) as other:
        assert await other.tools.list()
        await client.tokens.delete(created.id)
        with pytest.raises(AuthenticationError):
            await other.tools.list()


async def test_a_write_that_is_repeated_under_its_key_happens_once(client):
    options = CallOptions(idempotency_key="run-1/notify")
    first, again = [await client.with_options(options).notifications.create("Once", "Only.") for _ in range(2)]
    assert first.id == again.id
    assert (await client.notifications.create("Once", "Only.")).id != first.id


async def test_what_the_server_finds_wrong_is_said(client):
    with pytest.raises(ValidationError, match="level"):
        await client.notifications.create("t", "m", level="shouting")


async def test_a_server_that_has_stopped_is_said_to_be_away(tmp_path):
    with start_server(ServerSettings(data_dir=tmp_path)) as running:
        settings = ClientSettings(base_url=running.url, token=running.token, retry=RetryPolicy(max_attempts=1))
    async with MfoClient(settings) as client:
        with pytest.raises(ConnectionFailedError, match="No connection to"):
            await client.tools.list()
