"""The tables that are written by hand say what the code has."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from mfo_dialect.syntax import parse, to_value
from mfo_lsp.features.preferences import Preferences
from mfo_lsp.server.app import METHODS
from mfo_runtime.server import Script, ServerSettings, start_server
from mfo_runtime.server.job_types import BUILT_IN_JOB_TYPES
from mfo_runtime.server.service import open_service
from mfo_runtime.server.tools.from_python import tools_of_module
from tests.docs.blocks import ROOT, blocks_of

PARTS = {
    "mfo_dialect",
    "mfo_workspace",
    "mfo_lsp",
    "mfo_runtime",
    "tests",
    "docs",
    "scripts",
    "schemas",
    "examples",
    "benchmarks",
}
MADE_BY_THE_SERVER = {"textDocument/publishDiagnostics"}
OF_EVERY_SERVER = re.compile(r"initialized?|shutdown|exit|\$/.*|window/.*|textDocument/did.*|workspace/did.*")


def first_column(page: str, heading: str) -> list[str]:
    """The words in code in the first column of the table under a heading."""
    section = (ROOT / page).read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def test_the_page_on_editors_lists_the_methods_of_the_server() -> None:
    features = {method.name for method in METHODS if not OF_EVERY_SERVER.fullmatch(method.name)}
    assert set(first_column("docs/editors.md", "What the server does")) == features | MADE_BY_THE_SERVER


def test_the_page_on_editors_lists_the_settings() -> None:
    names = first_column("docs/editors.md", "Settings")
    assert [re.sub("([A-Z])", lambda match: f"_{match[1].lower()}", name) for name in names] == list(
        Preferences.__dataclass_fields__
    )


def test_the_page_on_the_local_server_lists_its_tools_and_jobs(tmp_path: Path) -> None:
    service = open_service(ServerSettings(data_dir=tmp_path))
    try:
        assert sorted(first_column("docs/local-server.md", "Tools")) == sorted(service.tools)
    finally:
        service.close()
    page = (ROOT / "docs" / "local-server.md").read_text(encoding="utf-8")
    jobs = page.split("\n## Jobs\n")[1].split("\n## ")[0]
    assert all(f"`{name}`" in jobs for name in BUILT_IN_JOB_TYPES)


@pytest.fixture
def shown_files(tmp_path: Path) -> dict[str, Path]:
    files: dict[str, Path] = {}
    for block in blocks_of("docs/local-server.md"):
        if block.verb == "file":
            files[block.words] = tmp_path / block.words
            files[block.words].write_text(block.text, encoding="utf-8")
    return files


def test_the_script_that_is_shown_is_one(shown_files: dict[str, Path], tmp_path: Path) -> None:
    root = parse(shown_files["scripted.yml"].read_text(encoding="utf-8")).documents[0].root
    assert root is not None
    script = Script.from_data(to_value(root))
    assert [entry.template for entry in script.entries] == ["email_analysis", "email_draft", "", ""]
    with start_server(ServerSettings(data_dir=tmp_path / "data", script=script)) as server:
        assert server.url.startswith("http://127.0.0.1:")


def test_the_tool_that_is_shown_is_one(shown_files: dict[str, Path]) -> None:
    (tool,) = tools_of_module(str(shown_files["tools.py"]))
    assert tool.name == "shipping_cost"
    assert tool.parameters["properties"]["country"] == {
        "type": "string",
        "description": "The two letters of the country.",
    }


def test_the_architecture_names_files_that_are_there() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)
    paths = [path for path in re.findall(r"`([\w./]+/[\w./]*)`", prose) if path.split("/")[0] in PARTS]
    assert len(paths) > 20
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_architecture_names_every_floor() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    floors = {
        part.strip()
        for contract in contracts
        if contract["type"] == "layers"
        for layer in contract["layers"]
        for part in layer.split("|")
    }
    assert {floor for floor in floors if not re.search(rf"\b{floor}(\b|/)", page)} <= {"__main__"}


def test_the_glossary_is_sorted_and_says_each_word_once() -> None:
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = re.findall(r"^\| ([a-z][^|]*?) \|", page, re.MULTILINE)[1:]
    assert words == sorted(set(words))
