"""Where things stand in a TOML text, also in one that is being typed: its keys, its values, and what may be typed where.

The reader of the standard library gives no places and refuses a text with one mistake. This one never refuses: what is
not closed ends with its line, or where the next statement begins. Values are not read; that is left to the library.
"""

from __future__ import annotations

import re
from dataclasses import field
from enum import Enum

from mfo_dialect.records import record
from mfo_dialect.text import Span

Steps = tuple[str | int, ...]
"""Keys, and the numbers of items."""

_DEEPEST = 50
_BARE = r"[A-Za-z0-9_-]+"
_SPACE = re.compile(r"[ \t]*")
_LINE = re.compile(r"[^\r\n]*")
_LINE_END = re.compile(r"\r\n|\r|\n|\Z")
_KEY_PART = re.compile(rf"""{_BARE}|"(?:\\.|[^"\\\r\n])*"?|'[^'\r\n]*'?""")
_LONG_TEXT = re.compile(r'"""(?:\\.|[^\\])*?(?:"{3,5}|\Z)|\'{3}.*?(?:\'{3,5}|\Z)', re.DOTALL)
_TEXT = re.compile(r""""(?:\\.|[^"\\\r\n])*"?|'[^'\r\n]*'?""")
_WORD = re.compile(r"""[^\s,\[\]{}#"'=]+""")
_STATEMENT = re.compile(
    rf"""[ \t]*(?:\[\[?[ \t]*[A-Za-z_][\w-]*(?:[ \t]*\.[ \t]*[\w-]+)*[ \t]*\]\]?[ \t]*(?:\#.*)?$|(?:{_BARE}|"[^"\n]*"|'[^'\n]*')(?:[ \t]*\.[ \t]*(?:{_BARE}))*[ \t]*=)""",
    re.MULTILINE,
)


class TomlExpects(Enum):
    """What may be typed at a place."""

    KEY = "key"
    VALUE = "value"
    TABLE = "table"
    """The name of a table, in its header."""
    NOTHING = "nothing"


@record
class TomlSlot:
    """A place where something may be typed.

    Attributes:
        span: where the cursor may be.
        expects: what may be typed.
        path: of the value; for keys and tables, of the table that they are keys of.
        word: what stands there already, its quotes included; empty where nothing does.
    """

    span: Span
    expects: TomlExpects
    path: Steps
    word: Span


@record
class TomlPlaces:
    """Where things stand in a text.

    Attributes:
        text: the text.
        keys: by path, every place where a key is written, in headers of tables too, quotes included.
        values: by path, where a value stands; of the items of lists as well.
        slots: where something may be typed; of several at a place, the last one counts.
        silent: where nothing may be: comments, texts of several lines, and what nobody understands.
        headers: where each header of a table ends, and the table's path, in the order of the text.
    """

    text: str
    keys: dict[tuple[str, ...], list[Span]] = field(default_factory=dict[tuple[str, ...], list[Span]])
    values: dict[Steps, Span] = field(default_factory=dict[Steps, Span])
    slots: list[TomlSlot] = field(default_factory=list[TomlSlot])
    silent: list[Span] = field(default_factory=list[Span])
    headers: list[tuple[int, tuple[str, ...]]] = field(default_factory=list[tuple[int, tuple[str, ...]]])

    def slot_at(self, offset: int) -> TomlSlot:
        """What may be typed at a cursor."""
        here = Span(offset, offset)
        if any(span.contains(offset) for span in self.silent):
            return TomlSlot(here, TomlExpects.NOTHING, (), here)
        around = [slot for slot in self.slots if slot.span.contains(offset)]
        if around:
            return around[-1]
        line_start = max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1
        is_free = not self.text[line_start:offset].strip()
        return TomlSlot(here, TomlExpects.KEY if is_free else TomlExpects.NOTHING, self.table_at(offset), here)

    def table_at(self, offset: int) -> tuple[str, ...]:
        """The table that a statement at an offset speaks of."""
        return next((path for end, path in reversed(self.headers) if end <= offset), ())


def toml_places(text: str) -> TomlPlaces:
    """Look through a TOML text; never raises."""
    reader = _Reader(TomlPlaces(text))
    at = 0
    while at < len(text):
        at = reader.statement(at)
    return reader.places


def bare_key(written: str) -> str:
    """A key without its quotes."""
    return written.strip("\"'")


class _Reader:
    """Goes through a text; each method begins at an offset and gives the one where it ended."""

    def __init__(self, places: TomlPlaces) -> None:
        self.places = places
        self._text = places.text
        self._table: tuple[str, ...] = ()

    def statement(self, at: int) -> int:
        """One line, or several where a value has several."""
        at = _end(_SPACE, self._text, at)
        at = self._header(at) if self._text.startswith("[", at) else self._pair(at, self._table)
        rest = _end(_SPACE, self._text, at)
        line_end = _end(_LINE, self._text, rest)
        if line_end > rest:
            self.places.silent.append(Span(rest + 1, line_end))
        return max(_end(_LINE_END, self._text, line_end), at)

    def _header(self, at: int) -> int:
        at += 2 if self._text.startswith("[[", at) else 1
        start = at
        path, at = self._dotted(at, (), TomlExpects.TABLE)
        self._table = path
        while self._text.startswith("]", at):
            at += 1
        self.places.headers.append((max(start, at), path))
        return at

    def _pair(self, at: int, table: Steps) -> int:
        path, end = self._dotted(at, table, TomlExpects.KEY)
        if not self._text.startswith("=", end):
            return end
        start = _end(_SPACE, self._text, end + 1)
        self._slot(Span(end + 1, start), TomlExpects.VALUE, path, Span(start, start))
        return self._value(start, path)

    def _dotted(self, at: int, table: Steps, expects: TomlExpects) -> tuple[tuple[str, ...], int]:
        """The parts of a key; its end is behind the spaces that follow."""
        path = tuple(str(step) for step in table)
        while True:
            start = _end(_SPACE, self._text, at)
            end = _end(_KEY_PART, self._text, start)
            self._slot(Span(start, end), expects, path)
            if end == start:
                return path, start
            path = (*path, bare_key(self._text[start:end]))
            self.places.keys.setdefault(path, []).append(Span(start, end))
            at = _end(_SPACE, self._text, end)
            if not self._text.startswith(".", at):
                return path, at
            at += 1

    def _value(self, at: int, path: Steps) -> int:
        opening = self._text[at : at + 1]
        if opening in {"[", "{"} and len(path) < _DEEPEST:
            end = self._list(at, path) if opening == "[" else self._inline_table(at, path)
            self.places.values[path] = Span(at, end)
            return end
        end = _end(_LONG_TEXT, self._text, at)
        if end > at:
            self.places.silent.append(Span(at + 1, end - 1))
        else:
            end = _end(_TEXT if opening in {'"', "'"} else _WORD, self._text, at)
            self._slot(Span(at, end), TomlExpects.VALUE, path)
        if end > at:
            self.places.values[path] = Span(at, end)
        return end

    def _list(self, at: int, path: Steps) -> int:
        index, at = 0, at + 1
        while True:
            start = self._next(at)
            self._slot(Span(at, start), TomlExpects.VALUE, (*path, index), Span(start, start))
            end = self._value(start, (*path, index))
            after = self._next(end)
            if after > end > start:
                self.places.silent.append(Span(end + 1, after))
            if not self._text.startswith(",", after):
                return after + 1 if self._text.startswith("]", after) else end
            index, at = index + 1, after + 1

    def _inline_table(self, at: int, path: Steps) -> int:
        at += 1
        while True:
            start = _end(_SPACE, self._text, at)
            self._slot(Span(at, start), TomlExpects.KEY, path, Span(start, start))
            end = self._pair(start, path)
            after = _end(_SPACE, self._text, end)
            if not self._text.startswith(",", after):
                return after + 1 if self._text.startswith("}", after) else end
            at = after + 1

    def _next(self, at: int) -> int:
        """Behind white space and comments in a list, over lines too, but not into the next statement."""
        while True:
            at = _end(_SPACE, self._text, at)
            if self._text.startswith("#", at):
                line_end = _end(_LINE, self._text, at)
                self.places.silent.append(Span(at + 1, line_end))
                at = line_end
            behind = _end(_LINE_END, self._text, at)
            if behind == at or _STATEMENT.match(self._text, behind):
                return at
            at = behind

    def _slot(self, span: Span, expects: TomlExpects, path: Steps, word: Span | None = None) -> None:
        self.places.slots.append(TomlSlot(span, expects, path, span if word is None else word))


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where a pattern ends that begins at an offset; the offset itself where it does not."""
    match = pattern.match(text, at)
    return match.end() if match is not None else at
