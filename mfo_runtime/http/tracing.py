"""How requests are watched from outside: what they carry along, and how each of them ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias

Ended: TypeAlias = Callable[[int | None, str | None], None]
"""Told how a request ended: the status of its answer, or the code of its error where there was none."""


class Tracing(Protocol):
    """Watches the requests of one pool."""

    def begin(self, method: str, origin: str, operation: str) -> tuple[Mapping[str, str], Ended]:
        """A request is about to be sent.

        Args:
            method: the HTTP method.
            origin: scheme, host and port; never a path, a query or a user.
            operation: what the caller names it; empty where it has no name.

        Returns:
            Headers to send along, and what is to be told of the end.
        """
        ...
