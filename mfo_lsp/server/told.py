"""What the client was told last, to tell it no more than what has changed since."""

from __future__ import annotations

from dataclasses import dataclass

from mfo_lsp.features.completion import Item
from mfo_lsp.server.json_text import JsonText


@dataclass(frozen=True, slots=True)
class Shown:
    """What the client was last told of one document."""

    uri: str
    version: int | None
    diagnostics: JsonText


@dataclass(frozen=True, slots=True)
class Offered:
    """The items that completion offered last: their list's number, and the items with words that nobody has asked for yet."""

    number: int = 0
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class SentTokens:
    """The semantic tokens of one document as the client last got them: their id, and the protocol's numbers."""

    result_id: str
    data: tuple[int, ...]
