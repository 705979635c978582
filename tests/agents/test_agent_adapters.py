"""Adapters and what is put around them."""

from __future__ import annotations

import logging
from types import MappingProxyType

import pytest
from model_stand_in import ModelStandIn

from mfo_runtime.agents import (
    Adapter,
    CachingAdapter,
    CallHook,
    Engine,
    MemoryCache,
    Message,
    MfoAdapter,
    MockAdapter,
    OpenAIAdapter,
    OpenAIEndpoint,
    Prompt,
    Reply,
    ToolCall,
    ToolDef,
    WrappedAdapter,
    cache_key,
    chain_middleware,
    simple_step,
    with_cache,
    with_hook,
    with_logging,
    with_metrics,
)
from mfo_runtime.client import ClientSettings, MfoClient
from mfo_runtime.errors import ConnectionFailedError, InternalError, MfoError, RateLimitedError, ValidationError
from mfo_runtime.server import Script, ServerSettings, start_server
from tests.effort import PATIENCE

HELLO = Prompt.of("Be kind.", "Hello")


async def pieces_of(adapter, prompt=HELLO):
    return [piece async for piece in adapter.stream(prompt)]


def test_every_adapter_is_one():
    mock = MockAdapter("x")
    endpoint = OpenAIEndpoint("small", "http://127.0.0.1:1")
    for adapter in (mock, WrappedAdapter(mock), CachingAdapter(mock, MemoryCache()), OpenAIAdapter(endpoint)):
        assert isinstance(adapter, Adapter)
    for needed in ("call", "stream", "calls_tools", "keeps_sessions", "delete_session"):
        assert not isinstance(Without(mock, needed), Adapter)


class Without:
    """All that an adapter has but one thing."""

    def __init__(self, adapter, name):
        for each in {"call", "stream", "calls_tools", "keeps_sessions", "delete_session"} - {name}:
            setattr(self, each, getattr(adapter, each))


async def test_a_mock_answers_the_same_or_in_order():
    fixed = MockAdapter("x")
    assert [(await fixed.call(HELLO)).text for _ in range(2)] == ["x", "x"]
    sequence = MockAdapter("a", "b")
    assert [(await sequence.call(HELLO)).text for _ in range(3)] == ["a", "b", "b"]
    assert sequence.call_count == 3
    await sequence.delete_session("r")
    sequence.reset()
    assert (sequence.call_count, sequence.deleted) == (0, [])
    assert (await sequence.call(HELLO)).text == "a"
    assert await pieces_of(MockAdapter("a b")) == ["a ", "b", Reply("a b")]
    with pytest.raises(ValueError, match="answer"):
        MockAdapter()


async def test_a_mock_calls_a_tool():
    adapter = MockAdapter.with_tool_call("search", {"k": 1})
    assert adapter.calls_tools
    assert (await adapter.call(HELLO)).tool_calls == (ToolCall("search", {"k": 1}),)
    mixed = MockAdapter(ToolCall("search"), "then a text")
    assert mixed.calls_tools
    assert [(await mixed.call(HELLO)).text for _ in range(2)] == ["", "then a text"]
    assert not MockAdapter("x").calls_tools
    continuing = MockAdapter(ToolCall("search"), keeps_sessions=True)
    assert await continuing.call(HELLO) == Reply(tool_calls=(ToolCall("search"),), reply_id="reply-1")
    with pytest.raises(TypeError, match="not with 7"):
        MockAdapter(7)


async def test_a_mock_tells_its_hook_and_raises_errors():
    told = []
    hook = CallHook(told.append, lambda *end: told.append(end))
    error = ConnectionFailedError("gone")
    adapter = MockAdapter("x", error, hook=hook)
    await adapter.call(HELLO)
    with pytest.raises(ConnectionFailedError):
        await adapter.call(HELLO)
    assert told == [HELLO, (HELLO, Reply("x"), None), HELLO, (HELLO, None, error)]


class Marked(WrappedAdapter):
    """Own middleware: marks what it sees."""

    def __init__(self, inner, mark):
        super().__init__(inner)
        self.mark = mark

    async def call(self, prompt):
        reply = await self.inner.call(Prompt.of(f"{prompt.system}{self.mark}", prompt.user))
        return Reply(f"{reply.text}{self.mark}")


async def test_middleware_is_composed_left_to_right():
    mock = MockAdapter("x")
    chained = chain_middleware(lambda inner: Marked(inner, "1"), lambda inner: Marked(inner, "2"))(mock)
    assert (await chained.call(HELLO)).text == "x21"
    assert mock.prompts[0].system == "Be kind.12"
    engine = Engine(mock, middleware=[lambda inner: Marked(inner, "1"), lambda inner: Marked(inner, "2")])
    assert (await engine.run(simple_step("s", "t"))).response.message == "x21"


@pytest.fixture(params=["nothing", "cache", "hook"])
def wrap(request):
    """What puts something around an adapter, made anew for each test."""
    match request.param:
        case "cache":
            return with_cache(MemoryCache())
        case "hook":
            return with_hook(CallHook())
        case _:
            return WrappedAdapter


async def test_a_wrapped_adapter_passes_everything_on(wrap):
    mock = MockAdapter("x", calls_tools=True, keeps_sessions=True)
    wrapped = wrap(mock)
    assert wrapped.calls_tools
    assert wrapped.keeps_sessions
    await wrapped.delete_session("r")
    assert mock.deleted == ["r"]
    assert await wrapped.call(HELLO) == Reply("x", reply_id="reply-1")
    assert await pieces_of(wrap(MockAdapter("a b")), Prompt.of("", "Bye")) == ["a ", "b", Reply("a b")]


async def test_calls_are_logged_without_what_is_said(caplog):
    caplog.set_level(logging.DEBUG)
    adapter = with_logging(logging.getLogger("agents"))(MockAdapter("secret words", ConnectionFailedError("gone")))
    await adapter.call(HELLO)
    with pytest.raises(ConnectionFailedError):
        await adapter.call(HELLO)
    levels = [record.levelname for record in caplog.records]
    assert levels == ["DEBUG", "INFO", "DEBUG", "ERROR"]
    assert "12 characters" in caplog.text
    assert "secret" not in caplog.text
    assert "Hello" not in caplog.text


class Collected:
    def __init__(self):
        self.calls, self.errors, self.latencies = 0, 0, []

    def increment_calls(self):
        self.calls += 1

    def increment_errors(self):
        self.errors += 1

    def record_latency(self, milliseconds):
        self.latencies.append(milliseconds)


async def test_calls_errors_and_streams_are_measured():
    collected = Collected()
    adapter = with_metrics(collected)(MockAdapter("x", ConnectionFailedError("gone"), "y"))
    await adapter.call(HELLO)
    with pytest.raises(ConnectionFailedError):
        await pieces_of(adapter)
    await pieces_of(adapter)
    assert (collected.calls, collected.errors, len(collected.latencies)) == (3, 1, 3)
    assert all(one >= 0 for one in collected.latencies)


async def test_a_hook_stands_around_any_adapter():
    told = []
    adapter = with_hook(CallHook(on_end=lambda prompt, reply, error: told.append(reply)))(MockAdapter("x"))
    await pieces_of(adapter)
    assert told == [Reply("x")]


async def test_the_same_prompt_is_answered_from_the_cache():
    mock = MockAdapter(Reply("a", (ToolCall("t", {"x": [1]}),), usage={"input_tokens": 5}), "b")
    adapter = with_cache(MemoryCache())(mock)
    first, second = await adapter.call(HELLO), await adapter.call(HELLO)
    assert mock.call_count == 1
    assert (second.text, second.tool_calls) == (first.text, first.tool_calls)
    assert second.usage == {}
    assert await pieces_of(adapter) == ["a", second]
    bye = Prompt.of("Be kind.", "Bye")
    assert [await pieces_of(adapter, bye) for _ in range(2)] == [["b", Reply("b")]] * 2
    assert (await adapter.call(bye)).text == "b"
    assert mock.call_count == 2


async def test_a_cache_can_be_turned_off():
    mock = MockAdapter("a", "b")
    adapter = CachingAdapter(mock, MemoryCache(), enabled=False)
    assert not adapter.is_enabled
    assert [(await adapter.call(HELLO)).text for _ in range(2)] == ["a", "b"]
    adapter.is_enabled = True
    await pieces_of(adapter)
    assert mock.call_count == 3
    await adapter.call(HELLO)
    assert mock.call_count == 3


def test_a_memory_cache_forgets():
    now = [0.0]
    cache = MemoryCache(ttl=10, max_size=2, now=lambda: now[0])
    for key in "abc":
        cache.set(key, key)
    assert [cache.get(key) for key in "abc"] == [None, "b", "c"]
    cache.delete("b")
    cache.delete("b")
    assert [cache.get(key) for key in "bc"] == [None, "c"]
    now[0] = 11
    assert [cache.get(key) for key in "abc"] == [None, None, None]


OTHERS = [
    Prompt("Be brief.", HELLO.messages),
    Prompt("Be kind.", (*HELLO.messages, Message("assistant", "Hi"))),
    Prompt("Be kind.", HELLO.messages, (ToolDef("t"),)),
    Prompt("Be kind.", HELLO.messages, tool_choice="none"),
    Prompt("Be kind.", HELLO.messages, previous_id="r"),
    Prompt("Be kind.", HELLO.messages, model_id="m"),
    Prompt("Be kind.", HELLO.messages, provider_id="p"),
    Prompt("Be kind.", HELLO.messages, options={"temperature": 0}),
    Prompt("Be kind.", HELLO.messages, options={"limits": MappingProxyType({"a": 1})}),
    Prompt("Be kind.", HELLO.messages, options={"limits": MappingProxyType({"a": 2})}),
]


def test_a_cache_key_names_all_that_changes_an_answer():
    assert len({cache_key(prompt) for prompt in [HELLO, *OTHERS]}) == len(OTHERS) + 1
    assert cache_key(Prompt("Be kind.", HELLO.messages, metadata={"task_id": "x"})) == cache_key(HELLO)
    one, other = ({"a": 1, "b": 2}, {"b": 2, "a": 1})
    assert cache_key(Prompt("", (), options=one)) == cache_key(Prompt("", (), options=other))


async def test_a_reply_that_is_gone_on_with_is_kept_for_that_reply_alone():
    adapter = with_cache(kept := Kept())(MockAdapter(ToolCall("t"), "b", keeps_sessions=True))
    first, second = Prompt("", HELLO.messages, (ToolDef("t"),)), Prompt("", HELLO.messages, previous_id="reply-1")
    assert [(await adapter.call(one)).reply_id for one in (first, second, first, second)] == ["reply-1", "reply-2"] * 2
    assert len(kept) == 2


class Kept(dict):
    """A cache of one's own."""

    def set(self, key, value):
        self[key] = value

    def delete(self, key):
        self.pop(key, None)


@pytest.fixture
async def mfo(tmp_path):
    script = Script.from_data(
        {
            "script": [
                {"contains": "weather", "answer": {"tool_calls": [{"name": "look", "arguments": {"at": "sky"}}]}}
            ],
            "default": "Good morning to you",
        }
    )
    with start_server(ServerSettings(data_dir=tmp_path, script=script)) as server:
        async with MfoClient(ClientSettings(base_url=server.url, token=server.token)) as client:
            yield client


async def test_an_mfo_server_is_asked_with_tools_and_threads(mfo):
    adapter = MfoAdapter(mfo, model_id="small")
    reply = await adapter.call(Prompt("Be kind.", (Message("user", "The weather?"),), (ToolDef("look"),)))
    assert reply.tool_calls == (ToolCall("look", {"at": "sky"}),)
    assert reply.model_id == "small"
    assert reply.usage["input_tokens"] > 0
    later = await adapter.call(Prompt("", (Message("tool", "blue"),), previous_id=reply.reply_id))
    assert later.reply_id == reply.reply_id
    thread = await mfo.chat.get_thread(reply.reply_id)
    assert [message.role for message in thread.messages] == ["system", "user", "assistant", "tool", "assistant"]
    await adapter.delete_session(reply.reply_id)


async def test_an_mfo_server_streams(mfo):
    pieces = await pieces_of(MfoAdapter(mfo))
    assert pieces[:-1] == ["Good ", "morning ", "to ", "you"]
    assert pieces[-1].text == "Good morning to you"


async def test_an_engine_runs_a_session_on_an_mfo_server(mfo):
    async with Engine(MfoAdapter(mfo)) as engine:
        step = simple_step("ask", "Ask.")
        first, _ = await engine.run_with_session("s", step)
        await engine.run_with_session("s", step)
        assert len(first.session.chain) == 1


async def test_an_openai_endpoint_is_asked_over_http():
    with ModelStandIn(["Good morning"], [("look", {"at": "sky"})]) as stand_in:
        async with Engine(OpenAIAdapter(OpenAIEndpoint("small", stand_in.url, "key-1234567890"))) as engine:
            adapter = engine.adapter
            assert await pieces_of(adapter) == [
                "Good ",
                "morning",
                Reply("Good morning", usage={"input_tokens": 7, "output_tokens": 2}, model_id="small"),
            ]
            reply = await adapter.call(Prompt("s", (Message("user", "u"),), (ToolDef("look", "Look."),)))
            assert reply.tool_calls == (ToolCall("look", {"at": "sky"}),)
            await adapter.delete_session("none")
    assert stand_in.asked[1]["tools"][0]["function"]["name"] == "look"
    assert [message["role"] for message in stand_in.asked[0]["messages"]] == ["system", "user"]


REFUSALS = [
    (400, ValidationError, "The model's endpoint refuses the request: no."),
    (401, InternalError, "The model's endpoint does not accept the key that it is sent."),
    (429, RateLimitedError, "The model's endpoint asks for fewer requests."),
    (500, InternalError, "The model's endpoint failed."),
]


@pytest.mark.parametrize(("status", "kind", "words"), REFUSALS)
async def test_what_keeps_an_openai_endpoint_from_answering_is_told(status, kind, words):
    with ModelStandIn(status=status) as stand_in:
        async with Engine(OpenAIAdapter(OpenAIEndpoint("small", stand_in.url, "key-1234567890"))) as engine:
            with pytest.raises(MfoError) as caught:
                await engine.run(simple_step("s", "t"))
    # Never an AuthenticationError: it is the key of the endpoint, and not the login at an MFO server.
    assert (type(caught.value), caught.value.message) == (kind, words)
    assert caught.value.transient == (status != 400)
    assert not any(word in f"{caught.value} {caught.value.hint}" for word in ("key-1234567890", "127.0.0.1", "mfo"))


async def test_an_openai_endpoint_that_is_not_there_is_a_transient_error():
    async with Engine(OpenAIAdapter(OpenAIEndpoint("small", "http://127.0.0.1:9", timeout=PATIENCE))) as engine:
        with pytest.raises(InternalError, match="cannot be reached") as caught:
            await engine.run(simple_step("s", "t"))
    assert caught.value.transient
    assert "address" in caught.value.hint
