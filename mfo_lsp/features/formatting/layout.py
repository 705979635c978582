"""Where each line of a tree is to begin: two columns further in for every level, lists below keys included."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mfo_dialect.syntax import Mapping, Node, Scalar, Sequence, Style, SyntaxTree, children_of
from mfo_dialect.text import Span
from mfo_lsp.features.formatting.tokens import Kind, Tokens

STEP = 2
BLOCK_STYLES = frozenset({Style.LITERAL, Style.FOLDED})
_BLANK_LINES = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))*(?:[ \t]*\Z)?")
_ASIDE = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))*(?:[ \t]*\Z)?")
_HEADER = re.compile(r"[|>](?P<signs>[-+0-9]*)[^\r\n]*(?:\r\n|\r|\n|\Z)")
_FIRST_LINE = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))*(?P<indent> *)(?=[^ \r\n])")


@dataclass(frozen=True, slots=True)
class Level:
    """The column at which a collection's lines begin, as it is and as it is to be; -1 outside of all."""

    old: int
    new: int


OUTSIDE = Level(-1, -1)


@dataclass(frozen=True, slots=True)
class Move:
    """Lines that begin inside of ``span`` move by ``distance`` columns, but not further out than ``level`` allows."""

    span: Span
    distance: int
    level: Level
    may_touch: bool

    def column(self, old: int) -> int:
        """The new column of a line that begins at ``old``."""
        least = self.level.new if self.may_touch and old <= self.level.old else self.level.new + 1
        return max(old + self.distance, least, 0)


@dataclass(frozen=True, slots=True)
class BlockText:
    """The lines of a literal or folded scalar, blank lines that belong to its value included.

    Attributes:
        span: from the line below the header to the end of the last such line.
        level: the column at which its content begins.
        may_end_in_break: a line break behind its last line does not belong to its value.
    """

    span: Span
    level: Level
    may_end_in_break: bool


@dataclass(slots=True)
class Layout:
    """What follows from a tree: by offset, the new column of what may open a line, and the stretches that move."""

    columns: dict[int, int] = field(default_factory=dict[int, int])
    moves: list[Move] = field(default_factory=list[Move])
    block_texts: list[BlockText] = field(default_factory=list[BlockText])


def layout_of(tree: SyntaxTree, tokens: Tokens, lines: range) -> Layout:
    """The layout of a tree without problems.

    Args:
        tree: the tree.
        tokens: its pieces.
        lines: the 0-based lines that may change; a collection that other lines belong to stays where it is.
    """
    planner = _Planner(tree, tokens, lines)
    for document in tree.documents:
        if document.root is not None:
            planner.place(document.root, OUTSIDE)
    return planner.layout


class _Planner:
    def __init__(self, tree: SyntaxTree, tokens: Tokens, lines: range) -> None:
        self.tree = tree
        self.tokens = tokens
        self.range = lines
        self.layout = Layout()

    def place(self, node: Node, parent: Level) -> None:
        if isinstance(node, Mapping) and not node.flow:
            self.mapping(node, parent)
        elif isinstance(node, Sequence) and not node.flow:
            self.sequence(node, parent)
        elif isinstance(node, Scalar) and node.is_missing:
            return
        else:
            self.value(node, parent)

    def mapping(self, node: Mapping, parent: Level) -> None:
        level = self.level(node, parent)
        for pair in node.pairs:
            self.layout.columns[pair.key.span.start] = level.new
            if not (isinstance(pair.key, Scalar) and pair.key.is_missing):
                self.interior(pair.key, level, level.new - level.old)
            self.place(pair.value, level)

    def sequence(self, node: Sequence, parent: Level) -> None:
        level = self.level(node, parent)
        for item in node.items:
            self.layout.columns[self.tokens.dash_before(item.span.start)] = level.new
            self.place(item, level)

    def level(self, node: Node, parent: Level) -> Level:
        old = self.column(node.span.start)
        if not self.is_free(node):
            return Level(old, old)
        return Level(old, parent.new + STEP if parent is not OUTSIDE else 0)

    def is_free(self, node: Node) -> bool:
        lines = self.tree.lines
        return lines.line_of(node.span.start) in self.range and lines.line_of(self.reach(node)) in self.range

    def reach(self, node: Node) -> int:
        """Where a node ends; comments below a literal or folded text count, as they must stay further out than it."""
        last = node
        while below := children_of(last):
            last = below[-1]
        end = node.span.end
        if isinstance(last, Scalar) and last.style in BLOCK_STYLES:
            aside = _ASIDE.match(self.tree.text, end)
            end = max(end, aside.end() - 1) if aside is not None else end
        return end

    def value(self, node: Node, parent: Level) -> None:
        """A scalar, an alias, or a collection in brackets."""
        start = node.span.start
        distance = parent.new - parent.old
        opening = self.opening(start)
        if opening is not None:
            self.layout.columns[start] = parent.new + STEP if parent is not OUTSIDE else opening
            distance = self.layout.columns[start] - opening
        if isinstance(node, Scalar) and node.style in BLOCK_STYLES:
            self.layout.block_texts.append(self.block_text(node, parent))
        else:
            self.interior(node, parent, distance)

    def interior(self, node: Node, parent: Level, distance: int) -> None:
        lines = self.tree.lines
        span = node.span
        if lines.line_of(span.start) != lines.line_of(span.end):
            self.layout.moves.append(Move(span, distance, parent, may_touch=not isinstance(node, Scalar)))

    def block_text(self, node: Scalar, parent: Level) -> BlockText:
        text = self.tree.text
        header = _HEADER.match(text, node.span.start)
        signs = header["signs"] if header else ""
        start = header.end() if header else node.span.end
        first = _FIRST_LINE.match(text, start) if node.span.end > start else None
        digits = signs.strip("+-")
        if first is None or parent is OUTSIDE:
            level = Level(0, 0)
        elif not self.is_free(node):
            column = len(first["indent"])
            level = Level(column, column)
        elif digits:
            level = Level(parent.old + int(digits), parent.new + int(digits))
        else:
            level = Level(len(first["indent"]), parent.new + STEP)
        keeps = "+" in signs or level.old == 0
        end = self.end_of_block_text(max(node.span.end, start), level, keeps=keeps)
        return BlockText(Span(start, end), level, may_end_in_break="-" in signs)

    def end_of_block_text(self, end: int, level: Level, *, keeps: bool) -> int:
        """Where the value ends: behind the last blank line that belongs to it."""
        blank = _BLANK_LINES.match(self.tree.text, end)
        if blank is None or keeps:
            return blank.end() if blank is not None else end
        lines = self.tree.lines
        last = end
        for line in range(lines.line_of(end) + 1, lines.line_of(blank.end()) + 1):
            content = lines.line_text(line)
            if not content.strip(" \t") and len(content) > level.old:
                last = lines.line_start(line) + len(content)
        return last

    def column(self, offset: int) -> int:
        return column_of(self.tree, offset)

    def opening(self, offset: int) -> int | None:
        """The column of the line that a value opens, its properties included; None where it opens none."""
        start = self.tree.lines.line_start(self.tree.lines.line_of(offset))
        before = self.tokens.between(start, offset)
        if not all(token.kind is Kind.PROPERTY for token in before):
            return None
        return self.column(before[0].start if before else offset)


def column_of(tree: SyntaxTree, offset: int) -> int:
    """The column of an offset; a byte order mark takes none."""
    line = tree.lines.line_of(offset)
    mark = 1 if line == 0 and tree.text.startswith("\ufeff") else 0
    return max(offset - tree.lines.line_start(line) - mark, 0)
