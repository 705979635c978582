"""JSON in what a model says: alone, or in a code fence."""

from __future__ import annotations

import json
import re
from typing import Any

_FENCE = re.compile(r"```(?:json)?[ \t]*\n(.*)\n[ \t]*```", re.DOTALL | re.IGNORECASE)


def parse_answer(message: str) -> Any:
    """The value of an answer that is JSON, alone or in a code fence; None for any other text."""
    fenced = _FENCE.fullmatch(message.strip())
    try:
        return json.loads(fenced.group(1) if fenced is not None else message, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)
