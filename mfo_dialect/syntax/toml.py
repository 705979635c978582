"""TOML with places: the data as the standard library reads it, and where each key stands.

The reader of the standard library gives no places; these are looked for when somebody asks (``toml_places``).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from mfo_dialect.records import record
from mfo_dialect.syntax.comments import Comment
from mfo_dialect.syntax.toml_places import TomlPlaces, toml_places
from mfo_dialect.text import LineIndex, Span

_AT = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_TEXT_OR_COMMENT = re.compile(
    r'''"""(?:\\.|[^\\])*?(?:"{3,5}|\Z)|'{3}.*?(?:'{3,5}|\Z)|"(?:\\.|[^"\\\r\n])*"?|'[^'\r\n]*'?|#[^\r\n]*''', re.DOTALL
)
_ONE_LINE = ('"', "'")
_LONG_QUOTES = ('"""', "'''")


@record
class TomlProblem:
    """Why a text is no TOML, and where."""

    message: str
    span: Span


@record(slots=False)
class TomlDocument:
    """A TOML text and its data (empty where it is no TOML)."""

    text: str
    data: dict[str, Any]
    problem: TomlProblem | None

    @cached_property
    def places(self) -> TomlPlaces:
        """Where its keys and values stand."""
        return toml_places(self.text)

    def place_of(self, path: tuple[str | int, ...]) -> Span:
        """Where a key stands, or the nearest one above it; the text's start where there is none."""
        keys = self.places.keys
        return next((keys[above][0] for above in _above(path) if above in keys), Span(0, 0))

    def value_of(self, path: tuple[str | int, ...]) -> Span:
        """Where a value stands; the place of its key where it is not found."""
        return self.places.values.get(path) or self.place_of(path)

    def places_of(self, path: tuple[str, ...]) -> tuple[Span, ...]:
        """Every place where a key is written, in headers of tables too, its quotes included; empty where none is found."""
        return tuple(self.places.keys.get(path, ()))


def _above(path: tuple[str | int, ...]) -> Iterator[tuple[str, ...]]:
    """The keys of a path and of what it is in, the longest first."""
    return (tuple(map(str, path[:length])) for length in range(len(path), 0, -1))


def read_toml(text: str) -> TomlDocument:
    """Read a TOML text; never raises."""
    try:
        return TomlDocument(text, tomllib.loads(text), None)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        return TomlDocument(text, {}, _problem(text, str(error)))


def toml_comments(text: str) -> Iterator[Comment]:
    """The comments of a TOML text, in the order in which they are written; a text that is not closed hides those in it."""
    for match in _TEXT_OR_COMMENT.finditer(text):
        if match[0].startswith("#"):
            yield Comment(Span(*match.span()), match[0])


def toml_texts(text: str) -> Iterator[Span]:
    """The contents of the strings of a TOML text that stand on one line, quotes left out, in the order of the text."""
    for match in _TEXT_OR_COMMENT.finditer(text):
        quote = match[0][:1]
        is_long = match[0].startswith(_LONG_QUOTES)
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
