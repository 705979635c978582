"""What a file's name says by itself."""

from __future__ import annotations

PROJECT_FILE = "mfo.toml"
SHARED_PROJECT_FILE = "pyproject.toml"
"""The file that a project may share with other tools; what it says of ours stands in its table ``[tool.mfo]``."""
PROJECT_FILES = (PROJECT_FILE, SHARED_PROJECT_FILE)
"""The names of files that may say what belongs to a project, that which counts first in front."""
_MARKDOWN_SUFFIX = ".md"


def is_markdown(path: str) -> bool:
    """Whether a path's name says that it is Markdown, which may be a prompt template (dialect section 8)."""
    return path[-len(_MARKDOWN_SUFFIX) :].lower() == _MARKDOWN_SUFFIX


def template_name(path: str) -> str:
    """The id of a prompt template in Markdown whose front matter gives none: the file's name without its ending."""
    return path.rsplit("/", 1)[-1][: -len(_MARKDOWN_SUFFIX)]
