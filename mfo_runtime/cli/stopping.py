"""Stopping by signals: the first one gently, the second one at once, the third one without waiting for anything."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

from mfo_runtime.cli.output import say
from mfo_runtime.flow import RunControl

_PATIENCE = 3.0
"""Seconds that stopping at once may take."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def hear_signals(heard: Callable[[signal.Signals], None]) -> list[signal.Signals]:
    """Have the running loop tell of what asks to stop; gives the signals that the platform can tell of."""
    loop = asyncio.get_running_loop()
    told: list[signal.Signals] = []
    for number in _SIGNALS:
        try:
            loop.add_signal_handler(number, heard, number)
        except (NotImplementedError, RuntimeError, ValueError):
            continue
        told.append(number)
    return told


def leave_unless_ended(status: int) -> None:
    """End the process with this exit status where stopping at once, which has begun, takes more than three seconds."""
    asyncio.get_running_loop().call_later(_PATIENCE, leave, status)


def leave(status: int) -> None:
    """End the process with this exit status, whatever is under way."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)


class Stopper:
    """Turns signals into the end of a run.

    Attributes:
        control: the run.
        status: the exit status that the first signal means; 0 where there was none.
    """

    def __init__(self) -> None:
        """Nothing has been told to stop yet."""
        self.control = RunControl()
        self.status = 0
        self._count = 0

    @contextmanager
    def listening(self) -> Generator[None]:
        """Hear signals inside the block; where the platform cannot, Ctrl-C cancels the run by asyncio's own way."""
        loop = asyncio.get_running_loop()
        heard = hear_signals(self._stop)
        try:
            yield
        finally:
            for number in heard:
                loop.remove_signal_handler(number)

    def _stop(self, number: signal.Signals) -> None:
        self._count += 1
        self.status = self.status or 128 + number
        if self._count == 1:
            say("mfo: stopping; tasks under way may end. Press Ctrl-C again to stop at once.")
            self.control.cancel()
        elif self._count == 2:  # noqa: PLR2004 - the second signal
            self.control.cancel(at_once=True)
            leave_unless_ended(self.status)
        else:
            leave(self.status)
