"""The editor and a baseline: what is known is a hint, what is new is not, and a changed baseline counts at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from lsprotocol import types

from mfo_lsp.server.convert import to_range
from mfo_workspace.baseline_file import baseline_text
from mfo_workspace.baselines import Looked, hold_findings
from mfo_workspace.checking import check_files
from mfo_workspace.files import DiskFiles

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FOLDERS = sorted({path.parent for path in EXAMPLES.rglob("workflow_definition.yml")})
SETTINGS = 'baseline = "mfo-baseline.json"\n'
KNOWN = "name: f\ntasks:\n  - id: a\n    type: mfo_api_tool_list\n    colour: red\n    dependencies: [nobody]\n"
NEW = "    shade: red\n"


def held(folder: Path):
    files = [path.as_posix() for path in sorted(folder.glob("*.yml"))]
    checked = check_files([(path, True) for path in files], DiskFiles())
    return checked, hold_findings(Looked(checked, files, DiskFiles()))


def write_baseline(editor) -> None:
    (one,) = held(editor.folder)[1]
    editor.write("mfo-baseline.json", one.text)


def shown(editor, name: str) -> list[tuple[str, types.DiagnosticSeverity | None, str]]:
    return [(one.code, one.severity, one.message) for one in editor.shown.get(editor.uri(name), [])]


def weights(editor) -> list[tuple[str, types.DiagnosticSeverity | None]]:
    return [(code, severity) for code, severity, _ in shown(editor, "workflow.yml")]


ERROR, HINT = types.DiagnosticSeverity.Error, types.DiagnosticSeverity.Hint


async def test_what_is_known_is_a_hint_and_what_is_new_is_not(editor) -> None:
    editor.write("mfo.toml", SETTINGS)
    editor.write("workflow.yml", KNOWN)
    write_baseline(editor)
    editor.open("workflow.yml")
    await editor.until(lambda: weights(editor) == [("MFO201", HINT), ("MFO302", HINT)])
    messages = [message for _, _, message in shown(editor, "workflow.yml")]
    assert all("(known, in mfo-baseline.json; for a run it is still an error)" in message for message in messages)
    editor.replace("workflow.yml", "    colour", f"{NEW}    colour")
    await editor.until(lambda: weights(editor) == [("MFO201", ERROR), ("MFO201", HINT), ("MFO302", HINT)])
    actions = await editor.actions("workflow.yml", "shade")
    assert all(action.diagnostics[0].severity == ERROR for action in actions)


async def test_a_changed_baseline_counts_at_once(editor) -> None:
    editor.write("mfo.toml", SETTINGS)
    editor.write("workflow.yml", KNOWN)
    editor.open("workflow.yml")
    await editor.until(lambda: weights(editor) == [("MFO201", ERROR), ("MFO302", ERROR)])
    write_baseline(editor)
    editor.files_changed(**{"mfo-baseline__json": types.FileChangeType.Created})
    await editor.until(lambda: weights(editor) == [("MFO201", HINT), ("MFO302", HINT)])
    editor.write("mfo-baseline.json", baseline_text({}))
    editor.files_changed(**{"mfo-baseline__json": types.FileChangeType.Changed})
    await editor.until(lambda: weights(editor) == [("MFO201", ERROR), ("MFO302", ERROR)])


async def test_a_damaged_baseline_is_told_once_and_hides_nothing(editor) -> None:
    editor.write("mfo.toml", SETTINGS)
    editor.write("mfo-baseline.json", "{\n")
    editor.write("workflow.yml", KNOWN)
    editor.open("workflow.yml")
    await editor.until(lambda: weights(editor) == [("MFO201", ERROR), ("MFO302", ERROR)])
    editor.replace("workflow.yml", "    colour", f"{NEW}    colour")
    await editor.until(lambda: len(weights(editor)) == 3)
    (told,) = editor.client.messages
    assert told.type == types.MessageType.Warning
    assert told.message.startswith("mfo-baseline.json:2:1: this is no baseline")


@pytest.mark.parametrize("example", FOLDERS, ids=lambda folder: folder.name)
async def test_editor_and_check_agree_about_what_is_new(editor, example: Path) -> None:
    for path in example.glob("*.yml"):
        shutil.copy(path, editor.folder / path.name)
    editor.write("mfo.toml", SETTINGS)
    _, (now,) = held(editor.folder)
    half = {entry: count for number, (entry, count) in enumerate(sorted(now.after.items())) if number % 2}
    editor.write("mfo-baseline.json", baseline_text(half))
    checked, (one,) = held(editor.folder)
    known = set(map(id, one.known))
    assert len(known) == sum(half.values())
    wanted = {
        (
            finding.place.document.rsplit("/", 1)[-1],
            finding.code,
            str(to_range(checked.lines[finding.place.document], finding.place.span, editor.encoding)),
        )
        for finding in checked.findings
        if id(finding) not in known
    }
    editor.open("workflow_definition.yml")

    def news() -> set[tuple[str, str, str]]:
        return {
            (path.name, one.code, str(one.range))
            for path in example.glob("*.yml")
            for one in editor.shown.get(editor.uri(path.name), [])
            if "(known, in mfo-baseline.json" not in one.message
        }

    await editor.until(lambda: editor.uri("workflow_definition.yml") in editor.shown and news() == wanted)
