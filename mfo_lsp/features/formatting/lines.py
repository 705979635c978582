"""The edits that lay out a text line by line; each of them changes white space between two pieces, and nothing else."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from mfo_dialect.syntax import Style, SyntaxTree
from mfo_dialect.text import Span, TextEdit
from mfo_lsp.features.formatting.layout import BLOCK_STYLES, OUTSIDE, STEP, BlockText, Layout, Level, Move, column_of
from mfo_lsp.features.formatting.tokens import Kind, Token, Tokens, UnknownLayoutError

_BLANK = " \t"


def edits_of(tree: SyntaxTree, tokens: Tokens, layout: Layout, lines: range) -> list[TextEdit]:
    """The edits, in order; some may put what is there already.

    Raises:
        UnknownLayoutError: a line begins with something for which there is no column.
    """
    return list(_Writer(tree, tokens, layout, lines).edits())


class _Writer:
    def __init__(self, tree: SyntaxTree, tokens: Tokens, layout: Layout, lines: range) -> None:
        self.tree = tree
        self.text = tree.text
        self.lines = tree.lines
        self.tokens = tokens
        self.layout = layout
        self.range = lines
        self.move_starts = [move.span.start for move in layout.moves]
        self.text_starts = [block.span.start for block in layout.block_texts]
        self.firsts = self.first_columns()
        self.content_lines = sorted(self.firsts)

    def edits(self) -> Iterator[TextEdit]:
        blank: list[int] = []
        seen_content = False
        levels: list[Level] = []
        for line in range(self.lines.line_count):
            start, end = self.line_span(line)
            block = self.block_text_at(start)
            if block is None and not self.text[start:end].strip(_BLANK) and self.scalar_around(start) is None:
                blank.append(line)
                continue
            yield from self.fewer_blank_lines(blank, keep=seen_content)
            blank.clear()
            seen_content = True
            if line in self.range:
                yield from self.block_text_line(line, block) if block is not None else self.line(line, levels)
            self.open_levels(start, end, levels)
        yield from self.end_of_text(blank)

    # Lines

    def line(self, line: int, levels: list[Level]) -> Iterator[TextEdit]:
        """One line that is neither blank nor within a literal or folded text."""
        start, end = self.line_span(line)
        around = self.scalar_around(start)
        written = self.tokens.between(start, end)
        move = self.move_at(start)
        indent = end - len(self.text[start:end].lstrip(_BLANK))
        if around is not None and indent == end:
            yield TextEdit(Span(start, end), "")
            return
        if around is not None:
            column = move.column(indent - start) if move is not None else indent - start
            yield TextEdit(Span(start, indent), " " * column)
            written = [around, *written]
        elif written[0].kind not in {Kind.MARK, Kind.DIRECTIVE}:
            yield TextEdit(Span(start, indent), " " * self.new_column(written[0], line, levels))
        for before, after in pairwise(written):
            gap = Span(before.end, after.start)
            yield TextEdit(gap, self.gap(before, after, self.text[gap.start : gap.end]))
        yield from self.end_of_line(written[-1], end)

    def end_of_line(self, last: Token, end: int) -> Iterator[TextEdit]:
        """No white space at the end of a line; within quotes that go on below it is left as it is."""
        goes_on = last.end > end
        if goes_on and last.scalar is not None and last.scalar.style in {Style.SINGLE_QUOTED, Style.DOUBLE_QUOTED}:
            return
        start = last.start if goes_on else last.end
        content = self.text[start:end].rstrip(_BLANK)
        yield TextEdit(Span(start + len(content), end), "")

    def block_text_line(self, line: int, block: BlockText) -> Iterator[TextEdit]:
        start, end = self.line_span(line)
        content = self.text[start:end]
        old, new = block.level.old, block.level.new
        if not content.strip(" ") and len(content) <= old:
            yield TextEdit(Span(start, end), "")
        elif not content[:old].strip(" "):
            yield TextEdit(Span(start, start + old), " " * new)

    def fewer_blank_lines(self, blank: list[int], *, keep: bool) -> Iterator[TextEdit]:
        """One blank line of several that follow each other, and none at the beginning."""
        for index, line in enumerate(blank):
            if line in self.range:
                start, end = self.line_span(line)
                is_kept = keep and index == 0
                yield TextEdit(Span(start, end if is_kept else self.lines.line_start(line + 1)), "")

    def end_of_text(self, blank: list[int]) -> Iterator[TextEdit]:
        """One line break at the end, and no blank lines."""
        yield from self.fewer_blank_lines(blank, keep=False)
        last = self.lines.line_count - 1
        start, end = self.line_span(last)
        if blank or last not in self.range:
            return
        block = self.block_text_at(start)
        if start < end and (block is None or block.may_end_in_break):
            first_break = self.text[self.line_span(0)[1] : self.lines.line_start(1)]
            yield TextEdit(Span(end, end), first_break or "\n")

    # Gaps within a line

    def gap(self, before: Token, after: Token, written: str) -> str:
        """The white space between two pieces of one line."""
        match before.kind, after.kind:
            case (_, Kind.COMMENT) | (Kind.MARK | Kind.DIRECTIVE | Kind.QUESTION, _):
                return written
            case (Kind.PROPERTY, Kind.SCALAR | Kind.ALIAS | Kind.OPENING | Kind.PROPERTY | Kind.DASH):
                return " "
            case (Kind.PROPERTY, _):
                return written
            case (Kind.DASH, _):
                column = self.column_on_line(after)
                return " " if column is None else " " * (column - self.layout.columns[before.start] - 1)
            case (Kind.ALIAS, Kind.COLON):
                return " "
            case (Kind.SCALAR | Kind.CLOSING, Kind.COLON):
                return ""
            case (Kind.COLON, Kind.COMMA | Kind.CLOSING) | (_, Kind.COLON):
                return written
            case (Kind.OPENING, _) | (_, Kind.CLOSING | Kind.COMMA):
                return ""
            case (Kind.COLON | Kind.COMMA, _):
                return " "
            case _:
                return written

    # Columns

    def new_column(self, first: Token, line: int, levels: list[Level]) -> int:
        """The column at which a line is to begin that begins with ``first``."""
        move = self.move_at(first.start)
        if move is not None:
            return move.column(column_of(self.tree, first.start))
        if first.kind is Kind.COMMENT:
            return self.column_of_comment(column_of(self.tree, first.start), line, levels)
        return self.firsts[line].new

    def column_of_comment(self, column: int, line: int, levels: list[Level]) -> int:
        """That of what follows, where they begin in one column; else that of the level it is written at."""
        index = bisect_right(self.content_lines, line)
        following = self.firsts[self.content_lines[index]] if index < len(self.content_lines) else None
        if following is not None and following.old == column:
            return following.new
        exact = next((level for level in levels if level.old == column), None)
        if exact is not None:
            return exact.new
        around = [level for level in levels if level.old < column]
        deepest = max(around, key=lambda level: (level.old, level.new)) if around else OUTSIDE
        if following is not None and deepest.old < following.old < column:
            return following.new
        is_below_text = index > 0 and self.ends_in_block_text(self.content_lines[index - 1])
        return max(deepest.new + (0 if is_below_text else STEP), 0) if around else 0

    def open_levels(self, start: int, end: int, levels: list[Level]) -> None:
        """Keep the levels that the lines up to this one have opened, the innermost last."""
        opening: int | None = None
        for token in self.tokens.between(start, end):
            opening = token.start if opening is None else opening
            if token.kind is Kind.PROPERTY:
                continue
            old, opening, new = opening, None, self.layout.columns.get(token.start)
            if new is None:
                continue
            level = Level(column_of(self.tree, old), new)
            while levels and (levels[-1].old, levels[-1].new) > (level.old, level.new):
                levels.pop()
            if not levels or levels[-1] != level:
                levels.append(level)

    def first_columns(self) -> dict[int, Level]:
        """By line, the column of the piece that it begins with, where that is neither a comment nor within brackets."""
        found: dict[int, Level] = {}
        previous = -1
        for token in self.tokens.all:
            line = self.lines.line_of(token.start)
            is_first, previous = line != previous, self.lines.line_of(max(token.end - 1, token.start))
            is_aside = token.kind in {Kind.COMMENT, Kind.MARK, Kind.DIRECTIVE} or self.move_at(token.start) is not None
            if is_first and not is_aside:
                column = self.column_behind_properties(token)
                if column is None:
                    raise UnknownLayoutError("the formatter does not know how to lay out this line", token.start)
                found[line] = Level(column_of(self.tree, token.start), column)
        return found

    def column_behind_properties(self, token: Token) -> int | None:
        following: Token | None = token
        while following is not None and following.kind in {Kind.PROPERTY, Kind.COMMENT}:
            following = self.tokens.after(following)
        return self.layout.columns.get(following.start) if following is not None else None

    def column_on_line(self, token: Token) -> int | None:
        """The column of what a piece begins, where that stands on its line."""
        following: Token | None = token
        while following is not None and following.kind is Kind.PROPERTY:
            following = self.tokens.after(following)
        if following is None or self.lines.line_of(following.start) != self.lines.line_of(token.start):
            return None
        return self.layout.columns.get(following.start)

    # Places

    def ends_in_block_text(self, line: int) -> bool:
        """Whether a literal or folded text begins on a line; then what stands deeper below is a part of it."""
        written = self.tokens.between(*self.line_span(line))
        last = next((token for token in reversed(written) if token.kind is not Kind.COMMENT), None)
        scalar = last.scalar if last is not None else None
        return scalar is not None and scalar.style in BLOCK_STYLES

    def line_span(self, line: int) -> tuple[int, int]:
        start = self.lines.line_start(line)
        if line == 0 and self.text.startswith("\ufeff"):
            start = 1
        return start, self.lines.line_start(line) + len(self.lines.line_text(line))

    def scalar_around(self, offset: int) -> Token | None:
        """The scalar in whose middle a line begins; a literal or folded text does not count."""
        found = self.tokens.before(offset)
        if found is None or found.scalar is None or found.end <= offset:
            return None
        return found

    def move_at(self, offset: int) -> Move | None:
        index = bisect_right(self.move_starts, offset) - 1
        move = self.layout.moves[index] if index >= 0 else None
        return move if move is not None and move.span.start < offset < move.span.end else None

    def block_text_at(self, offset: int) -> BlockText | None:
        index = bisect_right(self.text_starts, offset) - 1
        block = self.layout.block_texts[index] if index >= 0 else None
        return block if block is not None and block.span.start <= offset < block.span.end else None
