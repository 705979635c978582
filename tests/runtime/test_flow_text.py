"""Reading along: what models say is told while they say it, without secrets."""

from __future__ import annotations

from itertools import pairwise

import pytest
from flow_room import flow_with_tasks, run
from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_runtime.errors import REDACTED
from mfo_runtime.flow.outcome import strike_out
from mfo_runtime.flow.told_text import ToldText
from tests.effort import examples

TASKS = "- {id: ask, type: mfo_api_chat_send, config: {prompt: Hello}}"
ANSWER = "Once upon a time\nthere was a fox."


async def test_pieces_are_told_in_order_and_make_up_the_answer(tmp_path):
    told = []
    trial = await run(
        flow_with_tasks(TASKS), tmp_path, script={"default": ANSWER}, on_text=lambda *piece: told.append(piece)
    )
    assert trial.outputs["ask"]["message"] == ANSWER == "".join(text for _, text in told)
    assert len(told) > 3
    assert {node for node, _ in told} == {"ask"}


async def test_a_secret_is_never_told_however_it_is_cut(tmp_path):
    told = []
    script = {"default": "The word is open sesame now, and open ses"}
    inputs = {"password": "open sesame now"}
    flow = flow_with_tasks(TASKS)
    await run(flow, tmp_path, inputs, script=script, on_text=lambda _node, text: told.append(text))
    assert "".join(told) == f"The word is {REDACTED}, and open ses"


async def test_answers_come_whole_where_nobody_reads_along(tmp_path):
    trial = await run(flow_with_tasks(TASKS), tmp_path, script={"default": ANSWER})
    assert trial.outputs["ask"]["message"] == ANSWER


@settings(max_examples=examples(60))
@given(
    st.text(alphabet="abc ", max_size=40),
    st.lists(st.integers(0, 40), max_size=6),
    st.sets(st.text(alphabet="abc", min_size=1, max_size=5), max_size=3),
)
def test_pieces_tell_what_the_whole_would(text, cuts, secrets):
    told = []
    known = frozenset(secrets)
    reader = ToldText(lambda _node, piece: told.append(piece), lambda: known)
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    for start, end in pairwise(places):
        reader.take("n", text[start:end])
    reader.end("n")
    shown = "".join(told)
    assert not [secret for secret in known for part in shown.split(REDACTED) if secret in part]
    if not known:
        assert shown == text
    assert bool(shown) == bool(strike_out(text, known))


@pytest.mark.parametrize("secret", ["aab", "abab"])
def test_a_beginning_that_turns_out_to_be_none_is_told(secret):
    told = []
    reader = ToldText(lambda _node, piece: told.append(piece), lambda: frozenset({secret}))
    for piece in "aaabab":
        reader.take("n", piece)
    reader.end("n")
    assert "".join(told) == strike_out("aaabab", frozenset({secret}))
