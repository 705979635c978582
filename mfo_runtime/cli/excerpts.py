"""The lines of the item of a document in which something failed, with a mark below the place; secrets by name are dots."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mfo_dialect.text import LineIndex
from mfo_runtime.errors import is_name_of_secret, redact
from mfo_workspace.text_report import printable

MOST_LINES = 8
"""How many lines of an item are shown."""

_WIDEST = 160
_PAIR = re.compile(r"""(?P<name>["']?(?P<word>[\w-]+)["']?\s*:\s+)(?P<value>["']?[^\s"'{}\[\],$<][^{}\[\],$<]*)""")
_SHOWN = re.compile(r"""["']?(?:SECRET|ENV|INPUT|TRIGGER|SYSTEM|TASKFLOW)\.|(?:[\d.]+|true|false|null)\s*$""")
"""References, and what is no text."""

_DOTS = "\N{BULLET}" * 8


def item_at(lines: LineIndex, line: int, column: int) -> list[str]:
    """The lines of the list item that a place is in, at most eight, the place's own among them.

    Args:
        lines: the document.
        line: of the place, 0-based.
        column: of the place, 0-based, in code points.
    """
    first, last = _item(lines, line)
    if last - first >= MOST_LINES:
        first = min(max(first, line - MOST_LINES // 2), last - MOST_LINES + 1)
        last = first + MOST_LINES - 1
    margin = len(str(last + 1))
    shown = [f"{'':>{margin}} |"]
    for number in range(first, last + 1):
        text = lines.line_text(number)
        shown.append(f"{number + 1:>{margin}} | {printable(_shown(text)[:_WIDEST])}".rstrip())
        if number == line and column < _WIDEST:
            shown.append(f"{'':>{margin}} | {' ' * column}^")
    return shown


def _item(lines: LineIndex, line: int) -> tuple[int, int]:
    """The first and last line of the item around a line, by indentation; the line alone where it is in none."""
    first = next(
        (number for number in _upwards(lines, line) if lines.line_text(number).lstrip().startswith("- ")), None
    )
    if first is None:
        return line, line
    indent = _indent(lines.line_text(first))
    last = first
    for number in range(first + 1, lines.line_count):
        text = lines.line_text(number)
        if text.strip() and _indent(text) <= indent:
            break
        if text.strip():
            last = number
    return first, last


def _upwards(lines: LineIndex, line: int) -> Iterator[int]:
    """The line itself, and those above it that stand around it: each is indented less than all below."""
    least = _indent(lines.line_text(line)) + 1
    for number in range(line, -1, -1):
        text = lines.line_text(number)
        if text.strip() and _indent(text) < least:
            least = _indent(text)
            yield number


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _shown(text: str) -> str:
    """A line without what stands under the name of a secret, and without tokens; references stay."""
    return redact(_PAIR.sub(_without_value, text))


def _without_value(pair: re.Match[str]) -> str:
    is_shown = not is_name_of_secret(pair["word"]) or _SHOWN.match(pair["value"]) is not None
    return pair.group() if is_shown else f"{pair['name']}{_DOTS}"
