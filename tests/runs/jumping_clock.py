"""Started as a program: ``mfo`` under a clock that jumps by as many seconds as a file says at the moment."""

from __future__ import annotations

import os
import time
from pathlib import Path

_REAL = time.time
_FILE = Path(os.environ["TEST_CLOCK"])


def _jumping() -> float:
    return _REAL() + float(_FILE.read_text() or 0)


time.time = _jumping

if __name__ == "__main__":
    from mfo_runtime.cli.commands import main

    main()
