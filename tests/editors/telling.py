"""Real programs in a home of their own that find the server of this environment, and tell what they saw."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.effort import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """The environment of a program: a home, and this Python's programs before all others."""
    environment = {**os.environ, "HOME": str(home), "MFO_HOME": str(home / ".mfo")}
    environment |= {"XDG_STATE_HOME": str(home / ".state"), "XDG_DATA_HOME": str(home / ".data")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**environment, **more}


def what_is_told(command: Sequence[str | Path], folder: Path, home: Path) -> Any:
    """Run a program in a folder; gives what it wrote, as JSON, to the file that the variable TOLD names.

    Raises:
        AssertionError: it wrote nothing; with its words.
    """
    told = folder / "told.json"
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env=surroundings(home, TOLD=str(told)),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert told.exists(), done.stderr + done.stdout
    result = json.loads(told.read_text(encoding="utf-8"))
    assert "problem" not in (result or ()), (result["problem"], result.get("messages"), done.stderr)
    return result
