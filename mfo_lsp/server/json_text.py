"""JSON that is put together from parts which are written already, so that what stays is not written again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NewType

JsonText = NewType("JsonText", bytes)
"""A value as JSON, in ASCII. Where plain values stand beside it, bytes are always that, as no plain value is."""
_encode = json.JSONEncoder(separators=(",", ":")).encode


def json_text(value: object) -> JsonText:
    """A plain value as JSON."""
    return JsonText(_encode(value).encode("ascii"))


def json_list(items: Iterable[bytes]) -> JsonText:
    """A list of values that are JSON already."""
    return JsonText(b"".join((b"[", b",".join(items), b"]")))


def json_map(**values: object) -> JsonText:
    """A map by names of plain ASCII; values that are JSON already are taken as they are, and None is left out."""
    pieces: list[bytes] = []
    for name, value in values.items():
        if value is not None:
            pieces += (b"," if pieces else b"{", b'"%b":' % name.encode("ascii"))
            pieces.append(value if isinstance(value, bytes) else json_text(value))
    return JsonText(b"".join((*pieces, b"}")) if pieces else b"{}")
