"""What the project file says of rules holds for the editor, for check and for runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from mfo_dialect.findings import Finding, Severity
from mfo_runtime.flow import load_flow
from mfo_workspace.checking import check_files
from mfo_workspace.files import DiskFiles

FLOW = """\
name: f
tasks:
  - id: a
    type: mfo_api_memory_get
    config: {key: "${nope.x}"}
  - id: b
    type: mfo_api_chat_send
    config: {prompt: "{{ .x }}"}
    dependencies: [nobody]
  - id: c
    type: mfo_agent_run
    config: {agent_id: writer, task: t}
"""
AGENTS = "agents:\n  writer:\n    guide: g\n    interaction: {can_delegate_to: [reader]}\n"
REFUSED_ANYWAY = {"MFO302"}
DEFAULT = {"MFO302", "MFO401", "MFO406", "MFO701"}

SETTINGS = [
    ("", DEFAULT),
    ("[check]\nselect = ['MFO4']\n", {"MFO401", "MFO406"}),
    ("[check]\nselect = ['default', 'no-timeout']\n", DEFAULT | {"MFO806"}),
    ("[check]\nselect = ['agents', 'security']\nignore = ['unknown-agent']\n", {"MFO701"}),
    ("[check]\nignore = ['references', 'unknown-delegate', 'MFO302']\n", set()),
    ("[rules]\nunknown-delegate = 'warning'\nMFO401 = 'hint'\n", DEFAULT),
]


def codes(findings: tuple[Finding, ...], *severities: Severity) -> set[str]:
    return {finding.code for finding in findings if not severities or finding.severity in severities}


@pytest.mark.parametrize(("settings", "expected"), SETTINGS)
async def test_three_callers_agree(editor, settings: str, expected: set[str]) -> None:
    editor.write("mfo.toml", settings)
    editor.write("agents.yml", AGENTS)
    editor.write("workflow.yml", FLOW)
    folder: Path = editor.folder
    files = [((folder / name).as_posix(), True) for name in ("agents.yml", "workflow.yml")]
    checked = check_files(files, DiskFiles()).findings
    assert codes(checked) == expected
    editor.open("workflow.yml")
    editor.open("agents.yml")

    def shown() -> set[tuple[str, types.DiagnosticSeverity | None]]:
        names = ("workflow.yml", "agents.yml")
        return {(str(one.code), one.severity) for name in names for one in editor.shown.get(editor.uri(name), [])}

    wanted = {(finding.code, types.DiagnosticSeverity(finding.severity)) for finding in checked}
    await editor.until(lambda: len(editor.shown) >= 2 and shown() == wanted)
    refused = codes(load_flow(str(folder / "workflow.yml")).findings)
    assert refused == codes(checked, Severity.ERROR) | REFUSED_ANYWAY
