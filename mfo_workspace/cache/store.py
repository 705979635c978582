"""The entries on disk: a few pages of JSON in one folder for each checker, replaced whole and pruned.

Two processes may write at once: a page is replaced in one step, and one that was written meanwhile is merged. What is
lost at worst is an entry, which costs a check.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from mfo_workspace.cache.encoding import group_from_json, group_to_json
from mfo_workspace.cache.observing import Observation, PresentDisk
from mfo_workspace.checked import CheckedGroup, FileGroup
from mfo_workspace.data_folder import DATA_FOLDER, make_ignored

MAX_ENTRIES = 4096
MAX_BYTES = 16 * 1024 * 1024
KEPT_CHECKERS = 4
_PREFIX = "check-"
_KEY_BYTES = 16
_PAGE_DIGEST_BYTES = 16

Page = dict[str, Any]


class CheckCache:
    """What earlier checks found; looked up while a run goes on, and written once at its end.

    One page holds a sixteenth of the entries: by the first digit of their keys.
    """

    def __init__(self, folder: Path, fingerprint: str, settings: str) -> None:
        """Open a cache; nothing is read yet.

        Args:
            folder: where it is kept; need not exist.
            fingerprint: who checks.
            settings: what was asked for, as text; all of what changes findings and is not written in a file.
        """
        self._root = folder
        self._folder = folder / f"{_PREFIX}{fingerprint}"
        self._settings = settings
        self._pages: dict[str, Page] = {}
        self._new: dict[str, Page] = {}
        self._disk = PresentDisk()

    def find(self, group: FileGroup) -> CheckedGroup | None:
        """What a check of a group would find now; None where only the check can tell."""
        key = self._key(group)
        page = self._pages.get(key[0])
        if page is None:
            page = self._pages[key[0]] = _read_page(self._path(key[0]))
        try:
            questions, answers, data = page[key]
            if not self._disk.agrees(Observation(questions, answers)):
                return None
            found = group_from_json(data)
        except Exception:  # noqa: BLE001 - the fence: an entry that somebody else wrote there is none
            return None
        return replace(found, texts=self._disk.texts(found.documents)) if found.findings else found

    def keep(self, group: FileGroup, checked: CheckedGroup, observation: Observation) -> None:
        """Remember what a check found, and what it looked at."""
        key = self._key(group)
        entry = [observation.questions, observation.answers, group_to_json(checked)]
        self._new.setdefault(key[0], {})[key] = entry

    def save(self) -> None:
        """Write what is new; does nothing where that is not possible."""
        with suppress(OSError, ValueError, RecursionError):
            if self._new and not self._folder.is_dir():
                if self._root.parent.name == DATA_FOLDER:
                    make_ignored(self._root.parent)
                make_ignored(self._root)
                self._folder.mkdir(exist_ok=True)
                _prune(self._root, self._folder)
            for name, entries in self._new.items():
                path = self._path(name)
                _write_page(path, {**_read_page(path), **entries})
        self._new.clear()

    def _key(self, group: FileGroup) -> str:
        directory, files = group
        parts = (self._settings, directory, *(f"{named:d}{path}" for path, named in files))
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, digest_size=_KEY_BYTES).hexdigest()

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_PAGE_DIGEST_BYTES).hexdigest().encode("ascii")


def _read_page(path: Path) -> Page:
    """The entries of a page; none where it is missing, or not as it was written."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return {}
        digest, _, data = path.read_bytes().partition(b"\n")
        page: object = json.loads(data) if digest == _digest(data) else None
    except (OSError, ValueError, RecursionError):
        return {}
    return cast("Page", page) if isinstance(page, dict) else {}


def _write_page(path: Path, page: Page) -> None:
    """Replace a page by the newest entries that there is room for."""
    written = {key: json.dumps(entry, separators=(",", ":")) for key, entry in [*page.items()][-MAX_ENTRIES:]}
    room = MAX_BYTES - 2 * _PAGE_DIGEST_BYTES - 2
    lines: list[str] = []
    for key, entry in reversed(written.items()):
        room -= len(key) + len(entry) + 8
        if room < 0:
            break
        lines.append(f"{json.dumps(key)}:{entry}")
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        data = ("{" + ",\n".join(reversed(lines)) + "}").encode("ascii")
        temporary.write_bytes(_digest(data) + b"\n" + data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _prune(root: Path, own: Path) -> None:
    """Remove what checkers of long ago have left, and pages that were never finished."""
    others = [folder for folder in root.glob(f"{_PREFIX}*") if folder != own]
    others.sort(key=lambda folder: folder.stat().st_mtime_ns)
    for folder in others[: -(KEPT_CHECKERS - 1)]:
        for page in folder.iterdir():
            page.unlink(missing_ok=True)
        folder.rmdir()
