"""A keyring for tests: a JSON file named by TEST_KEYRING; one that is called ``locked`` refuses everything."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked


class FileKeyring(KeyringBackend):
    priority = 1
    name = "a file of the tests"

    def get_password(self, service, username):
        return self._read().get(f"{service}/{username}")

    def set_password(self, service, username, password):
        self._write(self._read() | {f"{service}/{username}": password})

    def delete_password(self, service, username):
        kept = self._read()
        del kept[f"{service}/{username}"]
        self._write(kept)

    def _path(self):
        path = Path(os.environ["TEST_KEYRING"])
        if path.name == "locked":
            raise KeyringLocked("the keyring is locked")
        return path

    def _read(self):
        path = self._path()
        return json.loads(path.read_text()) if path.exists() else {}

    def _write(self, kept):
        self._path().write_text(json.dumps(kept))
