"""``mfo``: run flows and serve the local MFO server."""

from __future__ import annotations

from mfo_runtime.cli.commands import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
