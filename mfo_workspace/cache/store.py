"""The entries on disk: a few pages of JSON in one folder for each checker, replaced whole and pruned.

Two processes may write at once: a page is replaced in one step, and one that was written meanwhile is merged. What is
lost at worst is an entry, which costs a check.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from mfo_workspace.cache.encoding import FoundGroup, group_from_json, packed
from mfo_workspace.cache.observing import Observation, PresentDisk
from mfo_workspace.cache.pages import Entry, Page, read_page, write_page
from mfo_workspace.checked import CheckedFiles, CheckedGroup, FileGroup
from mfo_workspace.data_folder import DATA_FOLDER, make_ignored

KEPT_CHECKERS = 4
_PREFIX = "check-"
_KEY_BYTES = 16


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
        self._keys: dict[FileGroup, str] = {}
        self._disk = PresentDisk()

    def find(self, group: FileGroup) -> CheckedGroup | None:
        """What a check of a group would find now; None where only the check can tell."""
        entry = self._valid(group)
        if entry is None:
            return None
        try:
            found = group_from_json(json.loads(entry.found))
        except Exception:  # noqa: BLE001 - the fence: an entry that somebody else wrote there is none
            return None
        return replace(found, texts=self._disk.texts(found.documents)) if found.findings else found

    def find_nothing(self, groups: Iterable[FileGroup]) -> CheckedFiles | None:
        """The outcome without findings, where there are none but hints; None where there are, or not all is known.

        Quicker than finding each: no finding is read.
        """
        result = CheckedFiles()
        for group in groups:
            entry = self._valid(group)
            if entry is None or not entry.is_quiet:
                return None
            result.file_count += entry.file_count
        return result

    def _valid(self, group: FileGroup) -> Entry | None:
        key = self._key(group)
        page = self._pages.get(key[0])
        if page is None:
            page = self._pages[key[0]] = read_page(self._path(key[0]))
        entry = page.get(key)
        return entry if entry is not None and self._disk.agrees(entry.observation) else None

    def keep(self, group: FileGroup, checked: FoundGroup, observation: Observation) -> None:
        """Remember what a check found, and what it looked at."""
        key, what = self._key(group), packed(checked)
        self._new.setdefault(key[0], {})[key] = Entry(observation, what.file_count, what.is_quiet, what.found)

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
                write_page(path, {**read_page(path), **entries})
        self._new.clear()

    def _key(self, group: FileGroup) -> str:
        known = self._keys.get(group)
        if known is None:
            known = self._keys[group] = self._new_key(group)
        return known

    def _new_key(self, group: FileGroup) -> str:
        directory, files = group
        parts = (self._settings, directory, *(f"{named:d}{path}" for path, named in files))
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, digest_size=_KEY_BYTES).hexdigest()

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def _prune(root: Path, own: Path) -> None:
    """Remove what checkers of long ago have left, and pages that were never finished."""
    others = [folder for folder in root.glob(f"{_PREFIX}*") if folder != own]
    others.sort(key=lambda folder: folder.stat().st_mtime_ns)
    for folder in others[: -(KEPT_CHECKERS - 1)]:
        for page in folder.iterdir():
            page.unlink(missing_ok=True)
        folder.rmdir()
