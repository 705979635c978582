"""What a run's models used, in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

_FIRST = ("total_tokens", "input_tokens", "output_tokens")


def usage_words(usage: Mapping[str, Any]) -> str:
    """All counts on one line: ``1078 tokens (886 input, 192 output), cost 0.001654``; empty where nothing was used.

    Whatever else a server counts follows under its own name. What each agent used is left to ``agent_lines``.
    """
    total, given, gave = (usage.get(name) for name in _FIRST)
    parts: list[str] = []
    if _is_number(total):
        split = [
            f"{_number(count)} {name}" for count, name in ((given, "input"), (gave, "output")) if _is_number(count)
        ]
        parts.append(f"{_number(total)} tokens" + (f" ({', '.join(split)})" if split else ""))
    else:
        sides = ((given, "input tokens"), (gave, "output tokens"))
        parts += [f"{_number(count)} {name}" for count, name in sides if _is_number(count)]
    if _is_number(usage.get("cost")):
        parts.append(f"cost {_number(usage['cost'])}")
    others = [name for name in sorted(usage) if name not in {*_FIRST, "cost", "agents"}]
    parts += [f"{_number(usage[name])} {name.replace('_', ' ')}" for name in others if _is_number(usage[name])]
    return ", ".join(parts)


def agent_lines(usage: Mapping[str, Any]) -> list[str]:
    """What counts for each agent, an aligned line for each, the dearest first; none where no agent worked."""
    agents = usage.get("agents")
    if not isinstance(agents, Mapping):
        return []
    known = {name: one for name, one in cast("Mapping[str, Any]", agents).items() if isinstance(one, Mapping)}
    counts = {name: (one.get("tokens", 0), one.get("cost")) for name, one in known.items()}
    width = max(map(len, counts), default=0)
    ordered = sorted(counts.items(), key=lambda item: (-_sorting(item[1][1]), -_sorting(item[1][0]), item[0]))
    return [
        f"{name:<{width}}  {_number(tokens)} tokens" + (f", cost {_number(cost)}" if _is_number(cost) else "")
        for name, (tokens, cost) in ordered
    ]


def _sorting(count: Any) -> float:
    return float(count) if _is_number(count) else 0.0


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: float) -> str:
    """A count; one with a fraction to six decimals, and a small one to two digits, never with an exponent."""
    if isinstance(value, int) or value == int(value):
        return str(int(value))
    return (f"{value:.6f}".rstrip("0") if abs(value) >= 1e-5 else f"{value:.12f}".rstrip("0")).rstrip(".") or "0"  # noqa: PLR2004 - see above
