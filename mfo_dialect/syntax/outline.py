"""The lines of a text seen from outside: indentation, dashes and keys; it composes nothing.

A block's items and keys can be told apart by their indentation alone, even where the text inside them cannot be read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum, auto

_LINE = re.compile(r"([ \t]*)([^\r\n]*)(\r\n|\r|\n|\Z)")
_DASH = re.compile(r"-(?=\s|\Z)")
_PLAIN_KEY = r"(?:[^\s\-?:,\[\]{}#|>'\"%@`]|[-?:](?=\S))(?:[^:#]|:(?=\S)|(?<=\S)#)*?"
KEY = re.compile(rf"(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|{_PLAIN_KEY})[ \t]*:(?=\s|\Z)|\?(?=\s|\Z)")
_TIGHT_KEY = re.compile(r"(?P<key>[^\W\d][\w.\-]*):(?![/\\:])\S")
_WORD = re.compile(r"(?P<word>[^\W\d][\w.\-]*)[ \t]*(?:#.*)?\Z")
TAB_WIDTH = 2


class Kind(Enum):
    """What the first thing on a line looks like."""

    BLANK = auto()
    COMMENT = auto()
    DASH = auto()
    KEY = auto()
    TIGHT_KEY = auto()
    WORD = auto()
    OTHER = auto()


_STRUCTURE = frozenset({Kind.DASH, Kind.KEY})


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Attributes:
        start: its offset in the whole text.
        text: what is to be composed of it, its line break included; as long as what is written.
        indent: the column of its first character, a tab counting as ``TAB_WIDTH``.
        margin: how many characters stand before that.
        kind: what it looks like.
        number: its 0-based number in the text.
    """

    start: int
    text: str
    indent: int
    margin: int
    kind: Kind
    number: int

    @property
    def end(self) -> int:
        """The offset behind the line break."""
        return self.start + len(self.text)

    @property
    def content_start(self) -> int:
        """The offset of the first character that is no white space."""
        return self.start + self.margin

    @property
    def content(self) -> str:
        """The line without its margin and its line break."""
        return self.text[self.margin :].rstrip("\r\n")

    @property
    def has_tab(self) -> bool:
        """Whether a tab stands in the margin."""
        return "\t" in self.text[: self.margin]

    @property
    def is_structure(self) -> bool:
        """Whether a list item or a key seems to start here."""
        return self.kind in _STRUCTURE

    @property
    def is_content(self) -> bool:
        """Whether it is neither blank nor a comment."""
        return self.kind is not Kind.BLANK and self.kind is not Kind.COMMENT

    def blanked(self) -> Line:
        """The same line with spaces in place of everything but the line break."""
        body = self.text.rstrip("\r\n")
        return replace(self, text=" " * len(body) + self.text[len(body) :], kind=Kind.BLANK)

    def without_tabs(self) -> Line:
        """The same line with a space for each tab of the margin."""
        return replace(self, text=" " * self.margin + self.text[self.margin :])

    def without_dash(self) -> Line:
        """What the list item on this line holds: the same line with a space for the dash."""
        text = self.text[: self.margin] + " " + self.text[self.margin + 1 :]
        inner = line_of(text, self.start, self.number)
        shift = self.indent - self.margin
        return replace(inner, indent=inner.indent + shift) if shift else inner


def line_of(text: str, start: int, number: int) -> Line:
    """Look at one line, which stands at the offset ``start``."""
    match = _LINE.match(text)
    margin = match[1] if match else ""
    content = match[2] if match else text
    indent = len(margin) + margin.count("\t") * (TAB_WIDTH - 1)
    return Line(start, text, indent, len(margin), _kind(content), number)


def outline(text: str) -> list[Line]:
    """The lines of ``text``; an empty line behind the last line break is none."""
    lines: list[Line] = []
    for number, match in enumerate(_LINE.finditer(text)):
        if match.start() == match.end():
            break
        lines.append(line_of(match[0], match.start(), number))
    return lines


def key_end(line: Line) -> int | None:
    """The offset behind the colon of the key on a line; None without one."""
    match = KEY.match(line.text, line.margin)
    return None if match is None else line.start + match.end()


def tight_colon(line: Line) -> int | None:
    """The offset of the colon in ``key:value``."""
    match = _TIGHT_KEY.match(line.text, line.margin)
    return None if match is None else line.start + match.end("key")


def word_end(line: Line) -> int | None:
    """The offset behind the only word of a line."""
    match = _WORD.match(line.text.rstrip("\r\n"), line.margin)
    return None if match is None else line.start + match.end("word")


def _kind(content: str) -> Kind:
    if not content.strip():
        return Kind.BLANK
    if content[0] == "#":
        return Kind.COMMENT
    if _DASH.match(content):
        return Kind.DASH
    if KEY.match(content):
        return Kind.KEY
    if _TIGHT_KEY.match(content):
        return Kind.TIGHT_KEY
    return Kind.WORD if _WORD.match(content) else Kind.OTHER
