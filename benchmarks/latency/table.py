"""The results of servers beside each other, as Markdown, and beside what is wanted of ours."""

from __future__ import annotations

import os
import platform
from statistics import median
from typing import Any

Results = dict[int, dict[str, dict[str, Any]]]
"""By size and server, what was measured in each row: seconds, or bytes."""
_PEER = "yaml-language-server"
_BASE = 100
_KEYSTROKE = "keystroke in a value"
_ANY = float("inf")
_WANTED: dict[str, dict[int, tuple[float, float]]] = {
    _KEYSTROKE: {100: (2, 4), 1000: (2, 4), 10000: (2.5, 5)},
    "quote opened, and closed": {100: (_ANY, 6), 1000: (_ANY, 6), 10000: (_ANY, 8)},
    "id that 50 tasks name": {100: (_ANY, 8), 1000: (_ANY, 8), 10000: (_ANY, 12)},
    "new line": {100: (_ANY, 8), 1000: (_ANY, 8), 10000: (_ANY, 12)},
    "task pasted": {100: (_ANY, 8), 1000: (_ANY, 8), 10000: (_ANY, 12)},
    "variable of a prompt": {100: (_ANY, 10), 1000: (_ANY, 40)},
    "completion": {100: (_ANY, 4), 1000: (_ANY, 4), 10000: (_ANY, 5)},
    "hover": {100: (_ANY, 4), 1000: (_ANY, 4), 10000: (_ANY, 5)},
}
"""The most multiples of E, median and 95th percentile."""
_WANTED_OF_PEER = {"open": {100: 0.25, 1000: 0.4, 10000: 0.75}, "memory": {100: 0.8, 1000: 0.6, 10000: 0.3}}
"""The most in proportion to yaml-language-server."""


def heading(results: Results) -> str:
    """What the table was measured with."""
    base = _base(results)
    return (
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}; "
        f"E = {_unit(results):.2f} ms (empty server, a keystroke at {base} tasks)"
    )


def table(results: Results) -> str:
    """Milliseconds of each server, those of ours in E or in proportion to yaml-language-server, and what is wanted."""
    servers = list(dict.fromkeys(name for by_server in results.values() for name in by_server))
    columns = [f"{name} p50 / p95" for name in servers]
    lines = [f"| | tasks | {' | '.join(columns)} | ours in E, p50 / p95 | wanted | |"]
    lines.append("|---" * (len(servers) + 5) + "|")
    rows = dict.fromkeys(row for by_server in results.values() for found in by_server.values() for row in found)
    unit = _unit(results)
    for row in rows:
        for size, by_server in results.items():
            cells = [_cell(by_server.get(name, {}).get(row)) for name in servers]
            judged = _judged(row, size, by_server, unit)
            lines.append(f"| {row} | {size:,} | {' | '.join((*cells, *judged))} |")
    return "\n".join(lines)


def _judged(row: str, size: int, by_server: dict[str, dict[str, Any]], unit: float) -> tuple[str, str, str]:
    ours = by_server.get("ours", {}).get(row)
    peers = by_server.get(_PEER, {}).get(row)
    if ours is None:
        return "", "", ""
    if row in _WANTED_OF_PEER:
        if not peers:
            return "", "", ""
        ratio = _amount(ours) / _amount(peers)
        most = _WANTED_OF_PEER[row].get(size)
        is_reached = "" if most is None else "yes" if ratio <= most else "no"
        return f"{ratio:.2f} of {_PEER}", "" if most is None else str(most), is_reached
    middle, late = at(ours, 0.5) / unit, at(ours, 0.95) / unit
    wanted = _WANTED.get(row, {}).get(size)
    if wanted is None:
        return f"{middle:.1f} / {late:.1f}", "", ""
    words = f"{wanted[1]:g}" if wanted[0] == _ANY else f"{wanted[0]:g} / {wanted[1]:g}"
    return f"{middle:.1f} / {late:.1f}", words, "yes" if middle <= wanted[0] and late <= wanted[1] else "no"


def _amount(found: Any) -> float:
    return median(found) if isinstance(found, list) else float(found)


def at(seconds: list[float], share: float) -> float:
    """The value below which a share of the times lies, in milliseconds; between two of them where no time is there itself."""
    ordered = sorted(seconds)
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return 1000 * (ordered[low] + (place - low) * (ordered[high] - ordered[low]))


def _base(results: Results) -> int:
    return _BASE if _BASE in results else min(results)


def _unit(results: Results) -> float:
    return 1000 * median(results[_base(results)]["empty"][_KEYSTROKE])


def _cell(found: object) -> str:
    if isinstance(found, list):
        return f"{at(found, 0.5):.2f} / {at(found, 0.95):.2f}"
    return f"{found / 2**20:.0f} MiB" if isinstance(found, int) else ""
