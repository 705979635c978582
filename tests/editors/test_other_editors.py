"""Zed and the IDEs of JetBrains, which are not started here: their files have the form that they read, and name a server that answers."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.editors.telling import ROOT
from tests.lsp.raw_client import RawClient

EDITORS = ROOT / "editors"
FLOW = "name: one\ninput_schema: {properties: {name: {type: string}}}\ntasks:\n  - {id: a, type: transform, config: {values: {is: INPUT.nam}}}\n"


def zed() -> list[str]:
    """The command of Zed's settings: ``lsp.SERVER.binary``, SERVER being the name of its own server for YAML."""
    settings = json.loads((EDITORS / "zed" / "settings.json").read_text(encoding="utf-8"))
    assert list(settings) == ["lsp"]
    ((server, facts),) = settings["lsp"].items()
    assert (server, list(facts), set(facts["binary"])) == ("yaml-language-server", ["binary"], {"path", "arguments"})
    return [facts["binary"]["path"], *facts["binary"]["arguments"]]


def jetbrains() -> list[str]:
    """The command of the template of LSP4IJ, which it divides at spaces."""
    template = json.loads((EDITORS / "jetbrains" / "mfo" / "template.json").read_text(encoding="utf-8"))
    assert set(template) == {"id", "name", "programArgs", "fileTypeMappings"}
    (mapping,) = template["fileTypeMappings"]
    assert (mapping["languageId"], set(mapping["fileType"])) == ("yaml", {"name", "patterns"})
    for name in ("workflow_definition.yml", "agents.yaml"):
        assert any(fnmatch(name, pattern) for pattern in mapping["fileType"]["patterns"])
    assert template["programArgs"]["windows"] == template["programArgs"]["default"].replace("mfo-lsp", "mfo-lsp.exe")
    return template["programArgs"]["default"].split()


@pytest.mark.parametrize("command_of", [zed, jetbrains])
async def test_the_server_that_an_editor_is_told_to_start_finds_mistakes(command_of, tmp_path):
    program, *arguments = command_of()
    found = Path(sys.executable).parent / program
    client = RawClient(await asyncio.create_subprocess_exec(found, *arguments, stdin=PIPE, stdout=PIPE, stderr=PIPE))
    await client.initialize(rootUri=tmp_path.as_uri())
    document = {"uri": (tmp_path / "flow.yml").as_uri(), "languageId": "yaml", "version": 1, "text": FLOW}
    client.send(method="textDocument/didOpen", params={"textDocument": document})
    told = await client.notification("textDocument/publishDiagnostics")
    assert any('did you mean "name"' in finding["message"] for finding in told["diagnostics"]), told
    await client.ask("shutdown")
    client.send(method="exit")
    await client.stop()
