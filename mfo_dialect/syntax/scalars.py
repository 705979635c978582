"""Where each code point of a scalar's content is written; it knows one scalar's text, no tree and no document.

A YAML parser gives the content; this reads the source once more to say where every part of it stands. When the two
readings differ, the answer is coarse but still inside the source and rising.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

_BREAK = r"(?:\r\n|\n|\r)"
_FOLD = re.compile(rf"[ \t]*{_BREAK}(?:[ \t]*{_BREAK})*[ \t]*")
_ONE_BREAK = re.compile(_BREAK)
_ESCAPED_BREAK = re.compile(rf"\\{_BREAK}(?:[ \t]*{_BREAK})*[ \t]*")
_HEADER = re.compile(rf"[|>][-+0-9]*[ \t]*(?:#[^\r\n]*)?(?:{_BREAK}|\Z)")
_LINE = re.compile(rf"([^\r\n]*)({_BREAK}|\Z)")
_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}
_ESCAPES = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    " ": " ",
    '"': '"',
    "/": "/",
    "\\": "\\",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}
_MAX_CODE_POINT = 0x10FFFF


class Style(Enum):
    """How a scalar is written; the values are YAML's indicators."""

    PLAIN = ""
    SINGLE_QUOTED = "'"
    DOUBLE_QUOTED = '"'
    LITERAL = "|"
    FOLDED = ">"


def value_offsets(source: str, text: str, style: str) -> Sequence[int]:
    """Where the content of a scalar is written.

    Args:
        source: the scalar as written: its quotes, or its ``|``/``>`` header, included.
        text: its content.
        style: YAML's indicator of the style: empty for plain, ``'``, ``"``, ``|`` or ``>``.

    Returns:
        ``len(text) + 1`` rising offsets into ``source``: of every code point of ``text``, and of the place behind the
        last one.
    """
    if style in {"|", ">"}:
        return _block_offsets(source, text, folded=style == ">")
    quotes = 1 if style else 0
    if source[quotes : len(source) - quotes] == text and not _needs_reading(text, style):
        return range(quotes, quotes + len(text) + 1)
    characters, offsets = _flow_content(source, style)
    if "".join(characters) != text:
        return _coarse(text, quotes, len(source) - quotes)
    return offsets


def flow_content(source: str) -> str:
    """The content of a plain scalar as written in ``source``: its lines folded."""
    return "".join(_flow_content(source, "")[0])


def _needs_reading(text: str, style: str) -> bool:
    return "\n" in text or "\r" in text or (style == "'" and "'" in text) or (style == '"' and "\\" in text)


def _coarse(text: str, start: int, end: int) -> list[int]:
    end = max(start, end)
    return [min(start + index, end) for index in range(len(text) + 1)]


def _flow_content(source: str, style: str) -> tuple[list[str], list[int]]:
    """The content of a plain or quoted scalar and the offset of each part, with the end's offset as a last one."""
    quotes = 1 if style else 0
    place, end = quotes, len(source) - quotes
    characters: list[str] = []
    offsets: list[int] = []
    while place < end:
        character = source[place]
        start = place
        if character in " \t\r\n" and (fold := _FOLD.match(source, place, end)):
            place = fold.end()
            _add_fold(fold, characters, offsets)
            continue
        place += 1
        if style == '"' and character == "\\":
            character, place = _escape(source, start, end, characters, offsets)
        elif style == "'" and character == "'":
            place += 1
        if character:
            characters.append(character)
            offsets.append(start)
    offsets.append(max(end, quotes))
    return characters, offsets


def _add_fold(fold: re.Match[str], characters: list[str], offsets: list[int]) -> None:
    """One line break is a space; more of them are one line feed less than there are breaks."""
    breaks = [found.start() for found in _ONE_BREAK.finditer(fold.string, fold.start(), fold.end())]
    if len(breaks) == 1:
        characters.append(" ")
        offsets.append(fold.start())
        return
    characters.extend("\n" * (len(breaks) - 1))
    offsets.extend(breaks[1:])


def _escape(source: str, start: int, end: int, characters: list[str], offsets: list[int]) -> tuple[str, int]:
    """What the escape at ``start`` stands for, and where it ends; an escaped line break stands for nothing."""
    line_break = _ESCAPED_BREAK.match(source, start, end)
    if line_break:
        breaks = [found.start() for found in _ONE_BREAK.finditer(source, start, line_break.end())]
        characters.extend("\n" * (len(breaks) - 1))
        offsets.extend(breaks[1:])
        return "", line_break.end()
    kind = source[start + 1 : start + 2]
    digits = source[start + 2 : start + 2 + _HEX_DIGITS.get(kind, 0)]
    if digits and all(digit in "0123456789abcdefABCDEF" for digit in digits) and int(digits, 16) <= _MAX_CODE_POINT:
        return chr(int(digits, 16)), start + 2 + len(digits)
    return _ESCAPES.get(kind, "\\"), start + 2


def _block_offsets(source: str, text: str, *, folded: bool) -> Sequence[int]:
    header = _HEADER.match(source)
    body = header.end() if header else 0
    lines = _content_lines(source, body, text)
    characters: list[str] = []
    offsets: list[int] = []
    glues = _glues([content for content, _ in lines]) if folded else ["\n"] * len(lines)
    for (content, start), glue in zip(lines, glues, strict=True):
        characters.extend(content)
        offsets.extend(range(start, start + len(content)))
        characters.append(glue)
        if glue:
            offsets.append(start + len(content))
    end = len(source)
    decoded = "".join(characters)
    content = text.rstrip("\n")
    if not decoded.startswith(content) or decoded[len(content) :].strip("\n"):
        return _coarse(text, body, end)
    offsets = offsets[: len(text)]
    return offsets + [end] * (len(text) + 1 - len(offsets))


def _content_lines(source: str, body: int, text: str) -> list[tuple[str, int]]:
    """The lines of a block scalar without their indentation, each with the offset of its first code point."""
    raw = [(match[1], match.start()) for match in _LINE.finditer(source, body) if match.start() < len(source)]
    first = next((line for line, _ in raw if line.strip(" ")), "")
    written = len(first) - len(first.lstrip(" "))
    kept = text.lstrip("\n")
    indent = written - (len(kept) - len(kept.lstrip(" ")))
    return [(line[max(indent, 0) :], start + min(max(indent, 0), len(line))) for line, start in raw]


def _glues(lines: list[str]) -> list[str]:
    """What a folded scalar reads at the end of each line: a space, a line feed, or nothing before blank lines."""
    glues: list[str] = []
    following: str | None = None
    below: str | None = None
    for line in reversed(lines):
        if not line or following is None or line[0] in " \t" or following[0] in " \t":
            glues.append("\n")
        else:
            glues.append("" if not below else " ")
        below = line
        following = line or following
    return glues[::-1]
