"""What a command does not need, it does not load."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OF_OTHER_COMMANDS = {
    "pygls",
    "lsprotocol",
    "httpx",
    "starlette",
    "uvicorn",
    "websockets",
    "asyncio",
    "sqlite3",
    "rich",
    "jinja2",
    "watchfiles",
    "mfo_runtime",
    "mfo_lsp.server",
    "mfo_lsp.features",
}


def loaded_by(*arguments: str) -> set[str]:
    """The modules that a Python process loads."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--no-cache", "examples/orders"),
        ("check", "--no-cache", "--format", "json", "examples/email"),
        ("check", "--select", "MFO4", "--statistics", "examples/email"),
        ("check", "--explain-files", "examples/email"),
        ("rules", "--json"),
        ("doctor", "examples/email"),
        ("explain", "MFO401"),
    ],
)
def test_the_authors_commands_load_neither_server_nor_engine(arguments: tuple[str, ...]) -> None:
    loaded = loaded_by("-m", "mfo_lsp", *arguments)
    assert "mfo_dialect.rules" in loaded
    assert not loaded & OF_OTHER_COMMANDS


NOT_FOR_WHAT_IS_KNOWN = {
    "ruamel",
    "_ruamel_yaml",
    "tomllib",
    "pathspec",
    "multiprocessing",
    "concurrent",
    "importlib.metadata",
    "mfo_dialect.rules",
    "mfo_dialect.analysis",
    "mfo_dialect.catalogue",
    "mfo_dialect.expressions",
    "mfo_dialect.syntax",
    "mfo_dialect.templates",
    "mfo_workspace.checking",
}


@pytest.mark.parametrize("format_name", ["text", "concise", "json", "github", "gitlab", "junit"])
def test_what_is_known_from_an_earlier_run_is_told_without_loading_the_language(
    tmp_path: Path, format_name: str
) -> None:
    flow = "name: f\ntasks:\n  - id: a\n    type: mfo_api_chat_send\n    config: {prompt_template_id: hi}\n"
    folder = tmp_path / "flows"
    folder.mkdir()
    (folder / "workflow.yml").write_text(flow)
    arguments = (
        "-m",
        "mfo_lsp",
        "check",
        "--exit-zero",
        "--format",
        format_name,
        "--cache-dir",
        str(tmp_path / "cache"),
    )
    assert "mfo_dialect.rules" in loaded_by(*arguments, str(folder))
    assert loaded_by(*arguments, str(folder)) & (OF_OTHER_COMMANDS | NOT_FOR_WHAT_IS_KNOWN) == set()


@pytest.mark.parametrize("module", ["mfo_dialect.checker", "mfo_dialect.templates", "mfo_dialect.expressions"])
def test_the_language_loads_no_network_and_no_event_loop(module: str) -> None:
    assert not loaded_by("-c", f"import {module}") & {"asyncio", "socket", "ssl", "sqlite3", "httpx", "click"}


def test_help_on_running_loads_no_server() -> None:
    assert not loaded_by("-m", "mfo_runtime", "run", "--help") & {"starlette", "uvicorn", "pygls"}
