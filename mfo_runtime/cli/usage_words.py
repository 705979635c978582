"""What a run's models used, in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mfo_runtime.json_numbers import is_number
from mfo_runtime.tasks.safeguards import map_of


def usage_words(usage: Mapping[str, Any]) -> str:
    """All counts on one line: ``1078 tokens (886 input, 192 output), cost 0.001654``; empty where nothing was used.

    Whatever else a server counts follows under its own name. What each agent used is left to ``agent_lines``.
    """
    counts = {name: _number(count) for name, count in usage.items() if is_number(count)}
    total = counts.pop("total_tokens", None)
    split = [(name, counts.pop(f"{name}_tokens", None)) for name in ("input", "output")]
    if total is not None:
        told = ", ".join(f"{count} {name}" for name, count in split if count is not None)
        parts = [f"{total} tokens" + (f" ({told})" if told else "")]
    else:
        parts = [f"{count} {name} tokens" for name, count in split if count is not None]
    if "cost" in counts:
        parts.append(f"cost {counts.pop('cost')}")
    return ", ".join([*parts, *(f"{count} {name.replace('_', ' ')}" for name, count in sorted(counts.items()))])


def agent_lines(usage: Mapping[str, Any]) -> list[str]:
    """What counts for each agent, an aligned line for each, the dearest first; none where no agent worked."""
    agents = {name: map_of(share) for name, share in map_of(usage.get("agents")).items()}
    width = max(map(len, agents), default=0)
    ordered = sorted(agents.items(), key=lambda item: (-_size(item[1], "cost"), -_size(item[1], "tokens"), item[0]))
    return [
        f"{name:<{width}}  {usage_words({'total_tokens': share.get('tokens', 0), 'cost': share.get('cost')})}"
        for name, share in ordered
    ]


def _size(share: Mapping[str, Any], name: str) -> float:
    return float(share[name]) if is_number(share.get(name)) else 0.0


def _number(value: float) -> str:
    """A count; one with a fraction to six decimals, a small one to twelve, and never with an exponent."""
    if float(value).is_integer():
        return str(int(value))
    decimals = 6 if abs(value) >= 1e-5 else 12  # noqa: PLR2004 - see above
    return f"{value:.{decimals}f}".rstrip("0").rstrip(".")
