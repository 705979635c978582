"""What an editor can fold away: collections, long texts, runs of comments. It knows no protocol: places are offsets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.steps import Steps, at_once
from mfo_dialect.syntax import Comment, LiveTree, Mapping, Node, Pair, Sequence, SyntaxTree
from mfo_dialect.syntax.blocks import Stretch, block_of
from mfo_dialect.text import LineIndex, Span

_CLOSING = ("]", "}")
_LINE_BREAK = re.compile(r"[\r\n]")
_SOME = 64
"""Characters at the end of a value that are looked at first."""
_LINES = 50
"""How many lines are looked at for comments in one step."""


class FoldKind(Enum):
    """What is folded."""

    BLOCK = "block"
    COMMENT = "comment"


class Fold(NamedTuple):
    """A stretch that can be folded into its first line.

    Attributes:
        start: the offset at which the line that stays ends.
        end: the offset at which what is hidden ends; there is at least one line break between.
        kind: what it is.
        depth: how many folds of the tree lie around it.
        first_line: the 0-based line that stays.
        last_line: the last one that is hidden.
    """

    start: int
    end: int
    kind: FoldKind
    depth: int
    first_line: int
    last_line: int

    @property
    def span(self) -> Span:
        """From the end of the line that stays to the end of what is hidden."""
        return Span(self.start, self.end)


def folds(snapshot: Snapshot, document: str, limit: int | None = None) -> tuple[Fold, ...]:
    """The folds of one text, in document order, one for each first line.

    Args:
        snapshot: the bundle.
        document: the key of the text; one that the bundle has not has no folds.
        limit: how many at most; the outer ones count first.
    """
    return at_once(folds_in_steps(snapshot, document, limit))


def folds_in_steps(snapshot: Snapshot, document: str, limit: int | None = None) -> Steps[tuple[Fold, ...]]:
    """The same, a block at a time."""
    source = snapshot.bundle.sources.get(document)
    if source is None:
        return ()
    found = yield from _of_collections(source.tree)
    comments = yield from _comments(source.tree)
    for fold in _of_comments(comments, source.tree.lines):
        found.append(fold)
        yield
    if limit is not None and len(found) > limit:
        found = sorted(found, key=lambda fold: fold.depth)[: max(limit, 0)]
    return tuple(sorted(found, key=lambda fold: fold.start))


def _of_collections(tree: SyntaxTree) -> Steps[list[Fold]]:
    """One fold for each first line: where several start there, the outermost, which hides the others too."""
    lines = tree.lines
    found: dict[int, Fold] = {}
    roots = [document.root for document in tree.documents if document.root is not None]
    waiting = [(part, 0) for root in reversed(roots) for part in _parts(root)]
    block = None
    while waiting:
        (start, node), depth = waiting.pop()
        within = block_of(node)
        if within is None:
            fold = _fold(start, node, depth, lines)
            if fold is not None:
                found.setdefault(fold.first_line, fold)
            waiting += [(part, depth + 1) for part in _parts(node)]
        elif within is not block:
            for fold in _moved(within, depth):
                found.setdefault(fold.first_line, fold)
        block = within
        yield
    return [*found.values()]


def _moved(block: Stretch, depth: int) -> Iterator[Fold]:
    """The folds of a block, where it stands now."""
    base, line = block.base, block.first_line
    for start, end, kind, inner, first, last in block.kept(_of_block):
        yield Fold(base + start, base + end, kind, depth + inner, line + first, line + last)


def _of_block(block: Stretch) -> tuple[Fold, ...]:
    """The folds of a block, one for each first line, counted from its start."""
    base, lines = block.base, block.lines
    found: dict[int, Fold] = {}
    waiting = [(part, 0) for part in reversed([*map(_placed, block.parts)])]
    while waiting:
        (start, node), depth = waiting.pop()
        fold = _fold(start, node, depth, lines, base)
        if fold is not None:
            found.setdefault(fold.first_line, fold)
        waiting += [(part, depth + 1) for part in _parts(node)]
    return tuple(found.values())


def _fold(start: int, node: Node, depth: int, lines: LineIndex, base: int = 0) -> Fold | None:
    """The fold of a value whose key, or which itself, starts at ``start``, in lines that start at ``base``."""
    first, end = lines.line_of(start - base), _end(node, lines, base)
    last = lines.line_of(end)
    return Fold(first_line_end(lines, first), end, FoldKind.BLOCK, depth, first, last) if last > first else None


def _parts(node: Node) -> list[tuple[int, Node]]:
    """The values below a collection, last first, each with the place where its key or itself starts."""
    if isinstance(node, Mapping):
        return [*map(_placed, reversed(node.pairs))]
    if isinstance(node, Sequence):
        return [*map(_placed, reversed(node.items))]
    return []


def _placed(part: Node | Pair) -> tuple[int, Node]:
    return (part.key.place, part.value) if isinstance(part, Pair) else (part.place, part)


def _end(node: Node, lines: LineIndex, base: int) -> int:
    """Where a value ends, the blank lines at its end and a closing bracket on a line of its own left out."""
    start, end = node.span.shifted(-base)
    end = _written_end(lines, start, end)
    if isinstance(node, Mapping | Sequence) and node.flow and lines.slice(end - 1, end) in _CLOSING:
        inner = _written_end(lines, start, end - 1)
        if _LINE_BREAK.search(lines.slice(inner, end - 1)):
            return inner
    return end


def _written_end(lines: LineIndex, start: int, end: int) -> int:
    """Where what stands between two places ends, white space left out; of a long text, only its last part is looked at."""
    length = _SOME
    while True:
        begin = max(start, end - length)
        written = lines.slice(begin, end).rstrip()
        if written or begin == start:
            return begin + len(written)
        length *= 2


def first_line_end(lines: LineIndex, line: int) -> int:
    """Where a line's text ends."""
    return lines.line_start(line) + len(lines.line_text(line))


def _comments(tree: SyntaxTree) -> Steps[tuple[Comment, ...]]:
    """All comments; of a tree that is kept in blocks, some lines at a time."""
    if not isinstance(tree, LiveTree) or not tree.is_divided:
        return tree.comments
    found: list[Comment] = []
    lines = tree.lines
    for line in range(0, lines.line_count, _LINES):
        start, end = lines.line_start(line), lines.line_start(line + _LINES)
        found += [one for one in tree.comments_between(start, end) if start <= one.span.start < end]
        yield
    return tuple(found)


def _of_comments(comments: Iterable[Comment], lines: LineIndex) -> Iterator[Fold]:
    for run in comment_runs(comments, lines):
        if len(run) > 1:
            first, last = (lines.line_of(one.span.start) for one in (run[0], run[-1]))
            start = first_line_end(lines, first)
            yield Fold(start, run[-1].span.end, FoldKind.COMMENT, 0, first, last)


def comment_runs(comments: Iterable[Comment], lines: LineIndex) -> Iterator[list[Comment]]:
    """Comments that have their lines to themselves, those in adjacent lines together."""
    run: list[Comment] = []
    last = -2
    for comment in comments:
        line = lines.line_of(comment.span.start)
        if lines.slice(lines.line_start(line), comment.span.start).strip():
            continue
        if run and line != last + 1:
            yield run
            run = []
        run.append(comment)
        last = line
    if run:
        yield run
