"""The project's own client against the server: every operation once."""

from __future__ import annotations

from conftest import WAIT

from mfo_runtime.client import ClientSettings, MfoClient
from mfo_runtime.client.event_triggers import EventTriggerRequest


async def test_the_client_and_the_server_understand_each_other(start, outbox):
    api = start(sender=outbox)
    async with MfoClient(ClientSettings(base_url=api.server.url, token=api.server.token)) as client:
        reply = await client.chat.send("hello")
        assert (reply.content, reply.usage["output_tokens"]) == ("hello", 2)
        assert [message.role for message in (await client.chat.get_thread(reply.thread_id)).messages] == [
            "user",
            "assistant",
        ]
        assert "calculator" in [tool.id for tool in await client.tools.list()]
        assert (await client.tools.execute("calculator", {"expression": "1 + 1"})).result == 2
        await client.memory.store("a/b?", {"n": 1})
        await client.memory.update("a/b?", {"n": 2})
        assert (await client.memory.get("a/b?")).value == {"n": 2}
        await client.memory.delete("a/b?")
        resource = await client.resources.create("email", content="c", properties={"p": 1})
        assert (await client.resources.update(resource.id, properties={"p": 2})).properties == {"p": 2}
        assert [found.id for found in await client.resources.list("email")] == [resource.id]
        assert (await client.resources.get(resource.id)).content == "c"
        await client.resources.delete(resource.id)
        job = await client.jobs.create("echo", {"x": 1})
        assert (await client.jobs.wait(job.id, WAIT)).result == {"x": 1}
        waiting = await client.jobs.create("sleep", {"duration": "1h"})
        assert (await client.jobs.cancel(waiting.id)).status == "cancelled"
        notification = await client.notifications.create("t", "m", level="warning")
        await client.notifications.mark_read(notification.id)
        assert (await client.notifications.get(notification.id)).read_at is not None
        await client.notifications.delete(notification.id)
        trigger = await client.event_triggers.create(
            EventTriggerRequest("job.completed", "webhook", {"url": "http://x.test"}, filter='job.id == "j"')
        )
        assert (await client.event_triggers.get(trigger.id)).action_type == "webhook"
        await client.event_triggers.delete(trigger.id)
        webhook = await client.webhooks.create("http://x.test", ["nothing"], secret="s")
        assert (await client.webhooks.get(webhook.id)).events == ("nothing",)
        await client.webhooks.delete(webhook.id)
        made = await client.tokens.create("laptop")
        assert [token.id for token in await client.tokens.list()] == [made.id]
        await client.tokens.delete(made.id)
        for accepted in (
            await client.events.send("mine", {"a": 1}),
            await client.events.start_trigger("t", {"b": 2}),
        ):
            assert accepted["accepted"] is True
    assert len(api.ok("GET", "/api/events?type=trigger.fired")["events"]) == 1
