"""Starts the server from the libraries beside this file, with whichever interpreter runs it."""
# ruff: noqa: INP001 - it is a script

import sys
from pathlib import Path

OLDEST = (3, 11)

if sys.version_info < OLDEST:
    sys.exit("mfo-lsp needs Python 3.11 or newer; this is " + sys.version.split()[0])

sys.path.insert(0, str(Path(__file__).resolve().parent / "libs"))

from mfo_lsp.__main__ import main  # noqa: E402 - it is found by the line above

if __name__ == "__main__":
    main()
