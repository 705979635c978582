"""Pieces of JSON Schema that the bodies of several routes share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TEXT: Mapping[str, Any] = {"type": "string"}
NAME: Mapping[str, Any] = {"type": "string", "minLength": 1, "maxLength": 500}
LONG_NAME: Mapping[str, Any] = {"type": "string", "minLength": 1, "maxLength": 4000}
MAP: Mapping[str, Any] = {"type": "object"}
OPTIONAL_MAP: Mapping[str, Any] = {"type": ["object", "null"]}
OPTIONAL_TEXT: Mapping[str, Any] = {"type": ["string", "null"], "maxLength": 500}
URL: Mapping[str, Any] = {"type": "string", "maxLength": 4000, "pattern": "^https?://[^/?#\\s]+"}


def one_of_keys(*names: str) -> dict[str, Any]:
    """The schema of an object that has one of these keys at least."""
    return {"anyOf": [{"required": [name]} for name in names]}


def body(properties: Mapping[str, Any], *required: str) -> dict[str, Any]:
    """The schema of a body: an object with these keys, and any others, which are not looked at."""
    return {"type": "object", "properties": dict(properties), "required": list(required)}
