"""Where a cursor stands inside quotes, brackets and braces that are being typed; it knows one value's text only."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from mfo_dialect.text import LineIndex, Span

_OPENERS = {"[": "]", "{": "}"}
_MAX_OPEN = 200


@dataclass(slots=True)
class FlowLevel:
    """An open bracket or brace.

    Attributes:
        is_map: whether it is a brace.
        keys: the keys of a map so far, with their spans.
        key: the key whose value comes next, if its colon is written.
        index: how many items of a list are complete.
        token: where the item, key or value that is being written starts; None if none has begun.
    """

    is_map: bool
    keys: list[tuple[str, Span]] = field(default_factory=list[tuple[str, Span]])
    key: str | None = None
    index: int = 0
    token: int | None = None

    def shifted(self, distance: int) -> FlowLevel:
        """The same level, ``distance`` code points further on."""
        keys = [(name, span.shifted(distance)) for name, span in self.keys]
        return replace(self, keys=keys, token=None if self.token is None else self.token + distance)


@dataclass(frozen=True, slots=True)
class FlowPlace:
    """What is open at the cursor.

    Attributes:
        levels: the open brackets and braces, outermost first.
        steps: the key or index of each level that the next one, or the cursor, is inside of.
        quote: the quote that is open at the cursor, or None.
        in_value: whether the innermost level is a map whose key and colon stand before the cursor.
        token: the span of what is being written at the cursor.
        in_comment: whether the cursor is behind a ``#``.
    """

    levels: tuple[FlowLevel, ...]
    steps: tuple[str | int, ...]
    quote: str | None
    in_value: bool
    token: Span
    in_comment: bool


def flow_place_in(lines: LineIndex, start: int, cursor: int, end: int) -> FlowPlace:
    """What is open at ``cursor`` of a text, of which no more than the value that starts at ``start`` is joined.

    Args:
        lines: the lines of the text.
        start: the offset at which the value starts.
        cursor: the offset of the cursor.
        end: the offset at which nothing more can be learned.
    """
    base = max(start - 1, 0)
    text = lines.slice(base, max(cursor, end) + 1)
    place = flow_place(text, start - base, cursor - base, end - base)
    levels = tuple(level.shifted(base) for level in place.levels)
    return replace(place, levels=levels, token=place.token.shifted(base))


def flow_place(text: str, start: int, cursor: int, end: int) -> FlowPlace:
    """Read ``text`` from ``start``, where a value starts, and say what is open at ``cursor``.

    Reading goes on to ``end`` only to find the keys and the rest of the word behind the cursor.
    """
    walk = _Walk(text, start, cursor, end)
    walk.run()
    return walk.result()


class _Walk:
    def __init__(self, text: str, start: int, cursor: int, end: int) -> None:
        self.text = text
        self.place = start
        self.cursor = cursor
        self.end = max(end, cursor)
        self.levels: list[FlowLevel] = []
        self.outer: int | None = None
        self.seen: FlowPlace | None = None
        self.depth_at_cursor = 0

    def run(self) -> None:
        while self.place < self.end and not self.is_over():
            if self.place >= self.cursor and self.seen is None:
                self.see(None, in_comment=False)
            character = self.text[self.place]
            if character in "\"'" and self.token() is None:
                self.quoted(character)
            elif character == "#" and self.text[self.place - 1 : self.place] in {" ", "\t", "\n", "\r"}:
                self.comment()
            else:
                self.step(character)
                self.place += 1
        if self.seen is None:
            self.see(None, in_comment=False)

    def is_over(self) -> bool:
        """Whether nothing more can be learned: the level of the cursor is closed."""
        return self.seen is not None and len(self.levels) < max(self.depth_at_cursor, 1)

    def step(self, character: str) -> None:
        if character in _OPENERS and len(self.levels) < _MAX_OPEN and self.token() is None:
            self.set_token(self.place)
            self.levels.append(FlowLevel(is_map=character == "{"))
        elif character in "]}" and self.levels:
            self.finish_token()
            self.levels.pop()
        elif character == "," and self.levels:
            self.finish_token()
            self.levels[-1].index += 1
            self.levels[-1].key = None
        elif character == ":" and self.ends_key():
            self.end_key()
        elif character not in " \t\r\n" and self.token() is None:
            self.set_token(self.place)

    def ends_key(self) -> bool:
        after = self.text[self.place + 1 : self.place + 2]
        level = self.levels[-1] if self.levels else None
        return level is not None and level.is_map and level.key is None and (after in " \t\r\n,]}{[" or not after)

    def end_key(self) -> None:
        level = self.levels[-1]
        start = self.place if level.token is None else level.token
        written = self.text[start : self.place].rstrip()
        level.key = written.strip("\"'")
        level.keys.append((level.key, Span(start, start + len(written))))
        level.token = None

    def finish_token(self) -> None:
        level = self.levels[-1]
        if level.is_map and level.key is None and level.token is not None and self.place < self.cursor:
            written = self.text[level.token : self.place].rstrip()
            level.keys.append((written.strip("\"'"), Span(level.token, level.token + len(written))))
        level.token = None

    def quoted(self, quote: str) -> None:
        self.set_token(self.place)
        place = self.place + 1
        while place < self.end and self.text[place] != quote:
            place += 2 if quote == '"' and self.text[place] == "\\" else 1
        place = min(place, self.end)
        if self.place < self.cursor <= place and self.seen is None:
            self.see(quote, in_comment=False, token_end=place)
        self.place = place + 1

    def comment(self) -> None:
        breaks = [place for mark in "\r\n" if (place := self.text.find(mark, self.place, self.end)) >= 0]
        line_end = min(breaks, default=self.end)
        if self.place < self.cursor <= line_end and self.seen is None:
            self.see(None, in_comment=True)
        self.place = max(line_end, self.place + 1)

    def token(self) -> int | None:
        return self.levels[-1].token if self.levels else self.outer

    def set_token(self, place: int) -> None:
        if self.levels:
            self.levels[-1].token = place
        else:
            self.outer = place

    def see(self, quote: str | None, *, in_comment: bool, token_end: int | None = None) -> None:
        """Remember what is open here, which is where the cursor stands."""
        self.depth_at_cursor = len(self.levels)
        token = self.token()
        start = self.cursor if token is None or (not self.levels and quote is None) else token
        end = token_end if token_end is not None else self.word_end()
        if quote is not None:
            start += 1
        steps = tuple(
            (level.key if level.key is not None else "") if level.is_map else level.index for level in self.levels
        )
        level = self.levels[-1] if self.levels else None
        self.seen = FlowPlace(
            levels=tuple(self.levels),
            steps=steps,
            quote=quote,
            in_value=level is not None and level.is_map and level.key is not None,
            token=Span(min(start, self.cursor), max(end, self.cursor)),
            in_comment=in_comment,
        )

    def word_end(self) -> int:
        place = self.cursor
        while place < self.end and self.text[place] not in " \t\r\n,:]}[{#\"'":
            place += 1
        return place

    def result(self) -> FlowPlace:
        assert self.seen is not None
        return self.seen
