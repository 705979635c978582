"""Signed requests of webhooks: hex HMAC-SHA256 of the body, with the moment of signing before it (dialect section 10)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

SIGNATURE_HEADER = "X-Webhook-Signature"
TIMESTAMP_HEADER = "X-Webhook-Timestamp"
DELIVERY_HEADER = "X-Webhook-Delivery"
WINDOW_SECONDS = 300
"""How old, or how far in the future, the moment of signing may be."""

SIGNATURE_HEADERS = (SIGNATURE_HEADER.lower(), "x-signature")
"""Where a signature is looked for; the first that is there counts."""

_DIGITS_OF_ANY_DATE = 16


def signature(secret: str, body: bytes) -> str:
    """The hex HMAC-SHA256 of a body."""
    return hmac.new(secret.encode(errors="replace"), body, hashlib.sha256).hexdigest()


def timestamp_of(headers: Mapping[str, str]) -> str | None:
    """The moment of signing, as it was sent; None for none."""
    return headers.get(TIMESTAMP_HEADER.lower())


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether a request is signed with a secret, and recently where it says when.

    Args:
        secret: what it must be signed with.
        headers: the request's headers by lower-case name.
        body: the body as it came.
        now: seconds since the epoch.
    """
    shown = next((headers[name] for name in SIGNATURE_HEADERS if name in headers), "")
    timestamp = timestamp_of(headers)
    signed = body if timestamp is None else timestamp.encode(errors="replace") + b"." + body
    is_right = hmac.compare_digest(signature(secret, signed).encode(), shown.lower().encode(errors="replace"))
    return is_right and (timestamp is None or _is_recent(timestamp, now))


def _is_recent(timestamp: str, now: float) -> bool:
    is_number = timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < _DIGITS_OF_ANY_DATE
    return is_number and abs(now - int(timestamp)) <= WINDOW_SECONDS
