"""Changes of texts as unified diffs, which ``git apply`` and ``patch`` read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import unified_diff

from mfo_workspace.writing import ChangedText

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_NOTHING = "/dev/null"


def diff_of(change: ChangedText, name: str) -> str:
    """What changed in one file, under the name that a reader sees; its lines are cut at LF alone, as patches are."""
    before = _LINE.findall(change.before or "")
    after = _LINE.findall(change.after)
    from_name = _NOTHING if change.before is None else name
    return "".join(_ended(unified_diff(before, after, from_name, name)))


def _ended(lines: Iterator[str]) -> Iterator[str]:
    """The lines of a diff, with the remark that patches want behind a last line without an end."""
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
