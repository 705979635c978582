"""Chat over HTTP: threads that are kept, the echo and the scripted provider, usage, errors of providers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from mfo_runtime.server import Script

WRONG = [
    ({}, 'needs "messages" or a "message" that is not empty'),
    ({"message": ""}, 'needs "messages" or a "message" that is not empty'),
    ({"messages": []}, 'needs "messages" or a "message" that is not empty'),
    ({"message": 1}, "message: must be of type string or null"),
    ({"messages": {}}, "messages: must be of type array or null"),
    ({"messages": [{"content": "x"}]}, 'messages[0]: lacks "role"'),
    (
        {"messages": [{"role": "user"}, {"role": "robot"}]},
        "messages[1].role: must be one of system, user, assistant, tool",
    ),
    ({"messages": [{"role": "user", "content": [1]}]}, "messages[0].content: must be of type string or null"),
    ({"message": "x", "metadata": []}, "metadata: must be of type object or null"),
    ({"message": "x", "tools": [{}]}, 'tools[0]: lacks "name"'),
    ({"message": "x", "tools": [7]}, "tools[0]: must be of type object or string"),
    ({"message": "x", "provider_id": "scripted"}, "provider_id: this server was started without a script"),
]


@pytest.mark.parametrize(("body", "message"), WRONG)
def test_a_wrong_request_is_refused_with_its_place(api, body, message):
    assert api.error("POST", "/api/chat", body, status=400)["message"] == message


def test_echo_says_the_last_user_message(api):
    messages = [
        {"role": "system", "content": "be brief"},
        {"role": "user", "content": "one"},
        {"role": "assistant", "content": "two"},
    ]
    answer = api.ok("POST", "/api/chat", {"messages": messages, "message": "three", "tools": ["t", {"name": "u"}]})
    assert answer["content"] == "three"
    assert answer["tool_calls"] == []
    assert answer["metadata"] == {"provider_id": "echo", "model_id": "echo", "usage_is_estimated": True}
    assert answer["usage"] == {"input_tokens": 6, "output_tokens": 2, "total_tokens": 8}


@pytest.mark.parametrize("provider", ["openai", "echo", None, ""])
def test_any_provider_is_stood_in_for(api, provider):
    assert api.ok("POST", "/api/chat", {"message": "x", "provider_id": provider})["metadata"]["provider_id"] == "echo"


def test_a_thread_goes_on_and_is_kept_over_a_restart(start):
    api = start()
    first = api.ok("POST", "/api/chat", {"message": "one"})
    api.ok("POST", "/api/chat", {"message": "two", "thread_id": first["thread_id"]})
    api.server.stop()
    thread = start().ok("GET", f"/api/chat/{first['thread_id']}")
    assert [(message["role"], message["content"]) for message in thread["messages"]] == [
        ("user", "one"),
        ("assistant", "one"),
        ("user", "two"),
        ("assistant", "two"),
    ]
    assert thread["messages"][1]["id"] == first["message_id"]
    assert thread["message_count"] == 4


def test_a_thread_may_be_named_by_the_client(api):
    assert api.ok("POST", "/api/chat", {"message": "x", "thread_id": "my thread"})["thread_id"] == "my thread"
    assert api.ok("GET", "/api/chat/my%20thread")["id"] == "my thread"
    assert "my thread" in [thread["id"] for thread in api.ok("GET", "/api/chat")["threads"]]


def test_an_unknown_thread_is_not_found(api):
    assert api.error("GET", "/api/chat/nothing", status=404)["message"] == "no such thread"


def test_messages_that_repeat_the_thread_are_kept_once(api):
    system, user = {"role": "system", "content": "be brief"}, {"role": "user", "content": "one"}
    thread = api.ok("POST", "/api/chat", {"messages": [system, user]})["thread_id"]
    reply = {"role": "assistant", "content": "one"}
    more = {"role": "user", "content": "two"}
    api.ok("POST", "/api/chat", {"messages": [system, user, reply, more], "thread_id": thread})
    api.ok("POST", "/api/chat", {"messages": [system, more], "thread_id": thread})
    contents = [message["content"] for message in api.ok("GET", f"/api/chat/{thread}")["messages"]]
    assert contents == ["be brief", "one", "one", "two", "two", "two", "two"]


def test_tool_messages_keep_what_came_with_them(api):
    sent = {"role": "tool", "content": "42", "name": "t", "tool_call_id": "c1"}
    thread = api.ok("POST", "/api/chat", {"messages": [sent, {"role": "user", "content": "x"}]})["thread_id"]
    kept = api.ok("GET", f"/api/chat/{thread}")["messages"][0]
    assert (kept["name"], kept["tool_call_id"], kept["role"]) == ("t", "c1", "tool")


class TestScripted:
    SCRIPT = Script.from_data(
        {
            "script": [
                {"template": "draft", "contains": "Invoice", "answer": "about the invoice"},
                {
                    "template": "draft",
                    "answers": [{"text": "calling", "tool_calls": [{"name": "look", "arguments": {"n": 1}}]}, "done"],
                },
                {
                    "template": "shaky",
                    "answers": [{"error": {"status": 503, "message": "busy", "retry_after": 2}}, "ok"],
                },
                {"task": "analyse", "answer": {"json": {"é": [1, None]}, "delay": "1ms"}},
                {"template": "limited", "answer": {"error": {"status": 429}}},
            ]
        }
    )

    @pytest.fixture
    def scripted(self, start):
        return lambda **settings: start(script=self.SCRIPT, **settings)

    def ask(self, api, message="hello", *, status=200, thread_id=None, **metadata):
        body = {"message": message, "metadata": metadata, "thread_id": thread_id, "provider_id": "openai"}
        return api("POST", "/api/chat", body, status=status)

    def test_answers_follow_the_template_the_task_and_the_words(self, scripted):
        api = scripted()
        said = self.ask(api, "my INVOICE", prompt_template_id="draft").json()
        assert said["content"] == "about the invoice"
        assert said["metadata"] == {"provider_id": "scripted", "model_id": "scripted", "usage_is_estimated": True}
        assert self.ask(api, task_id="analyse").json()["content"] == '{"é": [1, null]}'

    def test_turns_follow_each_other_and_the_last_one_repeats(self, scripted):
        api = scripted()
        turns = [self.ask(api, prompt_template_id="draft", task_id="t").json() for _ in range(3)]
        assert [turn["content"] for turn in turns] == ["calling", "done", "done"]
        assert [turn["tool_calls"] for turn in turns] == [[{"name": "look", "arguments": {"n": 1}}], [], []]

    def test_each_task_run_and_thread_has_turns_of_its_own(self, scripted):
        api = scripted()
        conversations = [
            {"task_id": "a"},
            {"task_id": "b"},
            {"task_id": "a", "run_id": "1"},
            {"task_id": "a", "process_id": "2"},
            {"thread_id": "one"},
            {"thread_id": "two"},
        ]
        for expected in ("calling", "done"):
            for conversation in conversations:
                answer = self.ask(api, prompt_template_id="draft", **conversation).json()
                assert answer["content"] == expected

    def test_the_turns_of_a_named_run_outlive_a_restart_and_others_do_not(self, scripted):
        api = scripted()
        metadata = [{"prompt_template_id": "draft", "task_id": "t", "run_id": "r"}, {"prompt_template_id": "draft"}]
        for item in metadata:
            self.ask(api, **item)
        api.server.stop()
        again = scripted()
        assert [self.ask(again, **item).json()["content"] for item in metadata] == ["done", "calling"]

    def test_an_error_is_answered_and_the_next_turn_is_served(self, scripted):
        api = scripted()
        failed = self.ask(api, prompt_template_id="shaky", task_id="t", status=503)
        assert failed.headers["Retry-After"] == "2"
        assert failed.json() == {
            "code": "internal",
            "message": "busy",
            "details": {"prompt_template_id": "shaky", "task_id": "t"},
        }
        assert self.ask(api, prompt_template_id="shaky", task_id="t").json()["content"] == "ok"
        assert self.ask(api, prompt_template_id="limited", status=429).json()["code"] == "rate_limited"

    def test_a_failed_request_leaves_no_thread(self, scripted):
        api = scripted()
        self.ask(api, prompt_template_id="limited", status=429, thread_id="t")
        api.error("GET", "/api/chat/t", status=404)

    def test_what_the_script_does_not_answer_is_named(self, scripted):
        error = self.ask(scripted(), prompt_template_id="other", task_id="t", status=400).json()
        assert error["message"] == 'the script has no answer for prompt_template_id "other", task_id "t"'

    def test_a_replayed_request_takes_no_turn(self, scripted):
        api = scripted()
        body = {"message": "x", "metadata": {"prompt_template_id": "draft", "task_id": "t"}}
        for _ in range(2):
            answer = api.ok("POST", "/api/chat", body, headers={"Idempotency-Key": "k"})
            assert answer["content"] == "calling"
        assert api.ok("POST", "/api/chat", body)["content"] == "done"

    def test_requests_with_one_key_at_once_are_one(self, start):
        slowly = {"script": [{"answers": [{"text": f"answer {turn}", "delay": "50ms"} for turn in range(8)]}]}
        api = start(script=Script.from_data(slowly))

        def send(_):
            return api.ok("POST", "/api/chat", {"message": "x"}, headers={"Idempotency-Key": "k"})

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(send, range(8)))
        assert [answer["content"] for answer in answers] == ["answer 0"] * 8
        assert api.ok("GET", "/api/chat")["pagination"]["total"] == 1

    def test_echo_can_still_be_asked_for(self, scripted):
        assert scripted().ok("POST", "/api/chat", {"message": "x", "provider_id": "echo"})["content"] == "x"

    def test_a_seed_makes_the_ids_the_same(self, start, tmp_path):
        def ids(folder, seed):
            api = start(data_dir=tmp_path / folder, seed=seed)
            return [api.ok("POST", "/api/chat", {"message": "x"}) for _ in range(2)]

        first, second, other = ids("a", 7), ids("b", 7), ids("c", 8)
        assert first == second
        assert first[0]["thread_id"] not in {first[1]["thread_id"], other[0]["thread_id"]}

    def test_seeded_ids_go_on_after_a_restart(self, start):
        def made():
            api = start(seed=7)
            thread = api.ok("POST", "/api/chat", {"message": "x"})["thread_id"]
            api.server.stop()
            return thread

        assert made() != made()
