"""Sessions: what goes on over several runs, for how long, and how many of them."""

from __future__ import annotations

import pytest

from mfo_runtime.agents import (
    DEFAULT_MAX_SESSIONS,
    DEFAULT_SESSION_TTL,
    Engine,
    Message,
    MockAdapter,
    Session,
    SessionManager,
    ToolCall,
    new_step,
    simple_step,
)

STEP = simple_step("ask", "Ask.", "{{ .q }}")


class Time:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


async def test_a_session_goes_on_by_the_ids_of_replies():
    adapter = MockAdapter("one", "two", keeps_sessions=True)
    async with Engine(adapter) as engine:
        await engine.run_with_session("s", STEP, {"q": "a"})
        context, _ = await engine.run_with_session("s", STEP, {"q": "b"})
        assert [prompt.previous_id for prompt in adapter.prompts] == [None, "reply-1"]
        assert [len(prompt.messages) for prompt in adapter.prompts] == [1, 1]
        session = context.session
        assert (session.root_reply_id, session.last_reply_id) == ("reply-1", "reply-2")
        assert session.chain == ("reply-1", "reply-2")
        assert (session.reply_id_of("ask"), session.reply_id_of("other")) == ("reply-2", None)


async def test_an_adapter_without_sessions_is_sent_what_was_said():
    adapter = MockAdapter("one", "two")
    engine = Engine(adapter)
    await engine.run_with_session("s", STEP, {"q": "a"})
    await engine.run_with_session("s", STEP, {"q": "b"})
    first, second = adapter.prompts
    assert second.messages == (*first.messages, Message("assistant", "one"), Message("user", second.user))
    assert engine.sessions.get("s").messages[-1] == Message("assistant", "two")


async def test_a_session_that_is_deleted_is_forgotten_by_the_server_too():
    adapter = MockAdapter("one", keeps_sessions=True)
    engine = Engine(adapter)
    await engine.run_with_session("s", STEP, {"q": "a"})
    await engine.delete_session("s")
    await engine.delete_session("s")
    assert adapter.deleted == ["reply-1"]
    assert not engine.sessions.exists("s")


class Closing(MockAdapter):
    is_closed = False

    async def aclose(self):
        self.is_closed = True


async def test_an_engine_that_is_closed_has_no_sessions():
    adapter = Closing("one")
    async with Engine(adapter) as engine:
        await engine.run_with_session("s", STEP)
    assert len(engine.sessions) == 0
    assert adapter.is_closed


async def test_what_was_called_is_told_in_a_session():
    step = new_step("ask").task("Ask.").action("search").build()
    adapter = MockAdapter(ToolCall("search", {}), keeps_sessions=True)
    context, _ = await Engine(adapter).run_with_session("s", step)
    assert context.session.messages[-1] == Message("assistant", "[search {}]")
    await Engine(adapter).run(step)
    assert adapter.prompts[1].previous_id is None


async def test_other_sessions_know_nothing_of_it():
    adapter = MockAdapter("one")
    engine = Engine(adapter)
    await engine.run_with_session("s", STEP, {"q": "a"})
    await engine.run_with_session("t", STEP, {"q": "b"})
    assert len(adapter.prompts[1].messages) == 1


def test_a_session_is_forgotten_after_its_time():
    time = Time()
    sessions = SessionManager(ttl=10, now=time)
    session = sessions.get("s")
    time.now += 9
    assert sessions.get_if_exists("s") is session
    time.now += 9
    session.append_message("user", "still here")
    time.now += 10
    assert sessions.exists("s")
    time.now += 1
    assert not sessions.exists("s")
    later = sessions.get("s")
    assert later is not session
    time.now += 9
    assert sessions.get_if_exists("s") is later
    time.now += 9
    assert sessions.get_if_exists("s") is later
    time.now += 11
    assert sessions.get_if_exists("s") is None
    sessions.get("s")
    time.now += 11
    assert len(sessions) == 0


def test_of_too_many_sessions_the_one_longest_unused_goes():
    sessions = SessionManager(max_sessions=2)
    for name in ("a", "b", "a", "c"):
        sessions.get(name)
    assert [name for name in "abc" if sessions.exists(name)] == ["a", "c"]
    assert len(sessions) == 2
    sessions.delete("a")
    sessions.delete("a")
    assert len(sessions) == 1
    sessions.clear()
    assert len(sessions) == 0


def test_the_settings_of_sessions_can_be_asked_for():
    assert (SessionManager().ttl, SessionManager().max_sessions) == (DEFAULT_SESSION_TTL, DEFAULT_MAX_SESSIONS)
    assert (DEFAULT_SESSION_TTL, DEFAULT_MAX_SESSIONS) == (1800, 1000)
    assert SessionManager(ttl=1, max_sessions=1).max_sessions == 1
    for wrong in ({"ttl": 0}, {"max_sessions": 0}):
        with pytest.raises(ValueError, match="ttl"):
            SessionManager(**wrong)


def test_a_session_keeps_what_was_said_until_it_is_cleared():
    time = Time()
    session = Session("s", time)
    assert (session.id, session.last_accessed, session.last_reply_id) == ("s", 100, "")
    session.root_reply_id = "root"
    assert session.last_reply_id == "root"
    time.now += 1
    session.record_node("a", "id-1")
    session.record_node("a", "")
    assert session.last_accessed == 101
    session.append_message("user", "hello")
    assert (session.last_accessed, session.chain, session.messages) == (101, ("id-1",), [Message("user", "hello")])
    time.now += 1
    session.clear()
    assert session.last_accessed == 102
    assert (session.chain, session.messages, session.root_reply_id) == ((), [], "")
