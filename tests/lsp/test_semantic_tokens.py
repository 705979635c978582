"""Semantic tokens as the protocol has them: relative numbers, deltas, columns in three encodings."""

from __future__ import annotations

import asyncio
import json

import pytest
from lsprotocol import types

from mfo_dialect.text import Encoding, LineIndex, Position
from mfo_lsp.server.requests import semantic_tokens
from tests.lsp.in_process import ENCODINGS, document, serving, type_over
from tests.lsp.raw_client import PATIENCE

FLOW = """\
name: a
tasks:
  - id: ask
    type: mfo_api_memory_get
    config: {key: k}
  - id: b
    type: transform
    dependencies: [ask]
    config: {values: {"x": '"𝄞é" + ask.value'}}
  - {id: c, type: mfo_api_memory_store, dependencies: [ask], config: {key: k, value: "𝄞é ${ask.value}"}}
"""


def words(data, text, encoding):
    """The words that the numbers colour."""
    lines, found = LineIndex(text), []
    line = column = 0
    for at in range(0, len(data), 5):
        down, right, length, type_, _ = data[at : at + 5]
        line, column = line + down, right + (0 if down else column)
        start = lines.offset(Position(line, column), encoding)
        end = lines.offset(Position(line, column + length), encoding)
        found.append((text[start:end], semantic_tokens.LEGEND.token_types[type_]))
    return found


async def tokens_of(server):
    return json.loads(await semantic_tokens.answer(server, types.SemanticTokensParams(document("flow.yml"))))


async def delta_since(server, result_id):
    params = types.SemanticTokensDeltaParams(document("flow.yml"), result_id)
    return json.loads(await semantic_tokens.answer_delta(server, params))


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_words_are_the_same_in_each_encoding(encoding):
    server = serving(encoding, flow__yml=FLOW)
    data = (await tokens_of(server))["data"]
    found = words(data, FLOW, encoding)
    start = found.index(('"𝄞é"', "string"))
    assert found[start : start + 5] + found[-4:] == [
        ('"𝄞é"', "string"), ("+", "operator"), ("ask", "function"), (".", "operator"), ("value", "property"),
        ("${", "operator"), ("ask", "function"), ("value", "property"), ("}", "operator"),
    ]  # fmt: skip


async def test_a_delta_leads_from_what_was_sent_to_what_is():
    server = serving(flow__yml=FLOW)
    before = await tokens_of(server)
    for old, new in [
        ("id: b", "id: bee"),
        ("dependencies: [ask]\n", "dependencies: []\n"),
        ("name: a", "name: ask"),
        ("+ ask.value", ""),
    ]:
        type_over(server, "flow.yml", old, new)
        delta = await delta_since(server, before["resultId"])
        data = before["data"]
        for edit in sorted(delta["edits"], key=lambda edit: -edit["start"]):
            data[edit["start"] : edit["start"] + edit["deleteCount"]] = edit["data"]
        now = await tokens_of(server)
        assert (data, delta["resultId"]) == (now["data"], now["resultId"])
        before = now


async def test_nothing_changed_is_an_empty_delta_and_an_unknown_result_gives_all():
    server = serving(flow__yml=FLOW)
    first = await tokens_of(server)
    assert await delta_since(server, first["resultId"]) == {"edits": [], "resultId": first["resultId"]}
    assert (await delta_since(server, "other"))["data"] == first["data"]


def test_a_range_gives_its_lines():
    server = serving(flow__yml=FLOW)
    lines = types.Range(types.Position(3, 0), types.Position(3, 30))
    found = semantic_tokens.answer_range(server, types.SemanticTokensRangeParams(document("flow.yml"), lines))
    assert words(found.data, FLOW, Encoding.UTF16) == [("mfo_api_memory_get", "type")]


async def test_a_foreign_document_has_no_tokens():
    server = serving(compose__yml="services: {web: {image: nginx}}\n")
    assert await semantic_tokens.answer(server, types.SemanticTokensParams(document("compose.yml"))) is None


async def test_an_editor_gets_tokens_and_deltas(editor):
    editor.write("workflow.yml", FLOW)
    editor.open("workflow.yml")
    identifier = types.TextDocumentIdentifier(editor.uri("workflow.yml"))
    ask = editor.client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(identifier))
    before = await asyncio.wait_for(ask, PATIENCE)
    assert words(before.data, FLOW, editor.encoding)[1] == ("ask", "function")
    editor.replace("workflow.yml", "id: b", "id: bee")
    params = types.SemanticTokensDeltaParams(identifier, before.result_id)
    delta = await asyncio.wait_for(editor.client.text_document_semantic_tokens_full_delta_async(params), PATIENCE)
    assert [len(edit.data) for edit in delta.edits] == [1]
