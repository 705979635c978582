"""``mfo-lsp doctor``: what this installation is, what it finds in a directory, and how long that takes.

``diagnosis`` says what is told, ``examining`` finds it out, and ``showing`` writes it for people and as JSON.
"""

from __future__ import annotations

from mfo_lsp.cli.doctor.command import doctor_command

__all__ = ["doctor_command"]
