"""Every operation of the client: what the server is asked, and what its answer becomes."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from scripted_server import error, reply

from mfo_runtime.client import (
    ChatMessage,
    ChatRequest,
    EventTriggerRequest,
    JobStatus,
    Operation,
    ToolCall,
)
from mfo_runtime.errors import InvalidResponseError, NotFoundError, RequestTimeoutError

NOW = "2025-01-31T12:00:00Z"
JOB = {"id": "j1", "status": "queued", "result": None, "error": None, "metadata": {}, "created_at": NOW}
RESOURCE = {"id": "r1", "type": "email", "content": "Hello", "properties": {"from": "ada"}, "extra": 1}
NOTE = {"id": "n1", "title": "Done", "message": "All of it.", "level": "info", "read_at": None}
TRIGGER = {"id": "e1", "event_type": "job.completed", "action_type": "webhook", "action_config": {"url": "http://a"}}
WEBHOOK = {"id": "w1", "type": "event", "url": "http://a", "events": ["job.completed"], "secret": "hidden-1"}
TOKEN_ENTRY = {"id": "t1", "name": "ci", "created_at": NOW}

ASKED = [
    (Operation.CHAT_SEND, lambda c: c.chat.send("Hi"), "POST /api/chat", {"message": "Hi"}, {"content": "Hello"}),
    (Operation.CHAT_THREAD, lambda c: c.chat.get_thread("a/b"), "GET /api/chat/a%2Fb", None, {"messages": []}),
    (Operation.TOOL_LIST, lambda c: c.tools.list(), "GET /api/tools", None, {"tools": []}),
    (
        Operation.TOOL_EXECUTE,
        lambda c: c.tools.execute("adder", {"a": 1}, provider_id="p"),
        "POST /api/tools/adder",
        {"arguments": {"a": 1}, "provider_id": "p"},
        {"result": None},
    ),
    (
        Operation.MEMORY_STORE,
        lambda c: c.memory.store("k", None, metadata={"m": 1}, provider_id="p"),
        "POST /api/memory",
        {"key": "k", "value": None, "metadata": {"m": 1}, "provider_id": "p"},
        {"success": True},
    ),
    (Operation.MEMORY_GET, lambda c: c.memory.get("k"), "GET /api/memory/k", None, {"value": 1}),
    (Operation.MEMORY_UPDATE, lambda c: c.memory.update("k", [2]), "PUT /api/memory/k", {"value": [2]}, {}),
    (Operation.MEMORY_DELETE, lambda c: c.memory.delete("k"), "DELETE /api/memory/k", None, None),
    (
        Operation.RESOURCE_LIST,
        lambda c: c.resources.list("e mail"),
        "GET /api/resources?type=e+mail",
        None,
        {"resources": [RESOURCE]},
    ),
    (
        Operation.RESOURCE_CREATE,
        lambda c: c.resources.create("email", content="Hello", properties={"from": "ada"}, metadata={}),
        "POST /api/resources",
        {"type": "email", "content": "Hello", "properties": {"from": "ada"}, "metadata": {}},
        RESOURCE,
    ),
    (Operation.RESOURCE_GET, lambda c: c.resources.get("r1"), "GET /api/resources/r1", None, RESOURCE),
    (
        Operation.RESOURCE_UPDATE,
        lambda c: c.resources.update("r1", properties={"read": True}),
        "PUT /api/resources/r1",
        {"properties": {"read": True}},
        RESOURCE,
    ),
    (Operation.RESOURCE_DELETE, lambda c: c.resources.delete("r1"), "DELETE /api/resources/r1", None, {}),
    (
        Operation.JOB_CREATE,
        lambda c: c.jobs.create("index", {"all": True}, metadata={"m": 1}),
        "POST /api/jobs",
        {"type": "index", "input": {"all": True}, "metadata": {"m": 1}},
        JOB,
    ),
    (Operation.JOB_GET, lambda c: c.jobs.get("j1"), "GET /api/jobs/j1", None, JOB),
    (Operation.JOB_CANCEL, lambda c: c.jobs.cancel("j1"), "POST /api/jobs/j1/cancel", None, JOB),
    (
        Operation.NOTIFICATION_CREATE,
        lambda c: c.notifications.create("Done", "All of it.", level="info", user_id="u1"),
        "POST /api/notifications",
        {"title": "Done", "message": "All of it.", "level": "info", "user_id": "u1"},
        NOTE,
    ),
    (Operation.NOTIFICATION_GET, lambda c: c.notifications.get("n1"), "GET /api/notifications/n1", None, NOTE),
    (
        Operation.NOTIFICATION_MARK_READ,
        lambda c: c.notifications.mark_read("n1"),
        "PUT /api/notifications/n1/read",
        None,
        {"success": True},
    ),
    (Operation.NOTIFICATION_DELETE, lambda c: c.notifications.delete("n1"), "DELETE /api/notifications/n1", None, {}),
    (
        Operation.EVENT_TRIGGER_CREATE,
        lambda c: c.event_triggers.create(
            EventTriggerRequest("job.completed", "webhook", {"url": "http://a"}, filter="job.id == 1")
        ),
        "POST /api/config/event-triggers",
        {
            "event_type": "job.completed",
            "action_type": "webhook",
            "action_config": {"url": "http://a"},
            "filter": "job.id == 1",
        },
        TRIGGER,
    ),
    (
        Operation.EVENT_TRIGGER_GET,
        lambda c: c.event_triggers.get("e1"),
        "GET /api/config/event-triggers/e1",
        None,
        TRIGGER,
    ),
    (
        Operation.EVENT_TRIGGER_DELETE,
        lambda c: c.event_triggers.delete("e1"),
        "DELETE /api/config/event-triggers/e1",
        None,
        {},
    ),
    (
        Operation.WEBHOOK_CREATE,
        lambda c: c.webhooks.create("http://a", ["job.completed"], webhook_type="event", secret="hidden-1"),
        "POST /api/webhooks",
        {"url": "http://a", "events": ["job.completed"], "type": "event", "secret": "hidden-1"},
        WEBHOOK,
    ),
    (Operation.WEBHOOK_GET, lambda c: c.webhooks.get("w1"), "GET /api/webhooks/w1", None, WEBHOOK),
    (Operation.WEBHOOK_DELETE, lambda c: c.webhooks.delete("w1"), "DELETE /api/webhooks/w1", None, {}),
    (
        Operation.EVENT_LIST,
        lambda c: c.events.list(after=7, event_type="mail.arrived", page_size=2).page(1),
        "GET /api/events?after=7&type=mail.arrived&page=1&page_size=2",
        None,
        {"events": [{"sequence": 8, "id": "ev1", "type": "mail.arrived", "data": None}]},
    ),
    (
        Operation.EVENT_SEND,
        lambda c: c.events.send("mail.arrived", {"id": 1}),
        "POST /api/events",
        {"type": "mail.arrived", "data": {"id": 1}},
        {"id": "ev1"},
    ),
    (
        Operation.WEBHOOK_DELIVER,
        lambda c: c.events.deliver_webhook("uni/pile", "mails", [1]),
        "POST /webhooks/uni%2Fpile/mails",
        [1],
        {},
    ),
    (
        Operation.TRIGGER_START,
        lambda c: c.events.start_trigger("new_mail", {"a": 1}),
        "POST /api/trigger/new_mail",
        {"a": 1},
        {"run_id": "x"},
    ),
    (Operation.TOKENS_LIST, lambda c: c.tokens.list(), "GET /api/tokens", None, {"tokens": [TOKEN_ENTRY]}),
    (
        Operation.TOKENS_CREATE,
        lambda c: c.tokens.create("ci"),
        "POST /api/tokens",
        {"name": "ci"},
        TOKEN_ENTRY | {"token": "new-1"},
    ),
    (Operation.TOKENS_DELETE, lambda c: c.tokens.delete("t1"), "DELETE /api/tokens/t1", None, {}),
]


def test_no_operation_is_missing_here():
    assert {operation for operation, *_ in ASKED} == set(Operation) - {Operation.LOG_IN}


each_operation = pytest.mark.parametrize("row", ASKED, ids=[row[0].value for row in ASKED])
ONLY_SAY_THAT_IT_HAPPENED = {
    Operation.MEMORY_STORE,
    Operation.MEMORY_UPDATE,
    Operation.MEMORY_DELETE,
    Operation.RESOURCE_DELETE,
    Operation.NOTIFICATION_MARK_READ,
    Operation.NOTIFICATION_DELETE,
    Operation.EVENT_TRIGGER_DELETE,
    Operation.WEBHOOK_DELETE,
    Operation.TOKENS_DELETE,
}
PASSED_ON_AS_THEY_CAME = {Operation.EVENT_SEND, Operation.WEBHOOK_DELIVER, Operation.TRIGGER_START}


@each_operation
async def test_what_the_server_is_asked(server, connect, row):
    _, ask, line, body, answer = row
    server.script(reply(204) if answer is None else reply(200, answer))
    await ask(await connect())
    (request,) = server.requests
    assert f"{request.method} {request.target}" == line
    assert (request.json if request.body else None) == body
    assert ("idempotency-key" in request.headers) == (request.method != "GET")
    assert ("content-type" in request.headers) == (body is not None)


@each_operation
@pytest.mark.parametrize("wrong", [5, "text", ["x"], {"id": {}, "status": 5, "tools": 5, "success": "yes"}])
async def test_an_answer_of_a_wrong_shape(server, connect, row, wrong):
    operation, ask, *_ = row
    server.script(reply(200, wrong))
    client = await connect()
    if operation in PASSED_ON_AS_THEY_CAME:
        assert await ask(client) == wrong
    elif operation in ONLY_SAY_THAT_IT_HAPPENED and not isinstance(wrong, dict):
        assert await ask(client) is None
    else:
        with pytest.raises(InvalidResponseError, match=re.escape(operation)):
            await ask(client)


async def test_a_whole_chat_request_and_its_reply(server, connect):
    answer = {
        "message_id": "m1",
        "content": None,
        "thread_id": "t1",
        "tool_calls": [{"name": "tag", "arguments": {"tag": "a"}}, {"name": "tag", "arguments": '{"tag": "b"}'}],
        "usage": {"total_tokens": 7},
        "metadata": {"source": "flow"},
        "news": True,
    }
    server.script(reply(200, answer))
    request = ChatRequest(
        messages=[ChatMessage("system", "Be brief."), ChatMessage("user", "Hi")],
        thread_id="t1",
        provider_id="scripted",
        model_id="m",
        tools=["tag", {"name": "x", "parameters": {}}],
        tool_choice="auto",
        options={"temperature": 0},
        metadata={"source": "flow"},
    )
    got = await (await connect()).chat.send(request)
    assert server.requests[0].json == {
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
        "thread_id": "t1",
        "provider_id": "scripted",
        "model_id": "m",
        "tools": ["tag", {"name": "x", "parameters": {}}],
        "tool_choice": "auto",
        "options": {"temperature": 0},
        "metadata": {"source": "flow"},
    }
    assert (got.message_id, got.content, got.thread_id) == ("m1", "", "t1")
    assert got.tool_calls == (ToolCall("tag", {"tag": "a"}), ToolCall("tag", {"tag": "b"}))
    assert got.usage == {"total_tokens": 7}
    assert got.data["news"] is True


@pytest.mark.parametrize("arguments", ["", "{", "[1]", 5, ["a"]])
async def test_tool_arguments_that_are_no_map(server, connect, arguments):
    server.script(reply(200, {"tool_calls": [{"name": "tag", "arguments": arguments}]}))
    with pytest.raises(InvalidResponseError, match=r"tool_calls\[0\].arguments"):
        await (await connect()).chat.send("Hi")


async def test_a_thread_has_its_messages(server, connect):
    messages = [{"role": "user", "content": "Hi", "id": 1}, {"role": "assistant", "content": None}]
    server.script(reply(200, {"id": "t1", "messages": messages, "created_at": NOW}))
    thread = await (await connect()).chat.get_thread("t1")
    assert thread.messages == (ChatMessage("user", "Hi"), ChatMessage("assistant", ""))
    assert thread.created_at == datetime(2025, 1, 31, 12, tzinfo=UTC)
    assert thread.data["messages"] == messages


async def test_a_resource_keeps_what_the_client_does_not_know(server, connect):
    server.script(reply(200, RESOURCE | {"id": 17}))
    resource = await (await connect()).resources.get("17")
    assert (resource.id, resource.content, resource.properties) == ("17", "Hello", {"from": "ada"})
    assert resource.data["extra"] == 1


async def test_an_older_servers_notification_is_understood(server, connect):
    server.script(reply(200, {"id": "n1", "title": "Done", "content": "All of it.", "type": "info"}))
    note = await (await connect()).notifications.get("n1")
    assert (note.message, note.level) == ("All of it.", "info")


async def test_secrets_of_webhooks_and_tokens_are_not_kept(server, connect):
    client = await connect()
    server.script(reply(200, WEBHOOK))
    assert "hidden-1" not in repr(vars_of(await client.webhooks.get("w1")))
    server.script(reply(200, TOKEN_ENTRY | {"token": "new-1"}))
    created = await client.tokens.create("ci")
    assert created.token == "new-1"
    assert "new-1" not in f"{created!r} {created.data}"


def vars_of(value):
    return {name: getattr(value, name) for name in value.__slots__}


async def test_waiting_for_a_job_asks_until_it_has_ended(server, connect, time):
    states = ["queued", "running", "running", "completed"]
    server.script(*(reply(200, JOB | {"status": status, "result": {"n": 1}}) for status in states))
    job = await (await connect()).jobs.wait("j1", 60)
    assert (job.status, job.result) == (JobStatus.COMPLETED, {"n": 1})
    assert len(server.requests) == 4
    assert time.slept == pytest.approx([0.1, 0.15, 0.225])


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
async def test_a_job_that_has_ended_is_asked_for_once(server, connect, time, status):
    server.script(reply(200, JOB | {"status": status, "error": "disk full"}))
    job = await (await connect()).jobs.wait("j1", 0)
    assert (job.status.value, job.error, time.slept) == (status, "disk full", [])


async def test_a_job_that_does_not_end_in_time(server, connect, time):
    server.script(reply(200, JOB | {"status": "running"}))
    with pytest.raises(RequestTimeoutError, match="Job j1 was still running after 60 s") as caught:
        await (await connect()).jobs.wait("j1", 60)
    assert not caught.value.transient
    assert sum(time.slept) == pytest.approx(60)
    assert len(server.requests) < 30


async def test_a_job_that_vanishes_while_waiting(server, connect):
    server.script(reply(200, JOB), error(404, "not_found", "no job j1"))
    with pytest.raises(NotFoundError, match="no job j1"):
        await (await connect()).jobs.wait("j1", 60)


@pytest.mark.parametrize("answer", [reply(204), reply(200, {"success": True})])
async def test_a_cancelled_job_is_read_where_the_answer_does_not_show_it(server, connect, answer):
    server.answer = lambda request: answer if request.method == "POST" else reply(200, JOB | {"status": "cancelled"})
    assert (await (await connect()).jobs.cancel("j1")).status is JobStatus.CANCELLED


async def test_a_time_that_is_no_time(server, connect):
    server.script(reply(200, JOB | {"created_at": "yesterday"}))
    with pytest.raises(InvalidResponseError, match=r"created_at in the answer to jobs.get is not a time"):
        await (await connect()).jobs.get("j1")
