"""How often the garbage collector looks while much is built of which nearly nothing is garbage."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager

_ALLOCATIONS = 200_000


def collect_rarely() -> None:
    """Let the garbage collector look less often until this process ends, which is soon."""
    gc.set_threshold(_ALLOCATIONS, *gc.get_threshold()[1:])


@contextmanager
def rare_collections() -> Generator[None]:
    """Let the garbage collector look less often: trees and models are large, and nearly nothing in them is garbage."""
    before = gc.get_threshold()
    collect_rarely()
    try:
        yield
    finally:
        gc.set_threshold(*before)
