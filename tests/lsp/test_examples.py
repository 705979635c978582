"""For every example the editor shows exactly what ``check`` finds, at the same places."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mfo_dialect.text import LineIndex
from mfo_lsp.server.convert import to_range
from mfo_workspace.checking import check_files
from mfo_workspace.files import DiskFiles

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FOLDERS = sorted({path.parent for path in EXAMPLES.rglob("workflow_definition.yml")})


def expected(folder: Path, encoding) -> dict[str, list[tuple[str, object, str]]]:
    """What check finds in each MFO document of a folder: code, range and message."""
    paths = sorted(folder.glob("*.yml"))
    found = check_files([(path.as_posix(), True) for path in paths], DiskFiles()).findings
    lines = {path.as_posix(): LineIndex(DiskFiles().read(path.as_posix())) for path in paths}
    shown: dict[str, list[tuple[str, object, str]]] = {path.name: [] for path in paths}
    for finding in found:
        place = finding.place
        place_range = to_range(lines[place.document], place.span, encoding)
        shown[Path(place.document).name].append((finding.code, place_range, finding.message))
    return shown


@pytest.mark.parametrize("example", FOLDERS, ids=lambda folder: folder.name)
async def test_the_editor_shows_what_check_finds(editor, example: Path) -> None:
    for path in example.glob("*.yml"):
        shutil.copy(path, editor.folder / path.name)
    wanted = expected(editor.folder, editor.encoding)
    editor.open("workflow_definition.yml")

    def shown(name: str) -> list[tuple[str, object, str]]:
        diagnostics = editor.shown.get(editor.uri(name), [])
        return [(diagnostic.code, diagnostic.range, diagnostic.message) for diagnostic in diagnostics]

    await editor.until(lambda: editor.uri("workflow_definition.yml") in editor.shown)
    await editor.until(lambda: all(shown(name) == findings for name, findings in wanted.items()))
