"""Completion, hover, definition and references in a real server process, across files, on unsaved text."""

from __future__ import annotations

import asyncio

import pytest
from lsprotocol import types

from mfo_dialect.text import Encoding, LineIndex
from mfo_lsp.server.convert import to_position
from tests.lsp.raw_client import PATIENCE


def position(editor, name, part, after=0):
    """The place ``after`` code points into the only ``part`` of a document."""
    text = editor.texts[name]
    assert text.count(part) == 1
    return to_position(LineIndex(text), text.index(part) + after, Encoding.UTF16)


def place(editor, name, part, after=0):
    return types.TextDocumentIdentifier(editor.uri(name)), position(editor, name, part, after)


async def labels(editor, name, part, after):
    params = types.CompletionParams(*place(editor, name, part, after))
    found = await asyncio.wait_for(editor.client.text_document_completion_async(params), PATIENCE)
    return {item.label: item for item in (found.items if isinstance(found, types.CompletionList) else found)}


async def test_completion_offers_templates_of_the_unsaved_prompts_file(bundle):
    bundle.replace("prompts.yml", "draft", "drift")
    found = await labels(bundle, "workflow.yml", "prompt_template_id: draft", 23)
    assert list(found) == ["drift"]
    assert found["drift"].text_edit.replace == bundle.range("workflow.yml", "draft")
    assert found["drift"].text_edit.new_text == "drift"


async def test_completion_works_while_a_reference_is_being_typed(bundle):
    bundle.replace("workflow.yml", '"${fetch_letter.value}"', '"𝄞 ${fetch_letter.')
    found = await labels(bundle, "workflow.yml", "𝄞 ${fetch_letter.", 17)
    assert list(found) == ["value"]
    at = position(bundle, "workflow.yml", "𝄞 ${fetch_letter.", 17)
    assert found["value"].text_edit.insert == found["value"].text_edit.replace == types.Range(at, at)


async def test_hover_tells_what_a_reference_reads(bundle):
    params = types.HoverParams(*place(bundle, "workflow.yml", "{fetch_letter.value}", 2))
    found = await asyncio.wait_for(bundle.client.text_document_hover_async(params), PATIENCE)
    assert "mfo_api_memory_get" in found.contents.value
    assert "surely run" in found.contents.value


async def test_hover_on_the_first_line_tells_why_a_file_is_not_ours(bundle):
    bundle.open("compose.yml", "services:\n  web: {image: nginx}\n")
    params = types.HoverParams(*place(bundle, "compose.yml", "services", 1))
    found = await asyncio.wait_for(bundle.client.text_document_hover_async(params), PATIENCE)
    assert "not an MFO document" in found.contents.value
    below = types.HoverParams(*place(bundle, "compose.yml", "nginx", 1))
    assert await asyncio.wait_for(bundle.client.text_document_hover_async(below), PATIENCE) is None


async def test_definition_leads_into_the_prompts_file(bundle):
    params = types.DefinitionParams(*place(bundle, "workflow.yml", "draft", 1))
    (link,) = await asyncio.wait_for(bundle.client.text_document_definition_async(params), PATIENCE)
    assert link.target_uri == bundle.uri("prompts.yml")
    assert link.target_selection_range == bundle.range("prompts.yml", "draft")
    assert link.origin_selection_range == bundle.range("workflow.yml", "draft")


@pytest.mark.parametrize("include", [True, False])
async def test_references_are_found_from_any_use(bundle, include):
    context = types.ReferenceContext(include)
    params = types.ReferenceParams(context, *place(bundle, "workflow.yml", "[fetch_letter]", 3))
    found = await asyncio.wait_for(bundle.client.text_document_references_async(params), PATIENCE)
    assert [location.range.start.line for location in found] == ([2, 9, 10] if include else [9, 10])
    assert {location.uri for location in found} == {bundle.uri("workflow.yml")}


async def test_words_about_an_item_come_when_it_is_looked_at(bundle):
    found = await labels(bundle, "workflow.yml", "prompt_template_id: draft", 23)
    resolved = await asyncio.wait_for(bundle.client.completion_item_resolve_async(found["draft"]), PATIENCE)
    assert found["draft"].documentation is None
    assert resolved.documentation.kind is types.MarkupKind.Markdown
    assert "prompt template" in resolved.documentation.value
    later = await labels(bundle, "workflow.yml", "prompt_template_id: draft", 22)
    stale = await asyncio.wait_for(bundle.client.completion_item_resolve_async(found["draft"]), PATIENCE)
    assert stale.documentation is None
    assert later["draft"].data != found["draft"].data


async def test_an_item_replaces_what_is_typed_or_the_whole_word(bundle):
    found = await labels(bundle, "workflow.yml", "prompt_template_id: draft", 22)
    edit = found["draft"].text_edit
    whole = bundle.range("workflow.yml", "draft")
    middle = position(bundle, "workflow.yml", "prompt_template_id: draft", 22)
    assert edit == types.InsertReplaceEdit("draft", types.Range(whole.start, middle), whole)
