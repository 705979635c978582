"""Long work in a real server process: it shows how far it is, can be cancelled, and keeps no server from ending."""

from __future__ import annotations

import sys

import pytest
import pytest_asyncio
from lsprotocol import types

from tests.lsp.raw_client import SERVER, RawClient
from tests.lsp.test_running import SLOW, TOOLS

TASK = "  - {{id: task_{0}, type: mfo_api_chat_send, config: {{prompt_template_id: draft}}}}\n"
CANCELLED = types.LSPErrorCodes.RequestCancelled
BUNDLES = 30
ENDLESS = """
import asyncio
from mfo_lsp.__main__ import main
from mfo_lsp.server.requests import diagnostics, rename

of_bundle, neighbours, looked_at = diagnostics._of_bundle, rename._neighbours, []

async def one_and_no_other(*given):
    if looked_at:
        await asyncio.Event().wait()
    looked_at.append(given)
    return await of_bundle(*given)

async def the_first_of(*given):
    async for one in neighbours(*given):
        yield one
        await asyncio.Event().wait()

diagnostics._of_bundle, rename._neighbours = one_and_no_other, the_first_of
main()
"""
"""A server whose long work goes on until it is given up, however slow the client is to do so."""


@pytest_asyncio.fixture
async def client(request):
    program = (sys.executable, "-c", ENDLESS) if getattr(request, "param", True) else SERVER
    client = await RawClient.start(program=program)
    yield client
    stderr = await client.stop()
    assert "Traceback" not in stderr


@pytest.fixture
def workspace(tmp_path):
    """Many bundles that share a prompts document, so that a scan and a rename take their time."""
    (tmp_path / "mfo.toml").write_text('[bundle]\nprompts = ["shared.prompts.yml"]\n')
    (tmp_path / "shared.prompts.yml").write_text("templates:\n  draft: {user_prompt: Hello}\n")
    for number in range(BUNDLES):
        folder = tmp_path / f"b{number}"
        folder.mkdir()
        tasks = "".join(TASK.format(one) for one in range(40))
        (folder / "workflow.yml").write_text(f"name: flow_{number}\ntasks:\n{tasks}")
    return tmp_path


async def ready(client, folder, **capabilities):
    root = folder.as_uri()
    folders = [{"uri": root, "name": "all"}]
    await client.initialize(capabilities, workspaceFolders=folders, rootUri=root)


def opened(client, path, text=None):
    uri = path.as_uri()
    item = {"uri": uri, "languageId": "yaml", "version": 1, "text": path.read_text() if text is None else text}
    client.send(method="textDocument/didOpen", params={"textDocument": item})
    return uri


async def progress_of(client, token):
    """The next word about how far some work is."""
    while True:
        params = await client.notification("$/progress")
        if params["token"] == token:
            return params["value"]


async def is_alive(client):
    return (await client.ask("workspace/symbol", {"query": "flow_1"}))["result"] is not None


def scan(client, message_id="scan"):
    params = {"previousResultIds": [], "workDoneToken": "far"}
    client.send(id=message_id, method="workspace/diagnostic", params=params)


def rename(client, folder, message_id="rename"):
    uri = opened(client, folder / "shared.prompts.yml")
    params = {"textDocument": {"uri": uri}, "position": {"line": 1, "character": 3}, "newName": "sketch"}
    client.send(id=message_id, method="textDocument/rename", params={**params, "workDoneToken": "far"})


LONG = {"scan": lambda client, _folder: scan(client), "rename": rename}


@pytest.mark.parametrize("client", [False], indirect=True, ids=["as it is"])
@pytest.mark.parametrize("what", LONG)
async def test_progress_begins_goes_on_and_ends(client, workspace, what):
    await ready(client, workspace, workspace={"workspaceEdit": {"documentChanges": True}})
    LONG[what](client, workspace)
    kinds = [(await progress_of(client, "far"))["kind"]]
    while kinds[-1] != "end":
        kinds.append((await progress_of(client, "far"))["kind"])
    assert kinds == ["begin", *["report"] * (len(kinds) - 2), "end"]
    assert len(kinds) > BUNDLES
    result = (await client.reply(what))["result"]
    assert len(result["items" if what == "scan" else "documentChanges"]) == BUNDLES + 1


@pytest.mark.parametrize("what", LONG)
async def test_the_button_beside_the_progress_cancels_it(client, workspace, what):
    await ready(client, workspace)
    LONG[what](client, workspace)
    assert (await progress_of(client, "far"))["kind"] == "begin"
    client.send(method="window/workDoneProgress/cancel", params={"token": "far"})
    assert (await client.reply(what))["error"]["code"] == CANCELLED
    assert await is_alive(client)


@pytest.mark.parametrize("what", LONG)
async def test_the_request_can_be_cancelled(client, workspace, what):
    await ready(client, workspace)
    LONG[what](client, workspace)
    assert (await progress_of(client, "far"))["kind"] == "begin"
    client.send(method="$/cancelRequest", params={"id": what})
    assert (await client.reply(what))["error"]["code"] == CANCELLED
    assert await is_alive(client)


async def running(client, folder):
    """A flow under way, whose task waits for longer than anybody."""
    (folder / "tools.py").write_text(TOOLS)
    (folder / "mfo.toml").write_text(f'[tools]\nmodule = "{(folder / "tools.py").as_posix()}"\n')
    await ready(client, folder)
    uri = opened(client, folder / "workflow.yml", SLOW)
    client.send(
        id="run", method="workspace/executeCommand", params={"command": "mfo.runFlow", "arguments": [{"uri": uri}]}
    )
    while (await client.notification("mfo/runEvent"))["event"]["state"] != "running":
        pass


async def under_way(client, what, folder):
    if what == "run":
        await running(client, folder)
        return
    await ready(client, folder)
    LONG[what](client, folder)
    assert (await progress_of(client, "far"))["kind"] == "begin"


@pytest.mark.parametrize("what", ["run", *LONG])
async def test_a_client_that_vanishes_ends_the_server_whatever_is_under_way(client, workspace, what):
    await under_way(client, what, workspace)
    client.process.stdin.close()
    assert await client.exit_status() == 1


@pytest.mark.parametrize("what", ["run", *LONG])
async def test_shutdown_and_exit_are_clean_whatever_is_under_way(client, workspace, what):
    await under_way(client, what, workspace)
    client.send(id="over", method="shutdown")
    answers = {}
    while "over" not in answers:
        message = await client.read()
        if "method" not in message:
            answers[message["id"]] = message
    assert answers["over"]["result"] is None
    client.send(method="exit")
    assert await client.exit_status() == 0
