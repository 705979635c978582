"""A ``check --watch`` that runs in its own process, and is asked what it has written so far."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Self

from tests.check.conftest import EXAMPLES
from tests.effort import PATIENCE


class Watching:
    """A running ``mfo-lsp check --watch``; its two streams are read as they come."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mfo_lsp", "check", "--watch", *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(EXAMPLES.parent), "WATCHFILES_FORCE_POLLING": ""},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self._changed = threading.Condition()
        self._written = {"out": b"", "err": b""}
        self._readers = [
            threading.Thread(target=self._read, args=("out", self.process.stdout), daemon=True),
            threading.Thread(target=self._read, args=("err", self.process.stderr), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, name: str, stream: IO[bytes]) -> None:
        while data := os.read(stream.fileno(), 65536):
            with self._changed:
                self._written[name] += data
                self._changed.notify_all()

    def wait_for(self, name: str, words: str) -> str:
        """What has been written to a stream until the words came up in it; what is asked for next comes after them."""
        with self._changed:
            assert self._changed.wait_for(lambda: words.encode() in self._written[name], PATIENCE), self._written
            end = self._written[name].index(words.encode()) + len(words.encode())
            found, self._written[name] = self._written[name][:end], self._written[name][end:]
        return found.decode()

    def interrupt(self) -> int:
        """Press Ctrl-C; the exit status comes out."""
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join(PATIENCE)
        return status

    @property
    def rest(self) -> str:
        """What was written to standard error and not asked for."""
        return self._written["err"].decode()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
