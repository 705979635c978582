"""Where the time of each keystroke goes: one line for each answer to what a client has changed, by phase.

It holds names of documents, versions and milliseconds, and nothing of what is written in a document.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Generator, Iterable
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Protocol

_NOTHING: AbstractContextManager[None] = nullcontext()


class Sink(Protocol):
    """Takes lines."""

    def write(self, text: str, /) -> object: ...  # noqa: D102 - as of any file
    def flush(self) -> object: ...  # noqa: D102


class Trace:
    """Times by phase since the first change that has not been answered yet; nothing where nobody wants them."""

    def __init__(self, sink: Sink | None = None) -> None:
        """Write to ``sink``."""
        self._sink = sink
        self._begun: float | None = None
        self._spent: dict[str, float] = {}
        self._changes = 0

    def begin(self) -> None:
        """A client has opened or changed a document."""
        if self._sink is not None:
            self._changes += 1
            if self._begun is None:
                self._begun = time.perf_counter()

    def phase(self, name: str) -> AbstractContextManager[None]:
        """Count what happens inside for a phase."""
        return self._timed(name) if self._begun is not None else _NOTHING

    @contextmanager
    def _timed(self, name: str) -> Generator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self._spent[name] = self._spent.get(name, 0.0) + time.perf_counter() - started

    def end(self, bundle: str, versions: Iterable[int]) -> None:
        """All findings of a bundle have been told; ``versions`` are those of its open documents."""
        if self._sink is None or self._begun is None:
            return
        whole = time.perf_counter() - self._begun
        waiting = whole - sum(self._spent.values())
        phases = {name: _milliseconds(seconds) for name, seconds in self._spent.items()}
        line = {
            "bundle": bundle,
            "versions": sorted(versions),
            "changes": self._changes,
            "milliseconds": _milliseconds(whole),
            **phases,
            "others and waiting": _milliseconds(waiting),
        }
        self._begun, self._spent, self._changes = None, {}, 0
        try:
            self._sink.write(json.dumps(line) + "\n")
            self._sink.flush()
        except (OSError, ValueError):
            self._sink = None  # nobody reads it any more


def _milliseconds(seconds: float) -> float:
    return round(1000 * seconds, 3)


def open_sink(target: str) -> Sink:
    """What a trace is written to: a file, made new, or the standard error stream for ``-``.

    Raises:
        OSError: the file cannot be written.
    """
    return sys.stderr if target == "-" else Path(target).open("w", encoding="utf-8")
