"""How much memory this process has held."""

from __future__ import annotations

import sys


def peak_memory() -> int:
    """The most bytes that this process has held; 0 where nobody can tell."""
    if sys.platform == "win32":
        return 0
    import resource  # noqa: PLC0415 - does not exist on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
