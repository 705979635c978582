"""JSON that is put together from parts which are written already, so that what stays is not written again."""

from __future__ import annotations

import json
from collections.abc import Iterable


class JsonText(bytes):
    """A value as JSON, in ASCII."""


def json_text(value: object) -> JsonText:
    """A plain value as JSON."""
    return JsonText(json.dumps(value, separators=(",", ":")).encode("ascii"))


def json_list(items: Iterable[bytes]) -> JsonText:
    """A list of values that are JSON already."""
    return JsonText(b"[%b]" % b",".join(items))


def json_map(**values: object) -> JsonText:
    """A map by names of plain ASCII; values that are JSON already are taken as they are, and None is left out."""
    said = (
        b'"%b":%b' % (name.encode("ascii"), value if isinstance(value, JsonText) else json_text(value))
        for name, value in values.items()
        if value is not None
    )
    return JsonText(b"{%b}" % b",".join(said))
