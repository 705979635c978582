"""What models say while they say it, on its way to whoever reads along: secrets are struck out before anybody is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from mfo_runtime.flow.outcome import strike_out

TextObserver: TypeAlias = Callable[[str, str], None]
"""Told of the next piece of text of a node's execution: its path with iteration, and the piece."""


@dataclass(slots=True)
class ToldText:
    """The texts of one run that are being written.

    The end of what was said is kept back as long as it may be the beginning of a secret.

    Attributes:
        tell: the one who reads along.
        secrets: the values that are never shown, as they are known by then.
    """

    tell: TextObserver
    secrets: Callable[[], frozenset[str]]
    _kept_back: dict[str, str] = field(default_factory=dict[str, str])

    def take(self, node: str, piece: str) -> None:
        """A model said more in the execution of a node."""
        secrets = self.secrets()
        text: str = strike_out(self._kept_back.pop(node, "") + piece, secrets)
        begun = _beginning_of_secret(text, secrets)
        if begun < len(text):
            self._kept_back[node] = text[begun:]
        if begun:
            self.tell(node, text[:begun])

    def end(self, node: str) -> None:
        """The execution is over: what was kept back was no secret."""
        rest = self._kept_back.pop(node, "")
        if rest:
            self.tell(node, rest)


def _beginning_of_secret(text: str, secrets: frozenset[str]) -> int:
    """Where the end of a text may be the beginning of a secret; its length where it is none."""
    first = len(text)
    for secret in secrets:
        place = text.find(secret[0], max(0, len(text) - len(secret) + 1))
        while 0 <= place < first:
            if secret.startswith(text[place:]):
                first = place
                break
            place = text.find(secret[0], place + 1)
    return first
