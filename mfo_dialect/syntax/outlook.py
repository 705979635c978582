"""Looking around from one line of a text: what it is nested in and what stands beside it, by indentation alone.

It reads only the lines it needs, builds no tree, and knows nothing of what the words mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mfo_dialect.syntax.flow_cursor import flow_place_in
from mfo_dialect.syntax.outline import KEY
from mfo_dialect.syntax.skipping import BlockLines
from mfo_dialect.text import LineIndex, Span

_DASH = re.compile(r"-(?:[ \t]+|\Z)")
_MARGIN = re.compile(r"[ \t]*")
_DOCUMENT_MARK = re.compile(r"(?:---|\.\.\.)(?=\s|\Z)")
_HEADER = re.compile(r"[|>][-+0-9]*[ \t]*(?:#.*)?\Z")
_PROPERTIES = re.compile(r"(?:[&!]\S*[ \t]+)*")
_MAX_LINES = 2_000
_MAX_LEVELS = 200
_FAR = 1 << 30


@dataclass(frozen=True, slots=True)
class Opener:
    """A dash or a key.

    Attributes:
        line: its 0-based line.
        column: its 0-based column.
        start: its offset.
        end: the offset behind the dash or the key, before the colon.
        name: the key, or None for a dash.
        value_start: the offset of what follows on the line, or of the line's end.
        value: what follows on the line, without comment, anchor and tag.
    """

    line: int
    column: int
    start: int
    end: int
    name: str | None
    value_start: int
    value: str

    @property
    def has_value(self) -> bool:
        """Whether a value stands on its line, so that nothing can be nested in it."""
        return bool(self.value)


def is_block_header(value: str) -> bool:
    """Whether a value is the ``|`` or ``>`` that starts a block scalar."""
    return _HEADER.match(value) is not None


class Outlook:
    """The lines of one text, looked at on demand."""

    def __init__(self, lines: LineIndex) -> None:
        """Look at the text that ``lines`` indexes."""
        self.lines = lines
        self._openers: dict[int, tuple[Opener, ...]] = {}
        self._parents: dict[tuple[int, int, Opener | None], Opener | None] = {}
        self._texts: dict[int, str] = {}

    def openers(self, line: int) -> tuple[Opener, ...]:
        """The dashes and the key with which a line starts, from left to right."""
        found = self._openers.get(line)
        if found is None:
            found = self._openers[line] = tuple(self._read(line))
        return found

    def _text(self, number: int) -> str:
        text = self._texts.get(number)
        if text is None:
            text = self._texts[number] = self.lines.line_text(number)
        return text

    def _read(self, number: int) -> Iterator[Opener]:
        text = self._text(number)
        base = self.lines.line_start(number)
        place = self._margin(text)
        while match := _DASH.match(text, place):
            value = _value(text[match.end() :])
            key = KEY.match(text, match.end())
            shown = "" if key or _DASH.match(text, match.end()) else value
            yield Opener(number, place, base + place, base + place + 1, None, base + match.end(), shown)
            place = match.end()
        key = KEY.match(text, place)
        if key is None:
            return
        name = key[0][:-1].rstrip()
        after = key.end() + len(text[key.end() :]) - len(text[key.end() :].lstrip(" \t"))
        properties = _PROPERTIES.match(text, after)
        after = properties.end() if properties else after
        shown = name[1:-1] if len(name) > 1 and name[0] in "\"'" and name[-1] == name[0] else name
        yield Opener(
            number, place, base + place, base + place + len(name), shown, base + after, _value(text[key.end() :])
        )

    @staticmethod
    def _margin(text: str) -> int:
        match = _MARGIN.match(text)
        return match.end() if match else 0

    def _content(self, number: int) -> tuple[int, str] | None:
        """Margin and text of a line that is neither blank nor a comment, and whose margin says how far it is indented."""
        text = self._text(number)
        margin = self._margin(text)
        return None if margin == len(text) or text[margin] == "#" or "\t" in text[:margin] else (margin, text)

    def _above(self, line: int, column: int) -> tuple[int, int]:
        """The nearest line from ``line`` upwards to look at, and how many items at ``column`` were leapt over."""
        lines = self.lines
        return lines.above(line, column, past_items=True) if isinstance(lines, BlockLines) else (line, 0)

    def _upwards(self, line: int, column: int) -> Iterator[tuple[int, int, int]]:
        """The lines with content from ``line`` up to the document's start, but for those further right than ``column``.

        Gives number and margin of each, and how many items at ``column`` were leapt over before it; a last entry may
        give such items alone, its margin far away.
        """
        number = line
        while number >= 0:
            number, passed = self._above(number, column)
            found = self._content(number) if number >= 0 else None
            is_mark = found is not None and found[0] == 0 and _DOCUMENT_MARK.match(found[1]) is not None
            if found is not None and found[0] <= column and not is_mark:
                yield number, found[0], passed
            elif passed:
                yield number, _FAR, passed
            if is_mark:
                return
            number -= 1

    def parent(self, line: int, column: int, *, before: Opener | None = None) -> Opener | None:
        """The nearest opener above that stands further left than ``column``; None at the root.

        Args:
            line: the line to start above of.
            column: the column of what is nested.
            before: what is nested, if its own line may hold the parent; a dash may stand right below its key.
        """
        asked = line, column, before
        if asked not in self._parents:
            self._parents[asked] = self._parent(line, column, before)
        return self._parents[asked]

    def _parent(self, line: int, column: int, before: Opener | None) -> Opener | None:
        same = column if before is not None and before.name is None else -1
        if before is not None:
            for opener in reversed(self.openers(line)):
                if opener.start < before.start and opener.column < column:
                    return opener
        for number, margin, _ in self._upwards(line - 1, column):
            if margin > column or (margin == column and same < 0):
                continue
            for opener in reversed(self.openers(number)):
                if opener.column < column or (opener.column == same and opener.name is not None):
                    return opener
        return None

    def ancestors(self, line: int, column: int) -> Iterator[Opener]:
        """The openers that something at ``column`` of ``line`` is nested in, innermost first."""
        opener = self.parent(line, column)
        for _ in range(_MAX_LEVELS):
            if opener is None:
                return
            yield opener
            opener = self.parent(opener.line, opener.column, before=opener)

    def path_of(self, opener: Opener, line: int) -> tuple[str | int, ...]:
        """The keys and indexes from the root to what ``opener`` opens; ``line`` is its line."""
        steps: list[str | int] = []
        current: Opener | None = opener
        for _ in range(_MAX_LEVELS):
            if current is None:
                break
            parent = self.parent(line, current.column, before=current)
            steps.append(current.name if current.name is not None else self.items_before(current, parent, line))
            current = parent
            line = parent.line if parent else 0
        return tuple(reversed(steps))

    def items_before(self, dash: Opener, parent: Opener | None, line: int) -> int:
        """How many items of the list of ``dash`` start above ``line``, ``parent`` being what the list is nested in."""
        count = 0
        floor = parent.line if parent else -1
        for number, margin, passed in self._upwards(line - 1, dash.column):
            if number < floor:
                break
            count += passed
            if margin > dash.column:
                continue
            after = parent.start if parent and parent.line == number else -1
            count += sum(
                one.name is None and one.column == dash.column and one.start > after for one in self.openers(number)
            )
        return count

    def first_child(self, parent: Opener | None, line: int) -> Opener | None:
        """The first dash or key nested directly in ``parent``; of the document of ``line`` where that is None."""
        if parent is not None:
            for opener in self.openers(parent.line):
                if opener.start > parent.start:
                    return opener
        for number in self._inside(parent, line):
            openers = self.openers(number)
            if openers:
                return openers[0]
        return None

    def keys_in(self, line: int, column: int, parent: Opener | None) -> list[tuple[str, Span]]:
        """The keys at ``column`` nested in ``parent``, with their spans; ``line`` is one of its lines."""
        numbers = [*([parent.line] if parent else []), *self._inside(parent, line)]
        floor = parent.start if parent else -1
        return [
            (opener.name, Span(opener.start, opener.end))
            for number in numbers
            for opener in self.openers(number)
            if opener.name is not None and opener.column == column and opener.start > floor
        ]

    def _inside(self, parent: Opener | None, line: int) -> Iterator[int]:
        """The lines nested in ``parent``, that of its own left out."""
        number = parent.line + 1 if parent is not None else self._document_start(line)
        level: int | None = None
        while number < self.lines.line_count:
            if level is not None and isinstance(self.lines, BlockLines):
                number = self.lines.below(number, level)
            found = self._content(number)
            if found is not None:
                margin, text = found
                if margin == 0 and _DOCUMENT_MARK.match(text):
                    return
                if parent is not None and self._is_outside(parent, margin, text):
                    return
                if level is None or margin <= level:
                    level = margin
                    yield number
            number += 1

    def _document_start(self, line: int) -> int:
        """The first line of the document that ``line`` is in."""
        number = line - 1
        while number >= 0:
            number, _ = self._above(number, 0)
            found = self._content(number) if number >= 0 else None
            if found is not None and found[0] == 0 and _DOCUMENT_MARK.match(found[1]):
                return number + 1
            number -= 1
        return 0

    @staticmethod
    def _is_outside(parent: Opener, margin: int, text: str) -> bool:
        if margin > parent.column:
            return False
        in_list = margin == parent.column and parent.name is not None and not parent.has_value
        return not (in_list and _DASH.match(text, margin))

    def children_keys(self, dash: Opener, line: int) -> tuple[tuple[str, Span], ...]:
        """The keys of the map that the item of ``dash`` is."""
        child = next((one for number in self._inside(dash, line) for one in self.openers(number)), None)
        if child is None or child.name is None:
            return ()
        return tuple(self.keys_in(line, child.column, dash))

    def child_column(self, dash: Opener, line: int, default: int) -> int:
        """The column of the keys of an item, or ``default`` where it has none."""
        child = next((one for number in self._inside(dash, line) for one in self.openers(number)), None)
        return child.column if child is not None and child.name is not None else default

    def block_scalar_above(self, line: int, column: int) -> Opener | None:
        """The key or dash whose block scalar something at ``column`` of ``line`` belongs to."""
        return next((one for one in self.ancestors(line, column) if is_block_header(one.value)), None)

    def open_value_above(self, line: int, line_start: int, column: int) -> tuple[Opener, int] | None:
        """The key or dash whose quotes or brackets, opened on a line above, are still open on ``line``."""
        for opener in self.ancestors(line, column):
            if line - opener.line > _MAX_LINES:
                return None
            if opener.value[:1] in {"[", "{", '"', "'"}:
                place = flow_place_in(self.lines, opener.value_start, line_start, line_start)
                if place.levels or place.quote:
                    return opener, line_start + len(self.lines.line_text(line))
        return None


def _value(rest: str) -> str:
    words = rest.strip()
    properties = _PROPERTIES.match(f"{words} ")
    words = words[properties.end() :] if properties else words
    return "" if words.startswith("#") else words
