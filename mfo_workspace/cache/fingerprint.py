"""Who checks: this package, this Python and the libraries beside it, as one short text.

An entry of another checker is never looked at. An installed package is told by the list of its files that its installer
wrote; a checkout, whose files change, by the size and the time of each of them.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PACKAGES = ("mfo_dialect", "mfo_workspace")
_INSTALLED = ".dist-info"
_OURS = "mfo_lsp-"
_ZONES = "/usr/share/zoneinfo"
_DIGEST_BYTES = 8


def checker_fingerprint() -> str:
    """Sixteen hexadecimal digits."""
    home = Path(__file__).parents[2]
    whole = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for part in (sys.version, sys.implementation.name, *_libraries(), *_zones(), *_own_files(home)):
        whole.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return whole.hexdigest()


def _libraries() -> Iterator[str]:
    """The libraries that can be imported, by the names of the folders that describe them, which hold versions."""
    for folder in sys.path:
        with suppress(OSError):
            yield from sorted(name for name in os.listdir(folder or ".") if name.endswith(_INSTALLED))  # noqa: PTH208 - names


def _zones() -> Iterator[str]:
    """The system's time zones, against which names of time zones are checked."""
    with suppress(OSError):
        yield str(Path(_ZONES).stat().st_mtime_ns)


def _own_files(home: Path) -> Iterator[str]:
    with suppress(OSError):
        for name in sorted(os.listdir(home)):  # noqa: PTH208 - names
            if name.startswith(_OURS) and name.endswith(_INSTALLED):
                yield (home / name / "RECORD").read_text(encoding="utf-8")
                return
    for package in _PACKAGES:
        yield from _sources(str(home / package))


def _sources(folder: str) -> Iterator[str]:
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir():
                yield from _sources(entry.path)
            elif entry.name.endswith(".py"):
                state = entry.stat()
                yield f"{entry.path} {state.st_size} {state.st_mtime_ns}"
