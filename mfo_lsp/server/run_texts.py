"""Telling the client what models write, in pieces that are neither too many nor too long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

_PAUSE = 0.05
"""Seconds in which pieces are gathered."""
_MOST_A_RUN = 2_000_000
"""Characters; what a run says beyond is in its results alone."""

Tell = Callable[[str, str], None]


@dataclass(slots=True)
class RunTexts:
    """What the models of one run have written and the client has not been told yet.

    Attributes:
        tell: tells the client the next text of a node.
    """

    tell: Tell
    _waiting: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    _timer: asyncio.TimerHandle | None = None
    _left: int = _MOST_A_RUN

    def take(self, node: str, text: str) -> None:
        """A model wrote more; it is told soon."""
        text = text[: self._left]
        if not text:
            return
        self._left -= len(text)
        self._waiting.setdefault(node, []).append(text)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_PAUSE, self.flush)

    def flush(self) -> None:
        """Tell now what waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        waiting, self._waiting = self._waiting, {}
        for node, pieces in waiting.items():
            self.tell(node, "".join(pieces))
