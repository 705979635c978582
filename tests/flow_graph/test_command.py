"""``mfo-lsp graph`` as its users run it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from mfo_lsp.cli.graph import FORMAT_NAMES
from mfo_lsp.features.flow_graph import FORMATS
from tests.flow_graph.graphs import CYCLE, REVIEW
from tests.flow_graph.test_building import TWO_FLOWS
from tests.programs import run_python

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "review.yml").write_text(REVIEW, encoding="utf-8")
    (tmp_path / "circle.yml").write_text(CYCLE, encoding="utf-8")
    (tmp_path / "two.yml").write_text(TWO_FLOWS, encoding="utf-8")
    (tmp_path / "prompts.yml").write_text("templates: {a: {user_prompt: Hello}}\n", encoding="utf-8")
    (tmp_path / "compose.yml").write_text("services: {web: {image: nginx}}\n", encoding="utf-8")
    (tmp_path / "binary.yml").write_bytes(b"name: x\n\xff\n")
    return tmp_path


def graph(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_python("-m", "mfo_lsp", "graph", *arguments, folder=folder, PYTHONIOENCODING="ascii")


def test_the_formats_are_those_of_the_feature():
    assert set(FORMAT_NAMES) == set(FORMATS)


@pytest.mark.parametrize(
    ("format_name", "start"),
    [
        ("svg", '<?xml version="1.0" encoding="UTF-8"?>\n<svg '),
        ("dot", 'digraph "review" {\n'),
        ("mermaid", '---\ntitle: "review"\n'),
        ("json", '{\n  "version": 1,\n'),
        ("html", "<!DOCTYPE html>\n"),
    ],
)
def test_it_writes_to_standard_output(folder, format_name, start):
    done = graph(folder, "review.yml", "--format", format_name)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(start)


def test_svg_is_the_default(folder):
    assert ET.fromstring(graph(folder, "review.yml").stdout.encode()).tag.endswith("svg")


@pytest.mark.parametrize(
    ("name", "start"),
    [("out.html", "<!DOCTYPE"), ("out.gv", "digraph"), ("out.mmd", "---"), ("out.JSON", "{"), ("out.txt", "<?xml")],
)
def test_the_name_of_the_output_says_the_format(folder, name, start):
    done = graph(folder, "review.yml", "--output", name)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (folder / name).read_text(encoding="utf-8").startswith(start)


def test_a_format_that_is_asked_for_wins_over_the_name(folder):
    graph(folder, "review.yml", "--output", "out.html", "--format", "json")
    assert json.loads((folder / "out.html").read_text(encoding="utf-8"))["version"] == 1


def test_a_flow_with_errors_gives_its_graph(folder):
    done = graph(folder, "circle.yml", "--format", "json")
    value = json.loads(done.stdout)
    assert done.returncode == 0
    assert [edge["kind"] for edge in value["edges"]] == ["dependency", "cycle"]
    assert {finding["severity"] for finding in value["findings"]} >= {"error"}


def test_places_are_relative_to_where_it_runs(folder):
    (folder / "below").mkdir()
    value = json.loads(graph(folder / "below", "../review.yml", "--format", "json").stdout)
    assert value["nodes"][0]["file"] == "../review.yml"


def test_one_taskflow_of_several_is_chosen(folder):
    value = json.loads(graph(folder, "two.yml", "--taskflow", "other", "--format", "json").stdout)
    assert value["taskflow"]["id"] == "other"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing.yml"], "missing.yml: there is no such file"),
        (["."], ".: this is a directory, not a file"),
        (["compose.yml"], "compose.yml: this is no MFO document"),
        (["prompts.yml"], "prompts.yml: there is no taskflow in it"),
        (["binary.yml"], "binary.yml:2:1: the file is not UTF-8 text"),
        (["two.yml"], "two.yml: choose one of its taskflows with --taskflow: one, other"),
        (["two.yml", "--taskflow", "othr"], 'two.yml: there is no taskflow "othr"; did you mean "other"?'),
        (["review.yml", "--format", "pdf"], "'pdf' is not one of"),
        (["review.yml", "--output", "nowhere/out.svg"], "nowhere/out.svg: the file cannot be written: no such file"),
        ([], "Missing argument 'FILE'"),
    ],
)
def test_misuse_is_one_line_and_status_2(folder, arguments, words):
    done = graph(folder, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert words in done.stderr


def test_it_loads_neither_server_nor_engine(folder):
    done = run_python("-X", "importtime", "-m", "mfo_lsp", "graph", "review.yml", folder=folder)
    loaded = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert "mfo_lsp.features.flow_graph" in loaded
    assert not loaded & {"pygls", "lsprotocol", "httpx2", "asyncio", "sqlite3", "mfo_runtime", "mfo_lsp.server"}


@pytest.mark.parametrize(("output", "way"), [("flow.html", ""), ("a/b/flow.html", "../../"), ("../flow.html", "here/")])
def test_the_page_leads_back_to_the_source(output, way, tmp_path):
    folder = tmp_path / "here"
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "workflow.yml").write_text("name: x\ntasks:\n  - {id: a, type: ask_user}\n", encoding="utf-8")
    assert graph(folder, "workflow.yml", "--output", output).returncode == 0
    page = (folder / output).read_text(encoding="utf-8")
    assert f'data-way="{way}"' in page
    assert tmp_path.as_posix() not in page
