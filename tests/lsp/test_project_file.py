"""The project file in an editor: completion and hover are asked for it as for any document."""

from __future__ import annotations

from lsprotocol import types

from mfo_lsp.server.capabilities import Client
from mfo_lsp.server.own_params import OwnParams
from mfo_lsp.server.requests import code_actions, completion, definition, highlight, hover, references, rename, why
from tests.lsp.in_process import document, serving, type_over, uri_of

PROJECT = '[rules]\n"𝄞" = ""\nunknown-output = "w"\n[task_types.]\n'
FLOW = "name: a\ntasks: [{id: a, type: send_letter}]\n"


def serves():
    return serving(mfo__toml=PROJECT, flow__yml=FLOW)


async def labels(server, line, character):
    params = types.CompletionParams(document("mfo.toml"), types.Position(line, character))
    return {item.label: item for item in await completion.answer(server, params)}


async def test_completion_knows_the_open_text_and_the_flows_beside_it():
    server = serves()
    warning = (await labels(server, 2, 19))["warning"]
    assert warning.text_edit == types.TextEdit(
        types.Range(types.Position(2, 17), types.Position(2, 20)), '"warning"'
    )  # fmt: skip
    assert warning.filter_text == '"warning'
    assert "task_types.send_letter" in await labels(server, 3, 12)
    type_over(server, "mfo.toml", "[task_types.]", "[journal]\nenabled = ")
    assert {"true", "false"} == set(await labels(server, 4, 10))


async def test_hover_tells_of_rules_and_keys():
    server = serves()
    found = await hover.answer(server, types.HoverParams(document("mfo.toml"), types.Position(2, 3)))
    assert "MFO402" in found.contents.value
    assert found.range == types.Range(types.Position(2, 0), types.Position(2, 14))
    assert await hover.answer(server, types.HoverParams(document("mfo.toml"), types.Position(1, 1))) is None


async def test_the_file_is_known_for_what_it_is():
    assert why.answer(serves(), OwnParams(uri_of("mfo.toml")))["reason"] == "the project file of this directory"


DECLARING = '[rules]\nMFO402 = "warnin"\n[chekc]\n[task_types.send_letter]\ndescription = "Sends."\n'


def position(text, word):
    before = text[: text.index(word)]
    return types.Position(before.count("\n"), len(before) - before.rfind("\n"))


async def test_what_is_misspelt_is_mended():
    server = serving(client=Client(action_literals=True), mfo__toml=DECLARING, flow__yml=FLOW)
    for word, right in (("warnin", '"warning"'), ("chekc", "check")):
        at = position(DECLARING, word)
        params = types.CodeActionParams(document("mfo.toml"), types.Range(at, at), types.CodeActionContext([]))
        (action,) = await code_actions.answer(server, params)
        (edits,) = action.edit.changes.values()
        assert [edit.new_text for edit in edits] == [right]


async def test_names_are_found_from_where_they_are_declared():
    server = serving(mfo__toml=DECLARING, flow__yml=FLOW)
    at = position(DECLARING, "send_letter")
    context = types.ReferenceContext(include_declaration=False)
    (found,) = references.answer(server, types.ReferenceParams(context, document("mfo.toml"), at))
    assert found.uri == uri_of("flow.yml")
    (declared,) = definition.answer(server, types.DefinitionParams(document("mfo.toml"), at))
    assert declared.range.start == types.Position(3, 12)
    (place,) = highlight.answer(server, types.DocumentHighlightParams(document("mfo.toml"), at))
    assert place.range.end == types.Position(3, 23)
    edit = await rename.answer(server, types.RenameParams(document("mfo.toml"), at, "post_letter"))
    assert {uri: [one.new_text for one in edits] for uri, edits in edit.changes.items()} == {
        uri_of("mfo.toml"): ["post_letter"],
        uri_of("flow.yml"): ["post_letter"],
    }
