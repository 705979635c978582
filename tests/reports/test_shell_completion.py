"""Click's shell completion, as ``docs/checking.md`` tells it: what each shell is told is asked of click itself."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from click.shell_completion import get_completion_class

from mfo_lsp.cli.commands import group
from tests.docs.blocks import ROOT
from tests.effort import PATIENCE

PROGRAM = "import sys; sys.argv = ['mfo-lsp']; from mfo_lsp.cli.commands import main; main()"
SHELLS = ("bash", "zsh", "fish")


def variables(shell: str, words: str) -> dict[str, str]:
    """What a shell sets to ask how the last of some words goes on."""
    *typed, last = words.split(" ")
    if shell == "fish":
        return {"COMP_WORDS": " ".join(typed), "COMP_CWORD": last}
    return {"COMP_WORDS": words, "COMP_CWORD": str(len(typed))}


def values(shell: str, answer: str) -> list[str]:
    """The values in what a shell is answered."""
    lines = answer.splitlines()
    match shell:
        case "bash":
            return [line.partition(",")[2] for line in lines]
        case "zsh":
            return lines[1::3]
        case _:
            return [line.partition(",")[2].partition("\t")[0] for line in lines]


CASES = [
    ("mfo-lsp sch", ["schema"]),
    ("mfo-lsp schema pro", ["prompts", "project"]),
    ("mfo-lsp check --format g", ["github", "github-summary", "gitlab"]),
    ("mfo-lsp check --output sar", ["sarif="]),
    ("mfo-lsp check --select MFO90", ["MFO901", "MFO902", "MFO90"]),
    ("mfo-lsp check --select unknown-no", ["unknown-node"]),
    ("mfo-lsp check --ignore MFO401,secu", ["MFO401,security"]),
    ("mfo-lsp check --severity unused-anc", ["unused-anchor="]),
    ("mfo-lsp explain mfo90", ["MFO901", "MFO902"]),
    ("mfo-lsp explain unknown-del", ["unknown-delegate"]),
]
LEVEL = ("mfo-lsp check --severity MFO401=off,MFO402=wa", ["MFO401=off,MFO402=warning"])
"""Not for bash, for which = ends a word."""


def asked(shell: str, words: str, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in variables(shell, words).items():
        monkeypatch.setenv(name, value)
    completion = get_completion_class(shell)
    assert completion is not None
    return completion(group, {}, "mfo-lsp", "_MFO_LSP_COMPLETE").complete()


@pytest.mark.parametrize(
    ("shell", "words", "expected"),
    [
        *((shell, *case) for shell in SHELLS for case in CASES),
        *((shell, *LEVEL) for shell in ("zsh", "fish")),
    ],
)
def test_the_shell_completes(shell: str, words: str, expected: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert values(shell, asked(shell, words, monkeypatch)) == expected


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_rules_come_with_what_they_find(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "The text is not valid YAML" in asked(shell, "mfo-lsp explain MFO101", monkeypatch)


def program(instruction: str, more: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, "_MFO_LSP_COMPLETE": instruction, **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_the_program_itself_answers_and_gives_the_script_of_a_shell(shell: str) -> None:
    words = "mfo-lsp check --select MFO90"
    assert values(shell, program(f"{shell}_complete", variables(shell, words))) == ["MFO901", "MFO902", "MFO90"]
    script = program(f"{shell}_source", {})
    assert "_MFO_LSP_COMPLETE" in script
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=script.encode(), check=True, timeout=PATIENCE)
