"""yaml-language-server, with our schemas, reports nothing on good documents, and something on bad ones."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mfo_dialect.analysis.bundle import read_source
from mfo_dialect.model.kinds import DocumentKind
from mfo_dialect.model.project import read_project
from mfo_dialect.rules import RULES
from mfo_lsp.cli.schema import file_name, schema_text
from mfo_lsp.scaffolds import SCAFFOLDS, render
from tests.docs.blocks import ROOT
from tests.marks import fenced_files, read_marks, section
from tests.schemas.yaml_language_server import diagnostics

pytestmark = [pytest.mark.registry, pytest.mark.timeout(600)]

VERSION = "^1.19"
KINDS = {
    DocumentKind.WORKFLOW: "workflow",
    DocumentKind.PROMPTS: "prompts",
    DocumentKind.AGENTS: "agents",
    DocumentKind.CONFIG: "config",
}
SUPPRESSION = "# mfo: ignore"
OF_SHAPE = ("MFO201", "MFO202", "MFO203", "MFO204")


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where npm has installed yaml-language-server."""
    folder = tmp_path_factory.mktemp("npm")
    command = ["npm", "install", "--no-audit", "--no-fund", "--silent", f"yaml-language-server@{VERSION}"]
    subprocess.run(command, cwd=folder, check=True, timeout=300, stdin=subprocess.DEVNULL)
    return folder / "node_modules"


class Documents:
    """Documents to be shown, each under a name that says which schema is for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.texts: dict[str, str] = {}
        self.schemas: dict[str, str] = {}

    def add(self, origin: str, files: dict[str, str]) -> None:
        """Add the MFO documents of one bundle."""
        project = read_project(files["mfo.toml"], "mfo.toml") if "mfo.toml" in files else None
        for name, text in files.items():
            if SUPPRESSION in text:
                continue  # what a comment excuses, a schema still refuses
            kind = read_source(name, text).kind if name.endswith((".yml", ".yaml")) else None
            if kind is None:
                continue
            label = f"{origin}.{len(self.texts)}" if project is not None else KINDS[kind]
            schema = self.folder / file_name(label)
            if not schema.exists():
                schema.write_text(schema_text(KINDS[kind], project), encoding="utf-8")
            self.schemas[f"*.{label}.yml"] = schema.as_uri()
            self.texts[f"{len(self.texts)}.{origin}.{name.replace('/', '.')}.{label}.yml"] = text


def generated(folder: Path) -> dict[str, dict[str, str]]:
    """Bundles for measuring, by name, where their generator stands beside the checkout."""
    conformance = Path(os.environ.get("MFO_CONFORMANCE") or ROOT.parent / "shared" / "conformance")
    generator = conformance.parent / "bench" / "gen_bundle.py"
    if not generator.exists():
        return {}
    command = [sys.executable, str(generator), str(folder), "--corpus", "8", "--tasks", "40"]
    subprocess.run(command, check=True, timeout=60, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return {
        bundle.name: {path.name: path.read_text(encoding="utf-8") for path in sorted(bundle.iterdir())}
        for bundle in sorted(folder.iterdir())
    }


def good(folder: Path) -> Documents:
    documents = Documents(folder)
    for example in ("email", "orders", "report"):
        paths = sorted((ROOT / "examples" / example).glob("*.yml"))
        documents.add(example, {path.name: path.read_text(encoding="utf-8") for path in paths})
    for scaffold in SCAFFOLDS:
        documents.add(f"new-{scaffold.name}", render(scaffold, "x"))
    for rule in RULES:
        documents.add(rule.code, fenced_files(section(rule.page, "Good")))
    for name, files in generated(folder / "corpus").items():
        documents.add(f"generated-{name}", files)
    return documents


def test_nothing_is_said_of_good_documents(modules: Path, tmp_path: Path) -> None:
    documents = good(tmp_path)
    assert len(documents.texts) > len(RULES)
    found = diagnostics(modules, documents.texts, documents.schemas)
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize("code", OF_SHAPE)
def test_every_mistake_of_shape_is_refused(code: str, modules: Path, tmp_path: Path) -> None:
    (rule,) = (rule for rule in RULES if rule.code == code)
    marked = {name: read_marks(text) for name, text in fenced_files(section(rule.page, "Bad")).items()}
    documents = Documents(tmp_path)
    documents.add(code, {name: text for name, (text, _) in marked.items()})
    found = diagnostics(modules, documents.texts, documents.schemas)
    mistakes = sum(len(marks) for _, marks in marked.values())
    assert mistakes
    assert sum(map(len, found.values())) == mistakes


def test_the_task_types_of_a_project_are_known(modules: Path, tmp_path: Path) -> None:
    documents = Documents(tmp_path)
    project = """\
        [task_types.fetch_data]
        config = {type = "object", required = ["source"], properties = {source = {type = "string"}}}
    """
    flow = "name: x\ntasks:\n  - id: a\n    type: fetch_data\n    config: {%s}\n"
    for config in ("source: here", "source: '${INPUT.x}'", "sauce: here"):
        documents.add("own", {"mfo.toml": project, "workflow.yml": flow % config})
    found = diagnostics(modules, documents.texts, documents.schemas)
    assert [said for _, said in sorted(found.items())] == [
        [],
        [],
        ['5: Missing property "source".', "5: Property sauce is not allowed."],
    ]
