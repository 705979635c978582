"""What a command does not need, it does not load."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from tests.programs import run_python

ROOT = Path(__file__).resolve().parents[2]
OF_OTHER_COMMANDS = {
    "pygls",
    "lsprotocol",
    "httpx2",
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


AND_TELL = "import atexit, sys; atexit.register(lambda: sys.stderr.write(chr(10) + '\\t'.join(sys.modules)))"
RUN = "import runpy; sys.argv[0:1] = []; runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)"


def loaded_by(module: str, *arguments: str) -> set[str]:
    """The modules that a Python process has loaded when it ends: one that runs a module, or only imports it."""
    program = f"{AND_TELL}; {RUN if arguments else f'import {module}'}"
    done = run_python("-c", program, module, *arguments)
    assert done.returncode == 0, done.stderr[-2000:]
    return set(done.stderr.rsplit("\n", 1)[-1].split("\t"))


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
    loaded = loaded_by("mfo_lsp", *arguments)
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


NOT_FOR_A_CLEAN_FILE = {
    "tomllib",
    "pathspec",
    "multiprocessing",
    "cronsim",
    "zoneinfo",
    "traceback",
    "hashlib",
    "jsonschema",
    "mfo_dialect.expressions.nodes",
    "mfo_dialect.expressions.functions",
    "mfo_dialect.expressions.evaluation",
    "mfo_dialect.syntax.recovering",
    "mfo_dialect.syntax.mending",
    "mfo_dialect.syntax.blockwise",
    "mfo_dialect.syntax.live",
    "mfo_dialect.syntax.cursor",
    "mfo_dialect.syntax.toml",
    "mfo_dialect.templates.rendering",
    "mfo_dialect.templates.functions.table",
    "mfo_dialect.templates.printing",
    "mfo_workspace.cache.store",
}
WORKFLOW = """\
name: answers
tasks:
  - id: ask
    type: mfo_api_chat_send
    config:
      prompt_template_id: hello
      prompt_context: {name: "${INPUT.name}"}
    timeout: 30s
"""
PROMPTS = """\
templates:
  hello:
    provider_id: openai
    user_prompt: "{{ if .name }}Greet {{ .name }}.{{ end }}"
"""


def loaded_for(folder: Path, **texts: str) -> set[str]:
    """The modules that a check of some documents without a cache loads."""
    for name, text in texts.items():
        (folder / f"{name}.yml").write_text(text)
    return loaded_by("mfo_lsp", "check", "--no-cache", "--exit-zero", str(folder))


def test_a_check_loads_what_its_documents_hold(tmp_path: Path) -> None:
    loaded = loaded_for(tmp_path, workflow=WORKFLOW, prompts=PROMPTS)
    assert "mfo_dialect.templates.parser" in loaded
    assert not loaded & NOT_FOR_A_CLEAN_FILE

    calling = PROMPTS.replace(".name }}.", ".name | upper }}.")
    assert "mfo_dialect.templates.functions.table" in loaded_for(tmp_path, prompts=calling)
    condition = "{id: which, type: expr, config: {expression: ask.success}, successors: []}"
    deciding = f"{WORKFLOW}conditions:\n  - {condition}\n"
    assert "mfo_dialect.expressions.parser" in loaded_for(tmp_path, workflow=deciding)
    assert "mfo_dialect.syntax.recovering" in loaded_for(tmp_path, workflow=WORKFLOW + "  - id: [\n")


def test_a_workflow_without_prompts_loads_no_templates(tmp_path: Path) -> None:
    loaded = loaded_for(tmp_path, workflow="name: f\ntasks:\n  - {id: a, type: mfo_api_memory_get, config: {key: k}}\n")
    assert "mfo_dialect.rules" in loaded
    assert "mfo_dialect.templates.parser" not in loaded


@pytest.mark.parametrize("package", ["mfo_dialect.expressions", "mfo_dialect.syntax", "mfo_dialect.templates"])
def test_all_that_a_package_offers_can_be_asked_for(package: str) -> None:
    module = import_module(package)
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
    assert not hasattr(module, "nothing_of_this_name")


@pytest.mark.parametrize("module", ["mfo_dialect.checker", "mfo_dialect.templates", "mfo_dialect.expressions"])
def test_the_language_loads_no_network_and_no_event_loop(module: str) -> None:
    assert not loaded_by(module) & {"asyncio", "socket", "ssl", "sqlite3", "httpx2", "click"}


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help")])
def test_help_on_running_loads_nothing_that_runs(arguments: tuple[str, ...]) -> None:
    heavy = {"starlette", "uvicorn", "pygls", "asyncio", "sqlite3", "httpx2", "rich", "jinja2", "jsonschema"}
    assert not loaded_by("mfo_runtime", *arguments) & {*heavy, "mfo_runtime.engine", "mfo_runtime.client"}
