"""A small JSON file that only its owner can read: read whole, written whole, changed by one process at a time."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from filelock import FileLock, Timeout

from mfo_runtime.errors import InvalidInputError

_LOCK_SECONDS = 10.0
_LARGEST = 1024 * 1024


class PrivateFile:
    """One such file; a missing one reads as empty."""

    def __init__(self, path: Path) -> None:
        """Use ``path``; nothing is opened or made yet."""
        self.path = path

    def read(self) -> dict[str, Any]:
        """What stands in it.

        Raises:
            InvalidInputError: others may read it, or it is damaged or cannot be read.
        """
        try:
            with self.path.open("rb") as file:
                if os.name == "posix" and os.fstat(file.fileno()).st_mode & 0o077:
                    raise InvalidInputError(
                        f"Others may read {self.path}, which holds credentials.",
                        hint=f"Run chmod 600 {self.path}, and revoke its tokens if others could have read it.",
                    )
                text = file.read(_LARGEST)
            data = json.loads(text)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._unusable(error) from None
        except (ValueError, RecursionError):
            raise self._damaged() from None
        if not isinstance(data, dict):
            raise self._damaged()
        return cast("dict[str, Any]", data)

    @contextmanager
    def changing(self) -> Generator[dict[str, Any]]:
        """What stands in it, to be changed in place; written when the block ends well.

        Raises:
            InvalidInputError: as ``read``, or it cannot be written.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with FileLock(f"{self.path}.lock", timeout=_LOCK_SECONDS, mode=0o600):
                data = self.read()
                yield data
                self._write(data)
        except (OSError, Timeout) as error:
            raise self._unusable(error) from None

    def _write(self, data: dict[str, Any]) -> None:
        handle, name = tempfile.mkstemp(prefix=f".{self.path.name}.", suffix=".tmp", dir=self.path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:  # made with mode 0600
                json.dump(data, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise

    def _unusable(self, error: Exception) -> InvalidInputError:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is locked for too long"
        return InvalidInputError(
            f"{self.path} cannot be used: {reason}.", hint="Name another file with MFO_CREDENTIALS."
        )

    def _damaged(self) -> InvalidInputError:
        return InvalidInputError(f"{self.path} is damaged.", hint="Delete it, then log in again.")
