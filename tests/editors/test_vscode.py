"""The VS Code extension, packaged, in a real VS Code in a browser."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.editors.telling import ROOT

pytestmark = pytest.mark.editors
EXTENSION = ROOT / "vscode-extension"


@pytest.fixture(scope="session")
def package(tmp_path_factory) -> Path:
    """The extension as users install it."""
    for command in (["npm", "ci", "--no-audit", "--no-fund"], ["npm", "run", "check"], ["npm", "run", "package"]):
        done = subprocess.run(command, cwd=EXTENSION, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return EXTENSION / "dist" / "mfo.vsix"


@pytest.mark.timeout(600)
def test_the_journey_of_a_user(editors_folder, package, tmp_path):
    server = Path(sys.executable).parent / "mfo-lsp"
    code_server = editors_folder / "vscode" / "bin" / "code-server"
    command = ["node", EXTENSION / "test" / "journey.mjs", code_server, package, server, ROOT / "examples" / "orders"]
    done = subprocess.run(
        [*command, tmp_path / "room"], capture_output=True, text=True, timeout=420, check=False, cwd=EXTENSION
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all steps done" in done.stdout
