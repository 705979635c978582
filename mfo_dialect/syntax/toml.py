"""TOML with places: the data as the standard library reads it, and where each key stands.

The reader of the standard library gives no places, so the lines are looked through for table headers and keys; a key
that cannot be found so (in an inline table, say) takes the place of the nearest key above it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mfo_dialect.syntax.comments import Comment
from mfo_dialect.text import LineIndex, Span

_BARE = r"[A-Za-z0-9_-]+"
_KEY_PART = rf"""(?:{_BARE}|"[^"\n]*"|'[^'\n]*')"""
_DOTTED = rf"{_KEY_PART}(?:\s*\.\s*{_KEY_PART})*"
_HEADER = re.compile(rf"\s*\[\[?\s*({_DOTTED})\s*\]\]?")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")
_PART = re.compile(_KEY_PART)
_AT = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_TEXT_OR_COMMENT = re.compile(
    r'''"""(?:\\.|[^\\])*?(?:"{3,5}|\Z)|'{3}.*?(?:'{3,5}|\Z)|"(?:\\.|[^"\\\r\n])*"?|'[^'\r\n]*'?|#[^\r\n]*''', re.DOTALL
)
_ONE_LINE = ('"', "'")
_QUOTES = ('"""', "'''")


@dataclass(frozen=True, slots=True)
class TomlProblem:
    """Why a text is no TOML, and where."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class TomlDocument:
    """A TOML text: its data (empty where it is no TOML), and by path all places where each key is written."""

    data: dict[str, Any]
    problem: TomlProblem | None
    spots: dict[tuple[str, ...], list[Span]] = field(default_factory=dict[tuple[str, ...], list[Span]])

    @property
    def places(self) -> dict[tuple[str, ...], Span]:
        """The first place of each key, by path."""
        return {path: spots[0] for path, spots in self.spots.items()}

    def place_of(self, path: tuple[str, ...]) -> Span:
        """Where a key stands, or the nearest one above it; the text's start where there is none."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.spots:
                return self.spots[path[:length]][0]
        return Span(0, 0)

    def places_of(self, path: tuple[str, ...]) -> tuple[Span, ...]:
        """Every place where a key is written, in headers of tables too, its quotes included; empty where none is found."""
        return tuple(self.spots.get(path, ()))


def read_toml(text: str) -> TomlDocument:
    """Read a TOML text; never raises."""
    try:
        return TomlDocument(tomllib.loads(text), None, _places(text))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        return TomlDocument({}, _problem(text, str(error)), _places(text))


def toml_comments(text: str) -> Iterator[Comment]:
    """The comments of a TOML text, in the order in which they are written; a text that is not closed hides those in it."""
    for match in _TEXT_OR_COMMENT.finditer(text):
        if match[0].startswith("#"):
            yield Comment(Span(*match.span()), match[0])


def toml_texts(text: str) -> Iterator[Span]:
    """The contents of the strings of a TOML text that stand on one line, quotes left out, in the order of the text."""
    for match in _TEXT_OR_COMMENT.finditer(text):
        quote = match[0][:1]
        is_long = match[0].startswith(_QUOTES)
        if quote in _ONE_LINE and not is_long and len(match[0]) > 1 and match[0].endswith(quote):
            yield Span(match.start() + 1, match.end() - 1)


def _problem(text: str, message: str) -> TomlProblem:
    lines = LineIndex(text)
    at = _AT.search(message)
    where = (
        lines.line_start(int(at.group(1)) - 1) + int(at.group(2)) - 1 if at is not None and at.group(1) else len(text)
    )
    start = min(max(where, 0), len(text))
    end = max(start, lines.line_start(lines.line_of(start)) + len(lines.line_text(lines.line_of(start))))
    words = message[: at.start()] if at is not None else message
    return TomlProblem(f"this is not TOML: {words[:1].lower()}{words[1:]}", Span(start, end))


def _places(text: str) -> dict[tuple[str, ...], list[Span]]:
    places: dict[tuple[str, ...], list[Span]] = {}
    table: tuple[str, ...] = ()
    open_quote = ""
    start = 0
    for line in text.split("\n"):
        if not open_quote:
            header, key = _HEADER.match(line), _KEY.match(line)
            if header is not None:
                table = _record(places, (), header, start)
            elif key is not None:
                _record(places, table, key, start)
        open_quote = _open_quote(line, open_quote)
        start += len(line) + 1
    return places


def _record(
    places: dict[tuple[str, ...], list[Span]], table: tuple[str, ...], match: re.Match[str], start: int
) -> tuple[str, ...]:
    path = table
    for part in _PART.finditer(match.group(1)):
        path = (*path, part.group().strip("\"'"))
        offset = start + match.start(1)
        places.setdefault(path, []).append(Span(offset + part.start(), offset + part.end()))
    return path


def _open_quote(line: str, open_quote: str) -> str:
    for quote in _QUOTES:
        if open_quote in {"", quote} and line.count(quote) % 2:
            return "" if open_quote else quote
    return open_quote
