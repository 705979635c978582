"""The pages on running and testing flows: what they show is run as it stands there."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from mfo_dialect.catalogue.test_keys import EXPECT, TEST
from tests.docs.blocks import ROOT, blocks_of
from tests.effort import PATIENCE


@pytest.mark.parametrize("page", ["docs/running.md", "docs/testing-flows.md"])
def test_a_page_can_be_followed(page: str, tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MFO_")}
    commands: list[str] = []
    for block in blocks_of(page):
        if block.verb == "file":
            (tmp_path / block.words).write_text(block.text, encoding="utf-8")
        elif block.verb == "run":
            commands += block.text.splitlines()
    assert commands
    for command in commands:
        name, *arguments = shlex.split(command, comments=True)
        assert name == "mfo"
        ended = subprocess.run(
            [sys.executable, "-m", "mfo_runtime", *arguments],
            cwd=tmp_path,
            env=kept | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert ended.returncode == 0, f"{command}\n{ended.stdout}{ended.stderr}"


def test_the_page_on_tests_tells_of_every_key() -> None:
    page = (ROOT / "docs/testing-flows.md").read_text(encoding="utf-8")
    assert [key.name for kind in (TEST, EXPECT) for key in kind.keys if f"`{key.name}`" not in page] == []
