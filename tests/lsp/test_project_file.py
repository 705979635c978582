"""The project file in an editor: completion and hover are asked for it as for any document."""

from __future__ import annotations

from lsprotocol import types

from mfo_lsp.server.own_params import OwnParams
from mfo_lsp.server.requests import completion, hover, why
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
