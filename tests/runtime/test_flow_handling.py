"""Error handling to the letter of the dialect, on a clock that only sleeping moves."""

from __future__ import annotations

import asyncio
import json

import pytest
from flow_room import answering, context_of, flow_of, flow_with_tasks, run

from mfo_runtime.errors import (
    AuthenticationError,
    ConnectionFailedError,
    InternalError,
    InvalidInputError,
    InvalidOutputError,
    NotFoundError,
    RateLimitedError,
    TaskTimeoutError,
    TemplateError,
)
from mfo_runtime.tasks.handling import Attempts, ErrorHandling, execute_with_handling

WORKFLOW = """\
name: trial
tasks:
  - id: ask
    type: mfo_api_chat_send
    config: {prompt_template_id: letter, prompt_context: {who: Ada}}
"""
PROMPTS = """\
templates:
  letter:
    template: Write to {{ .who }}.
    variables: [who]
    default_variables: {tone: kind}
    error_handling_templates:
      again: "{{ .who }}, {{ .tone }}: {{ .error }}"
      broken: "{{ .who | nothing }}"
"""
CONFIG = {"prompt_template_id": "letter", "prompt_context": {"who": "Ada"}}
DOWN = ConnectionFailedError("down")
BAD = InvalidOutputError("no JSON")
ONE = {"value": 1}


class Desk:
    """A task whose tries end as told, the last way again and again; and what was seen of them.

    An ending that is a function is awaited. ``notes`` holds what a run before noted and is given what is noted now.
    """

    def __init__(self, *endings, chance=0.0, timeout=None, notes=None, now=1000.0):
        self.endings = list(endings)
        self.contexts = []
        self.begun = []
        self.slept = []
        self.chance = chance
        self.timeout = timeout
        self.notes = {} if notes is None else notes
        self.now = now

    async def execute(self, config, context):
        assert config == CONFIG
        self.contexts.append(context)
        ending = self.endings.pop(0) if len(self.endings) > 1 else self.endings[0]
        if callable(ending):
            return await ending()
        if isinstance(ending, Exception):
            raise ending
        return ending

    async def run(self, *on_error, retry=None, read_config=lambda: CONFIG):
        async def sleep(seconds):
            self.slept.append(seconds)
            self.now += seconds

        async def note(name, value):
            self.notes[name] = json.loads(json.dumps(value))

        flow = flow_of(WORKFLOW, prompts_definition=PROMPTS)
        handling = ErrorHandling(retry, [handler if callable(handler) else lambda h=handler: h for handler in on_error])
        attempts = Attempts(
            self.begun.append, sleep, lambda: self.chance, self.timeout, dict(self.notes), note, lambda: self.now
        )
        return await execute_with_handling(self.execute, read_config, handling, context_of(flow, "ask"), attempts)

    @property
    def tries(self):
        return len(self.contexts)


PROMPTED = {"type": "retry_with_prompt", "append_to_system_prompt": "again", "max_retries": 2}
FALLBACK = {"type": "fallback", "model_id": "small", "provider_id": "other"}
CONTINUE = {"type": "continue", "output": {"value": "stand-in"}}
FAIL_FAST = {"type": "fail_fast"}
STEADY = {"jitter": False}


async def test_without_handling_a_task_is_tried_once_and_the_client_keeps_its_own_retries():
    desk = Desk(DOWN)
    with pytest.raises(ConnectionFailedError):
        await desk.run()
    assert (desk.tries, desk.begun, desk.slept) == (1, [], [])
    assert desk.contexts[0].max_attempts is None


async def test_with_a_policy_the_client_tries_once_inside_each_try():
    desk = Desk(DOWN, DOWN, ONE)
    assert await desk.run(retry={"max_attempts": 3}) == ONE
    assert desk.begun == [2, 3]
    assert [context.max_attempts for context in desk.contexts] == [1, 1, 1]
    assert len({(context.key, context.try_number) for context in desk.contexts}) == 1


WAITS = [
    ({}, [1, 2]),
    ({"max_attempts": 6}, [1, 2, 4, 8, 16]),
    ({"max_attempts": 4, "initial_delay": "200ms", "multiplier": 3.0}, [0.2, 0.6, 1.8]),
    ({"max_attempts": 5, "max_delay": "3s"}, [1, 2, 3, 3]),
    ({"max_attempts": 4, "backoff": "linear", "initial_delay": "2s"}, [2, 4, 6]),
    ({"max_attempts": 4, "backoff": "linear", "initial_delay": "2s", "max_delay": "5s"}, [2, 4, 5]),
    ({"max_attempts": 4, "backoff": "constant", "initial_delay": "5s"}, [5, 5, 5]),
    ({"max_attempts": 3, "initial_delay": "0s"}, [0, 0]),
    ({"max_attempts": 1}, []),
]


@pytest.mark.parametrize(("policy", "waits"), WAITS)
async def test_waits_grow_as_the_policy_says(policy, waits):
    desk = Desk(DOWN)
    with pytest.raises(ConnectionFailedError):
        await desk.run(retry=STEADY | policy)
    assert desk.slept == pytest.approx(waits)
    assert desk.tries == len(waits) + 1


async def test_jitter_shortens_waits_by_up_to_a_half():
    desk = Desk(DOWN, chance=1.0)
    with pytest.raises(ConnectionFailedError):
        await desk.run(retry={})
    assert desk.slept == pytest.approx([0.5, 1.0])


RETRIED = [
    (DOWN, None, True),
    (InternalError("oops", transient=True), None, True),
    (InternalError("oops"), None, False),
    (NotFoundError("gone"), None, False),
    (AuthenticationError("who?"), None, False),
    (BAD, None, False),
    (NotFoundError("gone"), ["not_found"], True),
    (BAD, ["invalid_output", "timeout"], True),
    (DOWN, ["timeout"], False),
    (DOWN, [], False),
]


@pytest.mark.parametrize(("error", "retry_on", "is_retried"), RETRIED)
async def test_only_transient_errors_or_those_named_are_tried_again(error, retry_on, is_retried):
    desk = Desk(error, ONE)
    policy = STEADY if retry_on is None else STEADY | {"retry_on": retry_on}
    if is_retried:
        assert await desk.run(retry=policy) == ONE
    else:
        with pytest.raises(type(error)):
            await desk.run(retry=policy)
    assert desk.tries == 1 + is_retried


@pytest.mark.parametrize(("asked", "waited"), [(0.2, 1), (7, 7), (300, 300)])
async def test_a_wait_is_never_shorter_than_the_server_asks_for(asked, waited):
    desk = Desk(RateLimitedError("slow down", retry_after=asked), ONE)
    assert await desk.run(retry=STEADY | {"max_attempts": 2}) == ONE
    assert desk.slept == [waited]


async def test_a_server_cannot_make_a_task_wait_for_hours():
    desk = Desk(RateLimitedError("come back tomorrow", retry_after=86_400))
    with pytest.raises(RateLimitedError):
        await desk.run(retry={"max_attempts": 5})
    assert (desk.tries, desk.slept) == (1, [])


async def test_an_invalid_answer_is_asked_for_again_with_the_error_in_the_system_prompt():
    desk = Desk(BAD, InvalidOutputError("still wrong"), ONE)
    assert await desk.run(PROMPTED) == ONE
    assert [context.overrides.system_suffix for context in desk.contexts] == [
        "",
        "Ada, kind: no JSON",
        "Ada, kind: still wrong",
    ]
    assert desk.begun == [2, 3]
    assert len({context.try_number for context in desk.contexts}) == 3


async def test_prompted_retries_are_counted_and_the_last_error_is_the_one_told():
    desk = Desk(BAD, InvalidOutputError("second"), InvalidOutputError("third"), ONE)
    with pytest.raises(InvalidOutputError, match="third"):
        await desk.run(PROMPTED)
    assert desk.tries == 3


async def test_only_invalid_output_is_worth_another_prompt():
    desk = Desk(DOWN)
    with pytest.raises(ConnectionFailedError):
        await desk.run(PROMPTED)
    assert desk.tries == 1


async def test_transient_errors_while_asking_again_use_what_is_left_of_the_policy():
    desk = Desk(BAD, DOWN, DOWN, ONE)
    assert await desk.run(PROMPTED, retry=STEADY | {"max_attempts": 4}) == ONE
    assert desk.slept == [1, 2]
    assert [context.try_number for context in desk.contexts] == [1, 2, 2, 2]


async def test_all_tries_count_towards_the_policy():
    desk = Desk(BAD, DOWN)
    with pytest.raises(ConnectionFailedError):
        await desk.run(PROMPTED, retry=STEADY | {"max_attempts": 3})
    assert desk.tries == 3


async def test_an_error_template_that_cannot_be_rendered_is_told_with_its_place():
    broken = PROMPTED | {"append_to_system_prompt": "broken"}
    with pytest.raises(TemplateError, match=r'error template "broken"') as raised:
        await Desk(BAD).run(broken)
    assert str(raised.value.place).endswith("prompts_definition.yml:8:26")
    missing = PROMPTED | {"append_to_system_prompt": "nowhere"}
    with pytest.raises(TemplateError, match='has no error template "nowhere"'):
        await Desk(BAD).run(missing)


async def test_a_fallback_asks_another_model():
    desk = Desk(NotFoundError("no such model"), ONE)
    assert await desk.run(FALLBACK) == ONE
    overrides = desk.contexts[1].overrides
    assert (overrides.model_id, overrides.provider_id, overrides.system_suffix) == ("small", "other", "")


async def test_continue_gives_the_stand_in():
    assert await Desk(DOWN).run(CONTINUE) == {"value": "stand-in"}
    assert await Desk(DOWN).run({"type": "continue"}) == {}


async def test_handlers_are_tried_in_order_and_the_last_error_is_told():
    desk = Desk(BAD, BAD, BAD, NotFoundError("no small model"))
    with pytest.raises(NotFoundError, match="no small model"):
        await desk.run(PROMPTED, FALLBACK)
    assert desk.tries == 4
    desk = Desk(BAD, BAD, BAD, DOWN)
    assert await desk.run(PROMPTED, FALLBACK, CONTINUE) == {"value": "stand-in"}


async def test_nothing_is_tried_after_fail_fast():
    desk = Desk(DOWN)
    with pytest.raises(ConnectionFailedError):
        await desk.run(FAIL_FAST, CONTINUE)
    assert desk.tries == 1


async def test_handlers_are_read_only_when_they_are_needed():
    def unreadable():
        raise InvalidInputError("its reference leads nowhere")

    assert await Desk(ONE).run(unreadable) == ONE
    assert await Desk(DOWN).run(unreadable, CONTINUE) == {"value": "stand-in"}
    with pytest.raises(InvalidInputError, match="leads nowhere"):
        await Desk(DOWN).run(unreadable)


async def test_a_config_that_cannot_be_read_is_a_failure_like_any_other():
    def unreadable():
        raise InvalidInputError("no such name")

    desk = Desk(ONE)
    assert await desk.run(CONTINUE, read_config=unreadable) == {"value": "stand-in"}
    with pytest.raises(InvalidInputError, match="no such name"):
        await desk.run(read_config=unreadable)
    assert desk.tries == 0


@pytest.mark.parametrize("key", ["initial_delay", "max_delay"])
async def test_a_duration_that_is_none_is_told(key):
    with pytest.raises(InvalidInputError, match=f'retry.{key} is "soon"'):
        await Desk(ONE).run(retry={key: "soon"})


async def never():
    await asyncio.Event().wait()


async def stubborn():
    for _ in range(20):
        try:
            await asyncio.sleep(0.02)
        except asyncio.CancelledError:
            continue


@pytest.mark.parametrize("hangs", [never, stubborn])
async def test_a_timeout_is_that_of_one_try_and_is_handled_like_any_failure(hangs):
    desk = Desk(hangs, timeout=0.01)
    with pytest.raises(TaskTimeoutError, match=r"longer than its timeout of 0\.01 s"):
        await desk.run()
    assert await Desk(hangs, timeout=0.01).run(CONTINUE) == {"value": "stand-in"}
    assert await Desk(hangs, ONE, timeout=0.01).run(FALLBACK) == ONE
    assert await Desk(hangs, hangs, ONE, timeout=0.01).run(retry=STEADY | {"retry_on": ["task_timeout"]}) == ONE


async def test_waits_between_tries_are_no_part_of_the_timeout():
    desk = Desk(DOWN, DOWN, ONE, timeout=0.5)
    assert await desk.run(retry=STEADY) == ONE
    assert desk.slept == [1, 2]


async def test_an_execution_that_is_told_to_stop_stops_within_its_timeout_too():
    began = asyncio.Event()

    async def work():
        began.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(Desk(work, timeout=3600).run(CONTINUE))
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_after_an_invalid_answer_the_next_tries_ask_under_another_key():
    desk = Desk(BAD, DOWN, ONE)
    assert await desk.run(retry=STEADY | {"retry_on": ["invalid_output", "connection_failed"]}) == ONE
    assert [context.try_number for context in desk.contexts] == [1, 2, 2]


async def crashes():
    raise KeyboardInterrupt


@pytest.mark.parametrize("tries", [1, 2, 3])
async def test_a_task_that_is_executed_again_goes_on_with_the_try_that_was_under_way(tries):
    endings = [BAD, DOWN, InvalidOutputError("still wrong"), ONE]
    whole = Desk(*endings)
    assert await whole.run(PROMPTED, retry=STEADY | {"max_attempts": 4}) == ONE
    first = Desk(*endings[:tries], crashes)
    with pytest.raises(KeyboardInterrupt):
        await first.run(PROMPTED, retry=STEADY | {"max_attempts": 4})
    second = Desk(*endings[tries:], notes=first.notes, now=first.now)
    assert await second.run(PROMPTED, retry=STEADY | {"max_attempts": 4}) == ONE
    assert second.contexts[0].overrides == first.contexts[-1].overrides
    assert second.contexts[0].try_number == first.contexts[-1].try_number
    again = [(context.overrides, context.try_number) for context in (*first.contexts[:-1], *second.contexts)]
    assert again == [(context.overrides, context.try_number) for context in whole.contexts]


@pytest.mark.parametrize(("later", "rest"), [(0.0, 8.0), (3.0, 5.0), (8.0, 0.0), (86_400.0, 0.0), (-86_400.0, 8.0)])
async def test_a_task_that_is_executed_again_waits_the_rest_of_its_wait(later, rest):
    policy = STEADY | {"initial_delay": "8s"}
    notes = {"try 1": DOWN.to_data(), "wait 1": {"until": 1008.0, "seconds": 8.0}}
    desk = Desk(ONE, notes=notes, now=1000.0 + later)
    assert await desk.run(retry=policy) == ONE
    assert (desk.slept, desk.begun, desk.tries) == ([rest], [2], 1)


async def test_nothing_is_noted_of_a_task_that_nothing_handles():
    desk = Desk(DOWN)
    with pytest.raises(ConnectionFailedError):
        await desk.run()
    assert desk.notes == {}


SHARED = """\
client: {base_url: "http://127.0.0.1:1"}
taskflow:
  concurrency: 2
  error_handling:
    retry: {max_attempts: 3, backoff: constant, initial_delay: 1ms}
"""


@pytest.mark.parametrize(
    ("more", "tries"),
    [
        ("", 3),
        ("error_handling: {retry: {max_attempts: 2, initial_delay: 1ms}}, ", 2),
        ("error_handling: {on_error: [{type: continue}]}, ", 3),
    ],
)
async def test_the_client_configuration_says_how_tasks_without_a_policy_are_tried_again(more, tries, tmp_path):
    async with answering(503) as (url, asked):
        flow = flow_with_tasks(f'- {{id: t, type: http_request, {more}config: {{url: "{url}"}}}}', config=SHARED)
        await run(flow, tmp_path)
    assert len(asked) == tries


@pytest.mark.parametrize(("headers", "tries"), [("", 1), (", headers: {idempotency-key: k1}", 3)])
async def test_what_writes_elsewhere_without_a_key_is_not_repeated_by_default(headers, tries, tmp_path):
    async with answering(503) as (url, asked):
        task = f'- {{id: t, type: http_request, config: {{url: "{url}", method: POST{headers}}}}}'
        await run(flow_with_tasks(task, config=SHARED), tmp_path)
    assert len(asked) == tries
