"""The engine, and flows of steps."""

from __future__ import annotations

import asyncio

import pytest

from mfo_runtime.agents import (
    DEFAULT_RETRIES,
    Chain,
    Decide,
    Engine,
    FlowContext,
    Guard,
    Iterate,
    IterateMax,
    MockAdapter,
    NamedRunnable,
    Otherwise,
    Parallel,
    ParallelError,
    Prefetch,
    Response,
    ResponseKind,
    RunnableFunction,
    SessionManager,
    Step,
    Transform,
    When,
    most_confident,
    simple_step,
    valid_ones,
    vote,
)
from mfo_runtime.errors import (
    ConditionFailedError,
    InvalidInputError,
    InvalidOutputError,
    LoopLimitExceededError,
    TaskFailedError,
)
from tests.effort import PATIENCE


def saying(text, name=""):
    async def say(context):
        return Response(message=text)

    return RunnableFunction(say, name)


def calling(action, **params):
    async def call(context):
        return Response(ResponseKind.METHOD, action, params)

    return RunnableFunction(call)


def failing(message):
    async def fail(context):
        raise TaskFailedError(message)

    return RunnableFunction(fail, message)


async def run(runnable, metadata=None, *answers):
    return await Engine(MockAdapter(*(answers or ("",)))).run(runnable, metadata)


async def test_a_run_gives_the_context_and_the_last_response():
    step = simple_step("greet", "Greet {{ .who }}.")
    context, response = await run(step, {"who": "Ada"}, "Hello Ada")
    assert response.message == "Hello Ada"
    assert context.previous is response
    assert context.metadata == {"who": "Ada", "greet": {"action": "", "params": {}, "message": "Hello Ada"}}


async def test_the_metadata_of_the_caller_stays_as_it_was():
    given = {"who": "Ada"}
    await run(simple_step("greet", "Greet."), given)
    assert given == {"who": "Ada"}


async def test_a_chain_runs_in_order_and_hands_on_what_was_said():
    second = Step("second", task="Go on from {{ .first.message }}.")
    adapter = MockAdapter("one", "two")
    context, response = await Engine(adapter).run(Chain(simple_step("first", "Begin."), second))
    assert "Go on from one." in adapter.prompts[1].user
    assert response.message == "two"
    assert [node.name for node in context.nodes] == ["first", "second"]


async def test_a_chain_ends_with_the_first_that_fails():
    with pytest.raises(TaskFailedError, match="broken"):
        await run(Chain(saying("a"), failing("broken"), saying("b")))
    with pytest.raises(ValueError, match="step"):
        Chain()


@pytest.mark.parametrize(
    ("before", "said"), [(calling("search"), "found"), (calling("fly"), "what?"), (saying("x"), "what?")]
)
async def test_decide_takes_the_branch_of_the_action(before, said):
    decide = Decide(When("search", saying("found")), When("search", saying("late")), Otherwise(saying("what?")))
    _, response = await run(Chain(before, decide))
    assert response.message == said


async def test_decide_without_a_branch_is_an_error():
    with pytest.raises(ConditionFailedError, match='"fly", and there are branches for: search'):
        await run(Chain(calling("fly"), Decide(When("search", saying("found")))))


async def test_iterate_runs_until_it_is_enough():
    adapter = MockAdapter("more", "more", "done")
    _, response = await Engine(adapter).run(Iterate(simple_step("s", "t"), lambda one: one.message == "done"))
    assert response.message == "done"
    assert adapter.call_count == 3


@pytest.mark.parametrize(("make", "times"), [(Iterate, 10), (lambda step, until: IterateMax(step, until, 3), 3)])
async def test_iterate_ends_with_an_error_at_its_limit(make, times):
    adapter = MockAdapter("more")
    with pytest.raises(LoopLimitExceededError, match=f"{times} times"):
        await Engine(adapter).run(make(simple_step("s", "t"), lambda one: False))
    assert adapter.call_count == times


async def test_a_guard_runs_only_where_its_condition_holds():
    flow = Chain(saying("a"), Guard(lambda context: context.metadata["go"], saying("b")))
    assert (await run(flow, {"go": True})).response.message == "b"
    assert (await run(flow, {"go": False})).response.message == "a"


async def test_transform_turns_the_response_before():
    _, response = await run(Chain(saying("a"), Transform(lambda one: Response(message=one.message + "!"))))
    assert response.message == "a!"
    with pytest.raises(InvalidInputError, match="no response"):
        await run(Transform(lambda one: one))

    async def late(response):
        return response

    with pytest.raises(InvalidInputError, match="plain function"):
        await run(Chain(saying("a"), Transform(late)))


def test_flows_of_nothing_are_refused():
    with pytest.raises(ValueError, match="case"):
        Decide()
    for wrong in ({"enough": 0}, {"enough": 2}):
        with pytest.raises(ValueError, match="enough"):
            Parallel(saying("a"), **wrong)
    assert Parallel(saying("a"), enough=1)
    with pytest.raises(ValueError, match="once"):
        IterateMax(saying("a"), lambda one: True, 0)
    assert IterateMax(saying("a"), lambda one: True, 1)


async def test_a_function_is_a_runnable_with_a_name_of_its_own():
    context, _ = await run(Chain(saying("a", "mine"), saying("b")))
    assert context.node("mine").metadata is context.metadata["mine"]
    assert context.metadata["mine"]["message"] == "a"
    assert isinstance(simple_step("s", "t"), NamedRunnable)
    assert not isinstance(Shouting(), NamedRunnable)


class Shouting:
    """A runnable of one's own: anything with the method."""

    async def run(self, context):
        return Response(message=context.previous.message.upper())


async def test_anything_with_the_method_is_a_runnable():
    assert (await run(Chain(saying("a"), Shouting()))).response.message == "A"


async def test_parallel_runs_at_the_same_time_and_keeps_the_order():
    gate = asyncio.Barrier(2)

    def meeting(text):
        async def meet(context):
            await gate.wait()  # neither goes on without the other
            return Response(message=text)

        return RunnableFunction(meet, text)

    context, response = await asyncio.wait_for(run(Parallel(meeting("a"), meeting("b"))), PATIENCE)
    assert [one.message for one in response.value] == ["a", "b"]
    assert response.message == "a\n\nb"
    assert [node.name for node in context.nodes] == ["a", "b"]


async def test_parallel_gathers_all_errors_with_their_indexes():
    with pytest.raises(ParallelError) as caught:
        await run(Parallel(failing("one"), saying("x"), failing("two")))
    assert caught.value.failed_indexes == (0, 2)
    assert [error.message for error in caught.value.causes] == ["one", "two"]
    assert "[0 one]" in str(caught.value)
    assert "2 of 3 failed" in str(caught.value)


async def test_parallel_may_do_with_some():
    _, response = await run(Parallel(failing("one"), saying("x"), saying("y"), enough=2))
    assert [one.message for one in response.value] == ["x", "y"]
    with pytest.raises(ValueError, match="enough"):
        Parallel(saying("x"), enough=2)


async def test_branches_of_parallel_do_not_see_each_other():
    async def write(context):
        context.metadata["seen"] = list(context.metadata)
        return Response()

    async def change(context):
        context.metadata["a"] = 2
        return Response()

    context, _ = await run(Parallel(RunnableFunction(write), RunnableFunction(change)), {"a": 1})
    assert context.metadata == {"a": 2, "seen": ["a"]}


async def test_a_vote_takes_what_most_say():
    _, response = await run(Parallel(saying("no"), saying("Yes"), saying(" yes "), merge=vote()))
    assert response.message == "Yes"
    said = ['{"a": 2}', '{"a": 1, "b": 2}', '{"b":2,"a":1}']
    _, response = await run(Parallel(*map(saying, said), merge=vote()))
    assert response.message == said[1]
    _, response = await run(Parallel(calling("a", x=1), calling("b"), calling("b"), merge=vote()))
    assert response.action == "b"


ANSWER = {"type": "object", "required": ["answer", "confidence"], "properties": {"confidence": {"maximum": 1}}}


async def test_answers_are_validated_and_normalised_before_they_are_merged():
    def percent(value):
        number = value["confidence"]
        return value | {"confidence": number / 100 if number > 1 else number}

    said = [
        "nonsense",
        '{"answer": "a", "confidence": 0.4}',
        '{"answer": "b", "confidence": 80}',
        '{"confidence": "x"}',
    ]
    merge = valid_ones(ANSWER, most_confident(), lambda value: percent(value) if value["confidence"] != "x" else {})
    _, response = await run(Parallel(*map(saying, said), merge=merge))
    assert response.value == {"answer": "b", "confidence": 0.8}
    assert response.message == '{"answer": "b", "confidence": 0.8}'
    _, response = await run(Parallel(calling("rate", answer="c", confidence=1), merge=valid_ones(ANSWER, vote())))
    assert (response.action, response.message, response.value["answer"]) == ("rate", "", "c")


async def test_no_valid_answer_is_an_error_that_tells_of_each():
    with pytest.raises(InvalidOutputError, match=r"\[0\] it is not JSON.*\[1\] 'answer'"):
        await run(Parallel(saying("x"), saying("{}"), merge=valid_ones(ANSWER)))


@pytest.mark.parametrize(("guess", "ends"), [("blue", ["blue", "red"]), ("red", ["red"])])
async def test_what_is_begun_ahead_knows_the_prediction_and_is_given_up_where_it_was_wrong(guess, ends):
    ended = []

    async def shade(context):
        told = context.metadata["colour"]["message"]
        try:
            if told == "blue":
                await asyncio.Event().wait()
        finally:
            ended.append((told, context.previous.message))
        return Response(message=f"dark {told}")

    async def slowly(context):
        await asyncio.sleep(0)
        return Response(message="red")

    first, then = RunnableFunction(slowly, "colour"), RunnableFunction(shade, "shade")
    context, response = await asyncio.wait_for(run(Prefetch(first, then, lambda _: Response(message=guess))), 5)
    assert ended == [(one, one) for one in ends]
    assert response.message == "dark red"
    assert context.metadata["shade"]["message"] == "dark red"


@pytest.mark.parametrize("guess", ["red", "blue", None])
async def test_a_prefetched_step_gives_what_a_chain_would(guess):
    seen = []

    async def shade(context):
        seen.append(context.previous.message)
        return Response(message=f"dark {context.previous.message}")

    first, then = saying("red", "colour"), RunnableFunction(shade, "shade")
    flow = Prefetch(first, then, lambda context: Response(message=guess) if guess else None)
    context, response = await run(flow)
    assert response.message == "dark red"
    assert context.metadata["colour"]["message"] == "red"
    assert context.previous is response
    assert seen.count("red") == 1


async def test_a_prefetched_step_begins_before_the_first_has_ended():
    begun = asyncio.Event()

    async def slow(context):
        await begun.wait()
        return Response(message="red")

    async def then(context):
        begun.set()
        return Response(message=f"{context.previous.message}, ok")

    flow = Prefetch(RunnableFunction(slow), RunnableFunction(then), lambda context: Response(message="red"))
    assert (await asyncio.wait_for(run(flow), 5)).response.message == "red, ok"


async def test_the_context_knows_what_was_done_before():
    context = FlowContext(Engine(MockAdapter("")), {"a": 1})
    assert (context.previous_action, dict(context.previous_params), context.node("x")) == ("", {}, None)
    context.previous = Response(ResponseKind.METHOD, "search", {"k": 1})
    assert (context.previous_action, context.previous_params) == ("search", {"k": 1})
    data = context.record_node("x", "search", {"k": 1})
    assert context.nodes == (data,)
    assert context.node("x") is data
    context.record_node("y", "", {})
    context.record_node("x", "again", {})
    assert [(one.name, one.action) for one in context.nodes] == [("y", ""), ("x", "again")]
    assert (data.name, data.action, data.params) == ("x", "search", {"k": 1})
    snapshot = context.metadata_snapshot()
    context.metadata["b"] = 2
    assert "b" not in snapshot
    sessions = SessionManager()
    assert context.with_session(sessions.get("s")).session is sessions.get("s")


async def test_an_engine_says_how_often_steps_are_tried():
    adapter = MockAdapter("x")
    step = Step("s", task="t", output_schema={"type": "object"})
    with pytest.raises(InvalidOutputError):
        await Engine(adapter).run(step)
    assert adapter.call_count == DEFAULT_RETRIES + 1
    adapter.reset()
    with pytest.raises(InvalidOutputError):
        await Engine(adapter, default_retries=0).run(step)
    assert adapter.call_count == 1
    with pytest.raises(ValueError, match="default_retries"):
        Engine(adapter, default_retries=-1)


async def test_an_engine_streams_the_text_of_a_step():
    engine = Engine(MockAdapter("red and blue"))
    assert [piece async for piece in engine.stream(simple_step("s", "t"))] == ["red ", "and ", "blue"]
