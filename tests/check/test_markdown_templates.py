"""Prompt templates in Markdown on the command line: which files are such, what is said of them and what is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.check.conftest import Command
from tests.greeting import FLOW, GREETING

PROJECT = '[bundle]\nprompts = ["prompts/*.md"]\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A flow beside a folder with one template in Markdown, and a page that is none."""
    (tmp_path / "prompts").mkdir()
    (tmp_path / "mfo.toml").write_text(PROJECT)
    (tmp_path / "flow.mfo.yml").write_text(FLOW)
    (tmp_path / "prompts" / "greeting.md").write_text(GREETING)
    (tmp_path / "prompts" / "notes.md").write_text("# Notes\n\n{{ what }}\n")
    (tmp_path / "other.md").write_text("---\nid: other\n---\n{{ broken\n")
    return tmp_path


def test_a_flow_and_its_template_are_silent(command: Command, project: Path) -> None:
    ran = command("check", cwd=project)
    assert (ran.status, ran.out, ran.err) == (0, "", "")


def test_a_name_that_no_file_gives_is_told_of(command: Command, project: Path) -> None:
    (project / "flow.mfo.yml").write_text(FLOW.replace("greeting", "greting"))
    assert '"greting"; did you mean "greeting"?' in command("check", cwd=project).out


@pytest.mark.parametrize("arguments", [[], ["prompts"], ["prompts/greeting.md"]], ids=["all", "folder", "file"])
def test_what_is_wrong_in_a_body_is_told_of_at_its_place(command: Command, project: Path, arguments: list[str]) -> None:
    (project / "prompts" / "greeting.md").write_text(GREETING.replace(".who }}", ".who | uper }}"))
    ran = command("check", "--format", "concise", *arguments, cwd=project)
    assert ran.out.startswith("prompts/greeting.md:5:16: error MFO606 ")
    assert ran.status == 1


def test_an_edit_is_seen_though_all_was_checked_before(command: Command, project: Path) -> None:
    assert command("check", cwd=project).status == 0
    (project / "prompts" / "greeting.md").write_text(GREETING.replace("[who]", "[who, tone]"))
    assert "MFO604" in command("check", cwd=project).out
    (project / "prompts" / "greeting.md").rename(project / "prompts" / "hello.md")
    assert "MFO601" in command("check", cwd=project).out


def test_a_comment_in_the_front_matter_speaks_for_the_body(command: Command, project: Path) -> None:
    wrong = GREETING.replace(".who }}", ".who | uper }}")
    (project / "prompts" / "greeting.md").write_text(
        wrong.replace("]\n---", "]\n# mfo: ignore[MFO606] on purpose\n---")
    )
    assert command("check", cwd=project).out == ""
    (project / "prompts" / "greeting.md").write_text(wrong)
    assert command("check", "--add-ignores", cwd=project).status == 0
    assert command("check", cwd=project).out == ""
    assert (project / "prompts" / "greeting.md").read_text().endswith("\n\n# To {{ .who | uper }}\n")


def test_what_was_taken_for_what_is_explained(command: Command, project: Path) -> None:
    told = command("check", "--explain-files", cwd=project).out
    assert "prompts/greeting.md: a prompt template" in told
    assert "prompts/notes.md: not an MFO document: a Markdown file without front matter" in told
    assert "other.md" not in told


def test_markdown_is_never_laid_out(command: Command, project: Path) -> None:
    (project / "prompts" / "greeting.md").write_text("---\nvariables:   [who]   \n---\nTo {{ .who }}   \n\n\n")
    before = (project / "prompts" / "greeting.md").read_bytes()
    assert command("format", cwd=project).status == 0
    assert (project / "prompts" / "greeting.md").read_bytes() == before
