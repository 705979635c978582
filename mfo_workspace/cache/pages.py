"""Pages of the cache: one file each, replaced whole; a file that is not as it was written has no entries.

The first line is a digest of the rest, the second a JSON object of what is needed to judge each entry, by key. Then come
the findings, a line for each entry in the same order, so that those that nobody wants are never read.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from mfo_workspace.cache.encoding import compact_json
from mfo_workspace.cache.observing import Observation

MAX_ENTRIES = 4096
MAX_BYTES = 16 * 1024 * 1024
_DIGEST_BYTES = 16
_BREAK = b"\n"


@dataclass(slots=True)
class Entry:
    """What one check of one group of files found.

    Attributes:
        observation: what it looked at.
        file_count: how many MFO documents there are in the group.
        is_quiet: whether nothing but hints was found, and nothing else is to be told.
        found: what was found, as JSON on one line.
    """

    observation: Observation
    file_count: int
    is_quiet: bool
    found: bytes


Page: TypeAlias = dict[str, Entry]


def read_page(path: Path) -> Page:
    """The entries of a page, the oldest first; none where it is missing or damaged."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return {}
        digest, _, data = path.read_bytes().partition(_BREAK)
        if digest != _digest(data):
            return {}
        index, *found = data.split(_BREAK)
        entries = json.loads(index).items()
        return {
            key: Entry(Observation(questions, answers), count, quiet, line)
            for (key, (questions, answers, count, quiet)), line in zip(entries, found, strict=True)
        }
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def write_page(path: Path, page: Page) -> None:
    """Replace a page by the newest entries that there is room for.

    Raises:
        OSError: it cannot be written.
    """
    index: dict[str, str] = {}
    room = MAX_BYTES - 2 * _DIGEST_BYTES
    for key, entry in [*page.items()][: -MAX_ENTRIES - 1 : -1]:
        seen = entry.observation
        judged = compact_json([seen.questions, seen.answers, entry.file_count, entry.is_quiet])
        room -= len(key) + len(judged) + len(entry.found) + 8
        if room < 0:
            break
        index[key] = judged
    kept = [*index][::-1]
    head = "{" + ",".join(f'"{key}":{index[key]}' for key in kept) + "}"
    data = _BREAK.join([head.encode("ascii"), *(page[key].found for key in kept)])
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        temporary.write_bytes(_digest(data) + _BREAK + data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST_BYTES).hexdigest().encode("ascii")
