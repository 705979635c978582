"""Passwords as they are kept: scrypt hashes with a salt each, which cannot be read back."""

from __future__ import annotations

import hashlib
import hmac
import secrets

NOBODY = "scrypt$00$00"
"""What is kept for a user whom no password fits."""

_SALT_BYTES = 16
_COST, _BLOCK, _LANES = 2**14, 8, 1


def hashed(password: str) -> str:
    """A password as it is kept, with a new salt; takes about 50 ms, which is the hash's purpose."""
    return _hashed_with(password, secrets.token_bytes(_SALT_BYTES))


def fits(password: str, kept: str) -> bool:
    """Whether a password is the one that is kept; takes as long where none is."""
    salt = bytes.fromhex(kept.split("$")[1])
    return hmac.compare_digest(_hashed_with(password, salt), kept)


def _hashed_with(password: str, salt: bytes) -> str:
    digest = hashlib.scrypt(password.encode(errors="replace"), salt=salt, n=_COST, r=_BLOCK, p=_LANES)
    return f"scrypt${salt.hex()}${digest.hex()}"
