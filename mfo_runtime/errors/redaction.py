"""What may be shown of a text or value: credentials struck out, control characters removed, of bounded length."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

REDACTED = "[redacted]"
MAX_MESSAGE_LENGTH = 2000

_MIN_SECRET_LENGTH = 4
_MAX_DETAIL_DEPTH = 16
_MAX_DETAIL_ITEMS = 100
_CREDENTIALS = re.compile(
    r"(?P<scheme>\b(?:bearer|basic)\s+)(?=[A-Za-z]{0,200}[0-9._~+/=-]|[A-Za-z]{20})[A-Za-z0-9._~+/=-]{6,}"
    r"|\beyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"
    r"|(?P<origin>[a-z][a-z0-9+.-]{1,20}://)[^\s/@]{1,500}@",
    re.IGNORECASE,
)
_SECRET_NAME = re.compile(
    r"pass(word|wd|phrase)|secret|token|api[_-]?key|authorization|credential|cookie", re.IGNORECASE
)
_ROOTS_OF_SECRETS = ("pass", "secret", "token", "key", "author", "cred", "cook")
"""One of these is in every such name; looking for them first makes long texts twenty times quicker."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text as it may be shown: credentials struck out, control characters removed, of bounded length.

    Args:
        text: any text, also from a stranger.
        secrets: values to strike out wherever they stand; those under four characters are left alone, since
            striking them out would garble the text and give them away.

    Returns:
        At most ``MAX_MESSAGE_LENGTH`` code points.
    """
    for secret in sorted({secret for secret in secrets if len(secret) >= _MIN_SECRET_LENGTH}, key=len, reverse=True):
        text = text.replace(secret, REDACTED)
    if len(text) > MAX_MESSAGE_LENGTH:
        text = text[: MAX_MESSAGE_LENGTH - 1] + "…"
    return _CREDENTIALS.sub(_struck_out, _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text))


def strike_out_credentials(text: str) -> str:
    """A text of any length in which tokens, and passwords in addresses, are struck out; all else stays."""
    return _CREDENTIALS.sub(_struck_out, text)


def is_name_of_secret(name: str) -> bool:
    """Whether what stands under this name is taken for a secret, such as ``password`` or ``api_key``."""
    folded = name.casefold()
    return any(root in folded for root in _ROOTS_OF_SECRETS) and _SECRET_NAME.search(name) is not None


def redact_data(value: Any, secrets: Iterable[str] = ()) -> Any:
    """JSON values as they may be shown: as ``redact``, and whatever stands under the name of a secret struck out.

    What is nested deeper than 16 levels, and list items and keys past the hundredth, are left out.
    """
    return _redacted_value(value, tuple(secrets), 0)


def _redacted_value(value: Any, secrets: tuple[str, ...], depth: int) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case Mapping() | list() | tuple() if depth >= _MAX_DETAIL_DEPTH:
            return "…"
        case Mapping():
            items: list[tuple[Any, Any]] = [*islice(value.items(), _MAX_DETAIL_ITEMS)]  # pyright: ignore[reportUnknownArgumentType]
            return {
                redact(str(key), secrets): _redacted_item(str(key), item, secrets, depth + 1) for key, item in items
            }
        case list() | tuple():
            return [_redacted_value(item, secrets, depth + 1) for item in value[:_MAX_DETAIL_ITEMS]]  # pyright: ignore[reportUnknownVariableType]
        case _:
            return redact(str(value), secrets)


def _redacted_item(key: str, value: Any, secrets: tuple[str, ...], depth: int) -> Any:
    hidden = isinstance(value, str) and value and is_name_of_secret(key)
    return REDACTED if hidden else _redacted_value(value, secrets, depth)


def _struck_out(found: re.Match[str]) -> str:
    return f"{found['origin']}{REDACTED}@" if found["origin"] else f"{found['scheme'] or ''}{REDACTED}"
