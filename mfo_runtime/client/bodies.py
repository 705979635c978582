"""The JSON objects that are sent."""

from __future__ import annotations

from typing import Any


def given(**fields: Any) -> dict[str, Any]:
    """The fields that are not None, since the server tells what is left out from what is null."""
    return {name: value for name, value in fields.items() if value is not None}
