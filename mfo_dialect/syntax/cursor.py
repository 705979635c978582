"""What is being typed at a place in a text, from its lines and their indentation alone, sound or not.

It answers for completion: to which map or list a key, a value or an item typed here would belong. It builds no tree
and knows nothing of the dialect.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mfo_dialect.syntax.document import SyntaxTree
from mfo_dialect.syntax.flow_cursor import FlowPlace, flow_place_in
from mfo_dialect.syntax.outlook import Opener, Outlook, is_block_header
from mfo_dialect.text import Span

_INDENT = 2
_MAX_VALUE_LINES = 2_000


class Expects(Enum):
    """What may be typed at a place: ``NODE`` where nothing is written yet, so a key, an item or a value."""

    KEY = "key"
    VALUE = "value"
    ITEM = "item"
    NODE = "node"


class Within(Enum):
    """What surrounds the place most closely."""

    PLAIN = "plain"
    QUOTES = "quotes"
    BLOCK_SCALAR = "block-scalar"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class CursorContext:
    """What is being typed at an offset.

    Attributes:
        path: keys and indexes from the root. For a ``KEY``, of the map it belongs to; for a ``VALUE``, of the value
            itself, its key last; for an ``ITEM``, of the item itself, its index last; for a ``NODE``, of the node.
        expects: what is expected there.
        key: the key whose value it is, for a ``VALUE``.
        word: the span of the word, key or value that is half typed; empty at the cursor if there is none. Quotes do
            not belong to it.
        word_text: what is typed of it so far, from its start to the cursor.
        within: whether it is inside quotes, a block scalar or a comment.
        quote: the quote that is open, or None.
        flow: whether it is inside brackets or braces.
        siblings: the keys that the map already has, with their spans; not the one at the cursor.
        indent: the column at which a key or an item of the same map or list starts.
    """

    path: tuple[str | int, ...]
    expects: Expects
    key: str | None
    word: Span
    word_text: str
    within: Within
    quote: str | None
    flow: bool
    siblings: tuple[tuple[str, Span], ...]
    indent: int


def context_at(tree: SyntaxTree, offset: int) -> CursorContext:
    """What a cursor at ``offset`` is typing; offsets outside the text count as its ends."""
    return _Finder(tree, min(max(offset, 0), tree.lines.length)).context()


class _Finder:
    def __init__(self, tree: SyntaxTree, offset: int) -> None:
        self.look = Outlook(tree.lines)
        self.line = tree.lines.line_of(offset)
        self.line_start = tree.lines.line_start(self.line)
        self.line_text = tree.lines.line_text(self.line)
        self.column = min(offset - self.line_start, len(self.line_text))  # between CR and LF counts as the line's end
        self.offset = self.line_start + self.column

    def context(self) -> CursorContext:
        margin = len(self.line_text) - len(self.line_text.lstrip(" \t"))
        is_blank = not self.line_text.strip()
        here = min(margin, self.column) if not is_blank else self.column
        scalar = self.look.block_scalar_above(self.line, here if is_blank else margin)
        if scalar is not None:
            return self.in_block_scalar(scalar)
        value = self.look.open_value_above(self.line, self.line_start, here)
        if value is not None:
            return self.in_value(*value)
        if self.line_text.lstrip().startswith("#") and self.column > margin:
            return self.in_comment(margin)
        if is_blank or self.column < margin:
            return self.on_blank(self.column)
        return self.on_content()

    def on_content(self) -> CursorContext:
        """On a line with something written, at or behind it."""
        openers = self.look.openers(self.line)
        keys = [opener for opener in openers if opener.name is not None]
        last = keys[-1] if keys else None
        if last is not None and self.offset >= last.value_start:
            return self.in_value(last, self.line_start + len(self.line_text))
        if last is not None and self.offset > last.end:
            return self.at_value(last, Span(self.offset, self.offset), Within.PLAIN)
        if last is not None and self.offset >= last.start:
            return self.at_key(last.column, Span(last.start, last.end), exclude=last)
        dashes = [opener for opener in openers if opener.name is None and opener.start < self.offset]
        if dashes and self.offset == dashes[-1].end:
            return self.on_item_gap(dashes[-1])
        if dashes and (last is not None or self.offset >= dashes[-1].value_start):
            return self.after_dash(dashes[-1])
        if dashes:
            return self.on_item_gap(dashes[-1])
        if openers:
            return self.on_blank(self.column)
        return self.on_word()

    def on_word(self) -> CursorContext:
        """In a word without a colon: perhaps a key to be."""
        stripped = self.line_text.strip()
        start = self.line_start + len(self.line_text) - len(self.line_text.lstrip(" \t"))
        comment = stripped.find(" #")
        if comment >= 0 and self.offset > start + comment:
            return self.in_comment(start - self.line_start)
        word = Span(start, start + len(stripped if comment < 0 else stripped[:comment].rstrip()))
        context = self.on_blank(start - self.line_start)
        return self.with_word(context, word)

    def after_dash(self, dash: Opener) -> CursorContext:
        """In an item that is no map yet."""
        start = min(dash.value_start, self.offset)
        rest = self.look.lines.slice(dash.value_start, self.line_start + len(self.line_text))
        if rest[:1] and rest[0] in "[{\"'":
            return self.in_value(dash, self.line_start + len(self.line_text))
        comment = f" {rest}".find(" #")
        if comment >= 0 and self.offset > dash.value_start + comment:
            return self.in_comment(dash.column)
        written = (rest[:comment] if comment >= 0 else rest).rstrip()
        path = self.look.path_of(dash, self.line)
        column = start - self.line_start
        siblings = self.look.children_keys(dash, self.line)
        expects = Expects.KEY if siblings else Expects.NODE
        indent = self.look.child_column(dash, self.line, column)
        word = Span(start, max(start + len(written), self.offset if not written else start))
        return self.made(path, expects, None, word, siblings, indent)

    def on_item_gap(self, dash: Opener) -> CursorContext:
        """Right behind a dash: the item starts after a space."""
        path = self.look.path_of(dash, self.line)
        return self.made(path, Expects.NODE, None, Span(self.offset, self.offset), (), dash.column + _INDENT)

    def at_key(self, column: int, word: Span, exclude: Opener) -> CursorContext:
        parent = self.look.parent(self.line, column, before=exclude)
        path = self.look.path_of(parent, parent.line) if parent else ()
        siblings = tuple(
            (name, span) for name, span in self.look.keys_in(self.line, column, parent) if span.start != exclude.start
        )
        return self.made(path, Expects.KEY, None, word, siblings, column)

    def on_blank(self, column: int) -> CursorContext:
        """On white space, whose column decides where something typed belongs."""
        nothing = Span(self.offset, self.offset)
        parent = self.look.parent(self.line, column)
        while parent is not None and parent.name is not None and parent.has_value:
            column = parent.column
            parent = self.look.parent(parent.line, column, before=parent)
        path = self.look.path_of(parent, parent.line) if parent else ()
        child = self.look.first_child(parent, self.line)
        if child is None:
            indent = column if parent is None else max(column, parent.column + 1)
            expects = Expects.NODE if parent is not None else Expects.KEY
            return self.made(path, expects, None, nothing, (), indent)
        if child.name is None:
            index = self.look.items_before(child, parent, self.line)
            return self.made((*path, index), Expects.ITEM, None, nothing, (), child.column)
        siblings = tuple(self.look.keys_in(self.line, child.column, parent))
        return self.made(path, Expects.KEY, None, nothing, siblings, child.column)

    def at_value(self, key: Opener, word: Span, within: Within) -> CursorContext:
        path = self.look.path_of(key, key.line)
        parent = self.look.parent(key.line, key.column, before=key)
        siblings = tuple(
            found for found in self.look.keys_in(key.line, key.column, parent) if found[1].start != key.start
        )
        return self.made(path, Expects.VALUE, key.name, word, siblings, key.column, within=within)

    def in_value(self, opener: Opener, end: int) -> CursorContext:
        """In a value that starts on the line of its key or dash."""
        first = self.look.lines.slice(opener.value_start, opener.value_start + 1)
        if not first or first not in "[{\"'":
            return self.in_plain_value(opener)
        place = flow_place_in(self.look.lines, opener.value_start, self.offset, end)
        path = self.look.path_of(opener, opener.line)
        if place.in_comment:
            return self.in_comment(opener.column)
        if not place.levels:
            return self.in_quotes(opener, place)
        steps = (*path, *place.steps)
        level = place.levels[-1]
        within = Within.QUOTES if place.quote else Within.PLAIN
        if not level.is_map:
            return self.made(
                steps, Expects.ITEM, None, place.token, (), self.column, within=within, quote=place.quote, flow=True
            )
        siblings = tuple(found for found in level.keys if not found[1].contains(self.offset))
        if place.in_value:
            siblings = tuple(found for found in siblings if found[0] != place.steps[-1])
        return self.made(
            steps if place.in_value else steps[:-1],
            Expects.VALUE if place.in_value else Expects.KEY,
            str(place.steps[-1]) if place.in_value else None,
            place.token, siblings, self.column, within=within, quote=place.quote, flow=True,
        )  # fmt: skip

    def in_quotes(self, opener: Opener, place: FlowPlace) -> CursorContext:
        within = Within.QUOTES if place.quote else Within.PLAIN
        path = self.look.path_of(opener, opener.line)
        expects = Expects.ITEM if opener.name is None else Expects.VALUE
        siblings = self.at_value(opener, place.token, within).siblings if opener.name is not None else ()
        return self.made(
            path, expects, opener.name, place.token, siblings, opener.column, within=within, quote=place.quote
        )

    def in_plain_value(self, key: Opener) -> CursorContext:
        rest = self.look.lines.slice(key.value_start, self.line_start + len(self.line_text))
        comment = f" {rest}".find(" #")
        if comment >= 0 and self.offset > key.value_start + comment:
            return self.in_comment(key.column)
        if is_block_header(rest):
            return self.at_value(key, Span(key.value_start, key.value_start + len(rest.rstrip())), Within.PLAIN)
        written = (rest[:comment] if comment >= 0 else rest).rstrip()
        word = Span(key.value_start, key.value_start + len(written))
        if not written or self.offset > word.end:
            word = Span(self.offset, self.offset) if not written else Span(word.start, self.offset)
        return self.at_value(key, word, Within.PLAIN)

    def in_block_scalar(self, key: Opener) -> CursorContext:
        start = end = self.column
        while start > 0 and not self.line_text[start - 1].isspace():
            start -= 1
        while end < len(self.line_text) and not self.line_text[end].isspace():
            end += 1
        word = Span(self.line_start + start, self.line_start + end)
        if key.name is None:
            path = self.look.path_of(key, key.line)
            return self.made(path, Expects.ITEM, None, word, (), key.column, within=Within.BLOCK_SCALAR)
        return self.at_value(key, word, Within.BLOCK_SCALAR)

    def in_comment(self, column: int) -> CursorContext:
        parent = self.look.parent(self.line, column)
        path = self.look.path_of(parent, parent.line) if parent else ()
        nothing = Span(self.offset, self.offset)
        return self.made(path, Expects.NODE, None, nothing, (), column, within=Within.COMMENT)

    def with_word(self, context: CursorContext, word: Span) -> CursorContext:
        siblings = tuple(found for found in context.siblings if found[1].start != word.start)
        return self.made(context.path, context.expects, context.key, word, siblings, context.indent)

    def made(  # noqa: PLR0913 - the parts of a context
        self,
        path: tuple[str | int, ...],
        expects: Expects,
        key: str | None,
        word: Span,
        siblings: tuple[tuple[str, Span], ...],
        indent: int,
        *,
        within: Within = Within.PLAIN,
        quote: str | None = None,
        flow: bool = False,
    ) -> CursorContext:
        typed = self.look.lines.slice(word.start, max(self.offset, word.start))
        return CursorContext(path, expects, key, word, typed, within, quote, flow, siblings, indent)
