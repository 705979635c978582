"""What of an exchange may stand in a cassette: a secret's mark in the place of its value, whatever form the value has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from mfo_runtime.errors import REDACTED, is_name_of_secret, strike_out_credentials

_MAX_DEPTH = 64
RUN = "<run>"
"""Stands for the run's own id in requests, which is another one in every run."""


def stand_in(name: str) -> str:
    """What stands for a secret's value in a cassette, and is its value when the cassette is replayed."""
    return f"<secret {name}>"


class Redactor:
    """Strikes out secrets: known values become marks, and what stands under the name of a secret is left out."""

    def __init__(self, known: Mapping[str, str]) -> None:
        """Strike out the keys of ``known`` wherever they stand; each value is what stands there instead."""
        self._known = known
        longest_first = sorted(filter(None, known), key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def text(self, text: str) -> str:
        """A text without known values and without what looks like a token."""
        if self._pattern is not None:
            text = self._pattern.sub(lambda found: self._known[found.group()], text)
        return strike_out_credentials(text)

    def data(self, value: Any, name: str = "", depth: int = 0) -> Any:
        """JSON values without secrets; ``name`` is the key under which the value stands."""
        match value:
            case str():
                return REDACTED if value and is_name_of_secret(name) and not _is_mark(value) else self.text(value)
            case dict() | list() if depth >= _MAX_DEPTH:
                return REDACTED
            case dict():
                items = cast("dict[str, Any]", value).items()
                return {self.text(key): self.data(item, key, depth + 1) for key, item in items}
            case list():
                return [self.data(item, name, depth + 1) for item in cast("list[Any]", value)]
            case _:
                return value


def _is_mark(text: str) -> bool:
    return text == REDACTED
