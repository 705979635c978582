"""Our programs as their users run them: in a process of their own, in some folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.effort import PATIENCE

ROOT = Path(__file__).resolve().parents[1]


def run_python(*arguments: str, folder: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python with these arguments to its end, with nothing on standard input; what it writes is UTF-8."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


def run_python_on(
    stdin: bytes, *arguments: str, folder: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """As ``run_python``, with bytes on standard input and as what is written."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        input=stdin,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
