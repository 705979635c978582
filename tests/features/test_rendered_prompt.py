"""Prompts as a model would get them, and where each value comes from."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mfo_lsp.features.prompt_context import given_by_chat, wanted_by_chat
from mfo_lsp.features.recorded import NOTHING_RECORDED, RecordedValue, Wanted
from mfo_lsp.features.rendered_prompt import chat_at, chats_for, rendered_prompt, template_for
from tests.features.bundles import FILES, inside, snapshot_of

NOW = datetime(2024, 1, 2, tzinfo=UTC)


def rendered(snapshot, name="answer", chat=None, recorded=NOTHING_RECORDED, **given):
    of_task = given_by_chat(chat, snapshot, recorded) if chat is not None else {}
    return rendered_prompt(snapshot.bundle.templates[name], given, of_task, lambda: NOW)


def origins(prompt):
    return {one.name: (one.value, one.origin.value) for one in prompt.variables}


def test_names_stand_for_what_nobody_gives():
    prompt = rendered(snapshot_of())
    assert (prompt.system, prompt.user) == (None, "Letter \u27e8LETTER\u27e9 to \u27e8to\u27e9 from me")
    assert origins(prompt)["sign"] == ("me", "default")
    assert [one.name for one in prompt.variables if one.is_required] == ["letter", "to"]


def test_given_values_count_most():
    prompt = rendered(snapshot_of(), letter="hello", sign="you", other=1)
    assert prompt.user == "Letter HELLO to \u27e8to\u27e9 from you"


def test_a_task_brings_what_it_writes_out_and_paths_of_what_it_reads():
    snapshot, document, offset = inside("workflow.yml", "prompt_template_id: an<|>swer")
    snapshot = snapshot_of(
        workflow=FILES["workflow.yml"].replace("letter: fetch.value", "letter: 'dear ${fetch.value}'")
    )
    chat = chat_at(snapshot, document, offset)
    assert template_for(snapshot, document, None, offset).id.text == "answer"
    prompt = rendered(snapshot, chat=chat, sign="x")
    assert origins(prompt)["letter"] == ("dear \u27e8fetch.value\u27e9", "task")
    assert prompt.user == "Letter DEAR \u27e8FETCH.VALUE\u27e9 to \u27e8INPUT.address\u27e9 from x"


def test_schemas_give_defaults_and_examples():
    prompts = (
        "templates:\n  a:\n    system_prompt: '{{ .x }}'\n    user_prompt: '{{ .y.name }} {{ now | formatDate `2006` }}'\n"
        "    variables: {x: {type: integer, default: 3}, y: {type: object, examples: [{name: Ann}, {name: Bob}]}}\n"
    )
    prompt = rendered(snapshot_of(prompts=prompts), "a")
    assert (prompt.system, prompt.user) == ("3", "Ann 2024")
    assert [origin for _, origin in origins(prompt).values()] == ["default", "example"]


def test_mistakes_are_told_at_their_place():
    prompts = "templates:\n  a:\n    system_prompt: fine\n    user_prompt: '{{ index .x 9 }} {{ end }}'\n"
    snapshot = snapshot_of(prompts=prompts)
    prompt = rendered(snapshot, "a")
    assert (prompt.system, prompt.user) == ("fine", None)
    (problem,) = prompt.problems
    assert problem.place.document == "prompts.yml"
    assert prompts.index("'{{") < problem.place.span.start <= prompts.index("end }}'")


@pytest.mark.parametrize(
    ("place", "found"), [('user_prompt: "Let<|>ter', "answer"), ("extr<|>act:\n    description", None)]
)
def test_the_template_around_a_place(place, found):
    template = template_for(*inside("prompts.yml", place)[:2], None, inside("prompts.yml", place)[2])
    assert (template.id.text if template is not None else None) == found


FETCH, INPUT = Wanted("workflow.yml", "write", "fetch"), Wanted("workflow.yml", "write", "INPUT")


def recorded(value):
    return (RecordedValue("r", 0.0, "succeeded", value),)


def test_references_have_the_values_of_the_last_run():
    snapshot, document, offset = inside("workflow.yml", "prompt_template_id: an<|>swer")
    chat = chat_at(snapshot, document, offset)
    assert set(wanted_by_chat(chat, snapshot)) == {FETCH, INPUT}
    runs = {FETCH: recorded({"value": "hello"}), INPUT: recorded({"address": "Ada"})}
    prompt = rendered(snapshot, chat=chat, recorded=runs)
    assert prompt.user == "Letter HELLO to Ada from me"
    assert origins(prompt) == {"letter": ("hello", "run"), "to": ("Ada", "run"), "sign": ("me", "default")}
    some = rendered(snapshot, chat=chat, recorded={INPUT: recorded({"address": "Ada"})}, letter="hi")
    assert origins(some) == {"letter": ("hi", "given"), "to": ("Ada", "run"), "sign": ("me", "default")}


@pytest.mark.parametrize(
    ("written", "value", "origin"),
    [
        ('{a: ["${fetch.value.x}", 2], b: plain}', {"a": [1, 2], "b": "plain"}, "run"),
        ("'x is ${fetch.value.x}, y is $<fetch.value.y>'", 'x is 1, y is {"z":true}', "run"),
        ("'${fetch.value.y}'", {"z": True}, "run"),
        ("'${fetch.value.nothing} ${SECRET.hook}'", "\u27e8fetch.value.nothing\u27e9 \u27e8SECRET.hook\u27e9", "task"),
        ("'${nobody.value}'", "\u27e8nobody.value\u27e9", "task"),
        ("7", 7, "task"),
    ],
)
def test_values_are_put_together_as_in_a_run(written, value, origin):
    text = FILES["workflow.yml"].replace("letter: fetch.value", f"letter: {written}")
    snapshot = snapshot_of(workflow=text)
    chat = chat_at(snapshot, "workflow.yml", text.index("prompt_template_id"))
    runs = {FETCH: recorded({"value": {"x": 1, "y": {"z": True}}})}
    assert origins(rendered(snapshot, chat=chat, recorded=runs))["letter"] == (value, origin)


def test_in_a_template_the_tasks_that_use_it_are_asked():
    snapshot = snapshot_of()
    template = snapshot.bundle.templates["answer"]
    (chat,) = chats_for(template, snapshot, "prompts.yml", FILES["prompts.yml"].index("Letter"))
    assert chat.view.id == "ask"
