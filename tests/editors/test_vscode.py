"""The VS Code extension, packaged, in a real VS Code in a browser: in its extension host, and by the hands of a user."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from filelock import FileLock

from tests.editors.telling import ROOT

pytestmark = [pytest.mark.editors, pytest.mark.timeout(600)]
EXTENSION = ROOT / "vscode-extension"
SERVER = Path(sys.executable).parent / "mfo-lsp"
BARE_PYTHON = Path(sys.base_prefix) / "bin" / "python3"
BUILDING = (["npm", "run", "check"], ["npm", "run", "unit"], ["npm", "run", "package"])


def do(command: Sequence[str | Path], patience: int) -> str:
    """Run a command in the extension's folder; gives what it said, which is shown where it fails."""
    environment = {**os.environ, "PYTHON": sys.executable}
    done = subprocess.run(
        command, cwd=EXTENSION, env=environment, capture_output=True, text=True, timeout=patience, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    sys.stdout.write(done.stdout)
    return done.stdout


@pytest.fixture(scope="session")
def package(tmp_path_factory) -> Path:
    """The extension as users install it; one of the processes that test makes it."""
    folder = tmp_path_factory.getbasetemp().parent
    made, done = EXTENSION / "dist" / "mfo.vsix", folder / "mfo.vsix.made"
    with FileLock(folder / "mfo.vsix.lock"):
        if not done.exists():
            if not (EXTENSION / "node_modules").is_dir():
                do(["npm", "ci", "--no-audit", "--no-fund"], 300)
            for command in BUILDING:
                do(command, 300)
            done.touch()
    return made


@pytest.fixture
def code_server(editors_folder) -> Path:
    return editors_folder / "vscode" / "bin" / "code-server"


def test_the_extension_host(code_server, package, tmp_path):
    told = do(
        ["node", "test/suite.mjs", code_server, package, SERVER, BARE_PYTHON, ROOT / "examples", tmp_path / "room"], 420
    )
    assert " passing" in told
    assert " failing" not in told


def test_the_journey_of_a_user(code_server, package, tmp_path):
    told = do(
        ["node", "test/journey.mjs", code_server, package, SERVER, ROOT / "examples" / "orders", tmp_path / "room"], 420
    )
    assert "all steps done" in told


def test_where_little_can_be_done_the_user_is_told_so(code_server, package, tmp_path):
    told = do(
        ["node", "test/limits.mjs", code_server, package, SERVER, ROOT / "examples" / "orders", tmp_path / "room"], 300
    )
    assert "nothing of the workspace was started" in told
    assert "a virtual workspace has colours, and says what it has not" in told
