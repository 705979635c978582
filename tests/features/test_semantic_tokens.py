"""Tokens as the words that they colour."""

from __future__ import annotations

import pytest

from mfo_dialect.steps import at_once
from mfo_dialect.text import Span
from mfo_lsp.features.semantic_tokens import MODIFIER_NAMES, Modifier, semantic_tokens, semantic_tokens_in_steps
from tests.features.bundles import FILES, snapshot_of


def coloured(document, part="", **files):
    """The tokens inside the only ``part`` of a document: ``word type modifiers``."""
    snapshot = snapshot_of(**files)
    text = snapshot.bundle.sources[document].text
    start = text.index(part)
    within = Span(start, start + len(part) if part else len(text))
    shown = []
    for token in semantic_tokens(snapshot, document, within):
        modifiers = "".join(f" {name}" for bit, name in enumerate(MODIFIER_NAMES) if token.modifiers.value >> bit & 1)
        shown.append(f"{text[token.span.start : token.span.end]} {token.type.value}{modifiers}")
    return shown


def test_every_modifier_has_its_name():
    assert len(MODIFIER_NAMES) == len(Modifier)


def test_ids_types_and_references_of_a_task():
    assert coloured(
        "workflow.yml", 'id: keep\n        type: mfo_api_memory_store\n        config: {key: "${ask.parsed'
    ) == [
        "keep function declaration",
        "mfo_api_memory_store type defaultLibrary",
        "${ operator",
        "ask function",
        "parsed_content property",
    ]


def test_both_spellings_with_marks_and_the_bare_one():
    assert coloured("workflow.yml", "letter: fetch.value\n            to: $<INPUT.address>") == [
        "letter parameter", "fetch function", "value property",
        "to parameter", "$< operator", "INPUT namespace defaultLibrary", "address parameter", "> operator",
    ]  # fmt: skip


def test_expressions():
    assert coloured("workflow.yml", 'split.n > limit && address != ""') == [
        "split function", ". operator", "n property", "> operator", "limit variable",
        "&& operator", "address parameter", "!= operator", '"" string',
    ]  # fmt: skip
    assert coloured("workflow.yml", "len(ask.message)")[:2] == ["len function defaultLibrary", "ask function"]


def test_templates():
    assert coloured("prompts.yml", "Letter {{ .letter | upper }}") == [
        "{{ operator", "letter parameter", "| operator", "upper function defaultLibrary", "}} operator",
    ]  # fmt: skip
    jinja = (
        "templates:\n  a:\n    engine: jinja2\n    user_prompt: "
        '"{% for x in xs -%}  {{ x.name | upper }}{# why #}{% endfor %}"\n'
    )
    assert coloured("prompts.yml", "{% for", prompts=jinja)[:2] == ["{% operator", "for keyword"]
    assert coloured("prompts.yml", jinja[jinja.index("{% for") : -2], prompts=jinja) == [
        "{% operator", "for keyword", "x variable", "in keyword", "xs parameter", "-%} operator",
        "{{ operator", "x variable", ". operator", "name property", "| operator", "upper function defaultLibrary", "}} operator",
        "{# operator", " why  comment", "#} operator", "{% operator", "endfor keyword", "%} operator",
    ]  # fmt: skip


def test_older_types_and_deprecated_keys():
    text = "name: a\ntasks:\n  - id: a\n    type: slop_api_chat_send\n    config:\n      message: hello\n"
    assert coloured("workflow.yml", workflow=text)[2:] == [
        "slop_api_chat_send type deprecated defaultLibrary",
        "message property deprecated",
    ]


def test_a_token_over_several_lines_is_cut_at_their_ends():
    text = "templates:\n  a:\n    user_prompt: |\n      {{/* why\n        so */}} and {{ .x }}\n"
    assert coloured("prompts.yml", prompts=text) == [
        "a class declaration", "{{/* why comment", "so */}} comment", "{{ operator", "x parameter", "}} operator",
    ]  # fmt: skip


def test_a_half_typed_reference_and_expression():
    text = FILES["workflow.yml"].replace('"${ask.tool_call_results.extract.subject} ${split.n}"', '"${ask.')
    assert "ask function" in coloured("workflow.yml", 'value: "${ask.', workflow=text)


def test_a_stretch_gives_what_touches_it():
    snapshot = snapshot_of()
    everything = semantic_tokens(snapshot, "workflow.yml")
    middle = everything[len(everything) // 2].span
    assert semantic_tokens(snapshot, "workflow.yml", middle)[0].span == middle
    assert semantic_tokens(snapshot, "workflow.yml", Span(0, len(FILES["workflow.yml"]))) == everything
    assert semantic_tokens(snapshot, "other.yml") == ()


@pytest.mark.parametrize("count", [1, 2, 7])
def test_some_lines_at_a_time_give_the_same(count):
    prompts = (
        FILES["prompts.yml"]
        + "  b:\n    user_prompt: |\n      {{/* why\n      so */}}{{\n        .x }} ${INPUT\n      .y} {{ .z"
    )
    snapshot = snapshot_of(prompts=prompts, workflow=FILES["workflow.yml"])
    for document in snapshot.bundle.sources:
        everything = semantic_tokens(snapshot, document)
        assert everything
        assert at_once(semantic_tokens_in_steps(snapshot, document, count)) == everything
    assert sum(1 for _ in semantic_tokens_in_steps(snapshot, "workflow.yml", count)) >= 10
