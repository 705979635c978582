"""``mfo-lsp doctor``: what it tells is what there is."""

from __future__ import annotations

import json
import platform
from pathlib import Path

import pytest

from mfo_dialect.syntax.events import Engine
from mfo_lsp.cli.doctor import examining
from mfo_lsp.server.bundle_reading import LONG
from tests.check.conftest import EXAMPLES, Command
from tests.check.test_check import FLOW, WRONG

PROJECT = """\
[check]
ignore = ["style"]

[rules]
MFO404 = "error"

[bundle]
exclude = ["old*"]

[servers.production]
base_url = "https://user:hunter2@example.org"
"""


def diagnosis(command: Command, folder: Path, *arguments: str) -> dict:
    ran = command("doctor", "--json", *arguments, cwd=folder)
    assert (ran.status, ran.err) == (0, "")
    return json.loads(ran.out)


def test_settings_come_with_the_lines_that_set_them_and_without_passwords(command: Command, tmp_path: Path) -> None:
    (tmp_path / "mfo.toml").write_text(PROJECT)
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "workflow.yml").write_text(FLOW)
    told = diagnosis(command, tmp_path, "flows")
    assert told["project_file"] == (tmp_path / "mfo.toml").as_posix()
    assert told["settings"] == [
        {"name": "check.select", "value": ["default"], "source": "default"},
        {"name": "check.ignore", "value": ["style"], "source": "mfo.toml:2"},
        {"name": "rules.MFO404", "value": "error", "source": "mfo.toml:5"},
        {"name": "bundle.exclude", "value": ["old*"], "source": "mfo.toml:8"},
        {"name": "servers.production", "value": ["base_url"], "source": "mfo.toml:10"},
    ]
    assert "hunter2" not in command("doctor", "flows", cwd=tmp_path).out


def test_documents_are_counted_by_kind(command: Command, tmp_path: Path) -> None:
    told = diagnosis(command, EXAMPLES.parent, "examples/email")
    assert told["documents"]["workflow"] == told["documents"]["prompts"] == told["documents"]["agents"] == 1
    assert told["findings"] == {"error": 0, "warning": 0, "information": 0, "hint": 0}
    assert [phase["phase"] for phase in told["timings"]] == [
        "walk",
        "read",
        "project file",
        "parse",
        "gather bundles",
        "check",
    ]
    assert all(phase["seconds"] >= 0 for phase in told["timings"])
    assert told["unusual"] == []
    assert told["versions"]["python"].startswith(platform.python_version())
    assert told["versions"]["click"]


def test_what_is_unusual_is_named(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mfo.toml").write_text("[rulse]\n")
    (tmp_path / "workflow.yml").write_text(WRONG)
    (tmp_path / "prompts.yml").write_bytes(b"templates: {}\n# \xff\n")
    (tmp_path / "large_workflow.yml").write_text(FLOW + f"# {'x' * 1_200_000}\n")
    monkeypatch.setattr(examining, "BEST_ENGINE", Engine.PURE)
    monkeypatch.setenv("MFO_TOKEN", "a-secret")
    monkeypatch.delenv("MFO_CACHE_DIR", raising=False)  # the tests' own
    told = diagnosis(command, tmp_path)
    assert told["composer"] == "pure Python"
    assert told["environment"] == ["MFO_TOKEN"]
    assert told["findings"]["error"] == 2
    unusual = "\n".join(told["unusual"])
    assert "install ruamel.yaml.clib" in unusual
    assert "prompts.yml: the file is not UTF-8 text (line 2, column 3)" in unusual
    assert "large_workflow.yml: a large file" in unusual
    assert 'mfo.toml: project file has no key "rulse"; did you mean "rules"?' in unusual
    shown = command("doctor", cwd=tmp_path).out
    assert "a-secret" not in shown
    assert "\nunusual\n" in shown


def test_a_directory_without_documents(command: Command, tmp_path: Path) -> None:
    told = diagnosis(command, tmp_path)
    assert told["unusual"] == ["there is no MFO document here"]
    assert told["project_file"] is None


@pytest.mark.parametrize("directory", ["nope", "mfo.toml"])
def test_what_is_no_directory_is_an_error_of_use(command: Command, tmp_path: Path, directory: str) -> None:
    (tmp_path / "mfo.toml").touch()
    ran = command("doctor", directory, cwd=tmp_path)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)


PARTS = ["message", "text", "tree", "meaning", "rules", "diagnostics", "writing", "event loop"]


def test_a_profile_tells_of_every_part_of_a_keystroke_and_of_rules(command: Command, tmp_path: Path) -> None:
    (tmp_path / "workflow.yml").write_text(FLOW)
    ran = command("doctor", "--json", "--profile", "workflow.yml", cwd=tmp_path)
    assert (ran.status, ran.err) == (0, "")
    told = json.loads(ran.out)
    assert [phase["phase"] for phase in told["phases"]] == PARTS
    assert sum(phase["seconds"] for phase in told["phases"]) == pytest.approx(told["median"], rel=0.5)
    assert all(phase["seconds"] > 0 for phase in told["phases"][:5])
    assert told["rules"]
    assert sum(rule["seconds"] for rule in told["rules"]) <= told["median"]
    said = command("doctor", "--profile", "workflow.yml", cwd=tmp_path)
    assert all(f"\n  {part} " in said.out for part in PARTS)
    assert (tmp_path / "workflow.yml").read_text() == FLOW


def test_a_document_that_is_read_in_steps_is_profiled_too(command: Command, tmp_path: Path) -> None:
    task = "  - {{id: task_{0}, type: mfo_api_memory_get, config: {{key: key_{0}}}}}\n"
    text = "name: long\ntasks:\n" + "".join(task.format(number) for number in range(2000))
    assert len(text) > LONG
    (tmp_path / "long.yml").write_text(text)
    ran = command("doctor", "--json", "--profile", "long.yml", cwd=tmp_path)
    assert (ran.status, ran.err) == (0, "")
    assert [phase["phase"] for phase in json.loads(ran.out)["phases"]] == PARTS


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (b"a: 1\n", "it is no MFO document"),
        (b"".join(b"key_%d: value\n" % number for number in range(10_000)), "it is no MFO document"),
        (b"\xff\xfe", "it is no text in UTF-8"),
        (None, "No such file or directory"),
    ],
)
def test_what_cannot_be_profiled_is_refused(command: Command, tmp_path: Path, written: bytes, reason: str) -> None:
    if written is not None:
        (tmp_path / "a.yml").write_bytes(written)
    ran = command("doctor", "--profile", "a.yml", cwd=tmp_path)
    assert ran.status == 2
    assert f"a.yml: {reason}" in ran.err
