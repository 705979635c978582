"""``mfo-lsp``: serve an editor, or check, explain and list from the command line."""

from __future__ import annotations

from mfo_lsp.cli.commands import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
