"""Click's shell completion, as ``docs/reports.md`` tells it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.docs.blocks import ROOT

PROGRAM = "import sys; sys.argv = ['mfo-lsp']; from mfo_lsp.cli.commands import main; main()"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("mfo-lsp sch", ["schema"]),
        ("mfo-lsp schema pro", ["prompts", "project"]),
        ("mfo-lsp check --format g", ["github", "github-summary", "gitlab"]),
    ],
)
def test_the_shell_completes(words: str, expected: list[str]) -> None:
    typed = words.split()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={
            **os.environ,
            "_MFO_LSP_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(typed) - 1),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    offered = [line.partition(",")[2] for line in done.stdout.splitlines()]
    assert offered == expected
