"""The fenced blocks of a Markdown page, and what the comment above each says of it.

``<!-- run -->``: run it; ``<!-- run: exit 1 -->``: its last line ends with that status. ``<!-- shown -->``: a console
whose output is as shown. ``<!-- file: NAME -->``: a file that later blocks use. ``<!-- server -->``: a server that goes
on serving while later blocks run. ``<!-- ci: NAME -->``: run by ``.ci/run``. ``<!-- editor: PROGRAM -->``: settings that ``tests/editors`` starts an editor with. ``<!-- not run: REASON -->``: nobody has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES_THAT_DO_SOMETHING = {"sh", "console", "python", "powershell", "lua", "elisp"}
_BLOCK = re.compile(
    r"(?:^<!-- (?P<verb>[a-z ]+?)(?:: (?P<words>.*?))? -->\n)?^```(?P<language>[a-z]*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """One fenced block; ``verb`` is empty where no comment stands above it."""

    language: str
    text: str
    verb: str
    words: str
    line: int


def blocks_of(page: str) -> list[Block]:
    """The blocks of a page, given by its path from the root."""
    markdown = (ROOT / page).read_text(encoding="utf-8")
    return [
        Block(
            match["language"],
            match["text"],
            match["verb"] or "",
            match["words"] or "",
            markdown.count("\n", 0, match.start("language")) + 1,
        )
        for match in _BLOCK.finditer(markdown)
    ]


def pages() -> list[str]:
    """All Markdown pages of the project but the rules', by their paths from the root."""
    return ["README.md", "CHANGELOG.md", *sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/*.md"))]
