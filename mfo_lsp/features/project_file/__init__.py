"""Inside the project file, ``mfo.toml`` or ``[tool.mfo]`` in ``pyproject.toml``: what may be typed, and what is written there."""

from __future__ import annotations

from mfo_lsp.features.project_file.completing import complete_project
from mfo_lsp.features.project_file.explaining import hover_project

__all__ = ["complete_project", "hover_project"]
