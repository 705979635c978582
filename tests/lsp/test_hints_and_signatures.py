"""Inlay hints and signature help as the protocol has them, and through a real server process."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from lsprotocol import types

from mfo_dialect.text import LineIndex, Span
from mfo_lsp.server.capabilities import Client
from mfo_lsp.server.convert import to_position, to_range
from mfo_lsp.server.requests import inlay_hints, signature_help
from tests.lsp.in_process import ENCODINGS, document, serving
from tests.lsp.letters import FLOW, PROMPTS
from tests.lsp.raw_client import PATIENCE

TEXT = 'name: a\ntasks:\n  - {id: "\U0001d11e", type: transform, config: {values: {n: len("\U0001d11e")}}}\n'
WHOLE = types.Range(types.Position(0, 0), types.Position(100, 0))
ABLE = Client(hint_tooltips=True, label_offsets=True, active_parameters=True, markdown_signatures=True)


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_hints_stand_where_the_client_counts_them(encoding):
    server = serving(encoding, flow__yml=TEXT)
    (hint,) = await inlay_hints.answer(server, types.InlayHintParams(document("flow.yml"), WHOLE))
    assert hint.position == to_position(LineIndex(TEXT), TEXT.index(")") + 1, encoding)
    assert (hint.label, hint.kind, hint.data) == (": integer", types.InlayHintKind.Type, None)


async def test_a_hint_tells_more_when_it_is_pointed_at():
    server = serving(client=ABLE, flow__yml=TEXT)
    (hint,) = await inlay_hints.answer(server, types.InlayHintParams(document("flow.yml"), WHOLE))
    assert hint.tooltip is None
    assert "len" in inlay_hints.resolve(server, hint).tooltip.value


@pytest.mark.parametrize(
    "data", [None, {}, {"uri": 1}, {"uri": "file:///other.yml", "about": 3}, [1], {"uri": "", "about": 1}]
)
def test_a_hint_of_somebody_else_stays_as_it_is(data):
    server = serving(client=ABLE, flow__yml=TEXT)
    hint = types.InlayHint(types.Position(0, 0), "words", data=data)
    assert inlay_hints.resolve(server, hint).tooltip is None


def ask_for_signature(server, marked, context=None):
    at = TEXT.index(marked) + len(marked)
    position = to_position(LineIndex(TEXT), at, server.session.encoding)
    return signature_help.help_at(server, types.SignatureHelpParams(document("flow.yml"), position, context=context))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_signature_as_an_able_client_takes_it(encoding):
    server = serving(encoding, ABLE, flow__yml=TEXT)
    found = ask_for_signature(server, "n: len(")
    (signature, *_) = found.signatures
    (parameter,) = signature.parameters
    start, end = parameter.label
    assert signature.label[:start] == "len("
    assert signature.label[end] == ")"
    assert (found.active_parameter, signature.active_parameter) == (0, 0)
    assert signature.documentation.kind is types.MarkupKind.Markdown


def test_what_is_not_known_of_a_signature_is_left_out():
    server = serving(flow__yml=TEXT)
    at = to_position(LineIndex(TEXT), TEXT.index("n: len(") + len("n: len("), server.session.encoding)
    found = signature_help.answer(server, types.SignatureHelpParams(document("flow.yml"), at))
    assert found["activeParameter"] == 0
    assert all("activeParameter" not in signature for signature in found["signatures"])


def test_a_signature_as_a_plain_client_takes_it():
    server = serving(flow__yml=TEXT)
    (signature, *_) = ask_for_signature(server, "n: len(").signatures
    assert signature.parameters[0].label in signature.label
    assert signature.active_parameter is None
    assert isinstance(signature.documentation, str)


def test_a_space_in_a_config_opens_nothing():
    server = serving(client=replace(ABLE), flow__yml=TEXT)
    asked = types.SignatureHelpContext(types.SignatureHelpTriggerKind.Invoked, is_retrigger=False)
    typed = types.SignatureHelpContext(types.SignatureHelpTriggerKind.TriggerCharacter, is_retrigger=False)
    assert ask_for_signature(server, "{val", typed) is None
    assert ask_for_signature(server, "{val", asked).signatures[0].label.startswith("transform: values")


async def test_an_editor_gets_hints_and_signatures(editor):
    editor.write("prompts.yml", PROMPTS)
    editor.open("workflow.yml", FLOW)
    text = editor.texts["workflow.yml"]
    whole = to_range(LineIndex(text), Span(0, len(text)), editor.encoding)
    identifier = types.TextDocumentIdentifier(editor.uri("workflow.yml"))
    ask = editor.client.text_document_inlay_hint_async(types.InlayHintParams(identifier, whole))
    assert await asyncio.wait_for(ask, PATIENCE)
    within = editor.range("workflow.yml", "prompt_template_id").start
    params = types.SignatureHelpParams(identifier, within)
    found = await asyncio.wait_for(editor.client.text_document_signature_help_async(params), PATIENCE)
    assert found.signatures[0].label.startswith("mfo_api_chat_send: prompt_template_id")
