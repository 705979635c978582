"""Go durations, the dialect's way to write a length of time: ``500ms``, ``1m30s``, ``24h`` (dialect section 4.10)."""

from __future__ import annotations

import re

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_WHOLE = re.compile(rf"[+-]?(?:{_PART.pattern})+")
_LONGEST = 2**63 / 1e9


def parse_duration(text: str) -> float | None:
    """The seconds that a Go duration says, or None where the text is no duration.

    A bare ``0`` is a duration, as in Go; any other number without a unit is not, and nothing longer than Go's 292
    years is.
    """
    if text in {"0", "+0", "-0"}:
        return 0.0
    if not _WHOLE.fullmatch(text):
        return None
    seconds = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    if seconds >= _LONGEST:
        return None
    return -seconds if text.startswith("-") else seconds


def format_duration(seconds: float) -> str:
    """A duration as a person would write it: ``850ms``, ``12.3s``, ``4m05s``, ``2h03m``."""
    if round(seconds, 3) < 1:
        return f"{seconds * 1000:.0f}ms"
    if round(seconds, 1) < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:  # noqa: PLR2004 - an hour
        return f"{minutes}m{rest:02d}s"
    return f"{minutes // 60}h{minutes % 60:02d}m"
