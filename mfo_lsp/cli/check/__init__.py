"""``mfo-lsp check``: the editor's findings on the command line.

``options`` says what can be asked for, ``collecting`` finds the files, ``running`` does what was asked, ``writing`` puts
reports where they are wanted, and ``status`` says how the process ends.
"""

from __future__ import annotations

from mfo_lsp.cli.check.command import check_command

__all__ = ["check_command"]
