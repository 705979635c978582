"""What an editor can fold away: collections, long texts, runs of comments. It knows no protocol: places are offsets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.steps import Steps, at_once
from mfo_dialect.syntax import Comment, LiveTree, Mapping, Node, Sequence, SyntaxTree
from mfo_dialect.text import LineIndex, Span

_CLOSING = ("]", "}")
_LINES = 50
"""How many lines are looked at for comments in one step."""


class FoldKind(Enum):
    """What is folded."""

    BLOCK = "block"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Fold:
    """A stretch that can be folded into its first line.

    Attributes:
        span: from the end of the line that stays to the end of what is hidden; it holds at least one line break.
        kind: what it is.
        depth: how many folds of the tree lie around it.
    """

    span: Span
    kind: FoldKind
    depth: int = 0


def folds(snapshot: Snapshot, document: str, limit: int | None = None) -> tuple[Fold, ...]:
    """The folds of one text, in document order, one for each first line.

    Args:
        snapshot: the bundle.
        document: the key of the text; one that the bundle has not has no folds.
        limit: how many at most; the outer ones count first.
    """
    return at_once(folds_in_steps(snapshot, document, limit))


def folds_in_steps(snapshot: Snapshot, document: str, limit: int | None = None) -> Steps[tuple[Fold, ...]]:
    """The same, a fold at a time."""
    source = snapshot.bundle.sources.get(document)
    if source is None:
        return ()
    found: list[Fold] = []
    for fold in _of_collections(source.tree):
        found += [fold] if fold is not None else []
        yield
    comments = yield from _comments(source.tree)
    for fold in _of_comments(comments, source.tree.lines):
        found.append(fold)
        yield
    if limit is not None and len(found) > limit:
        found = sorted(found, key=lambda fold: fold.depth)[: max(limit, 0)]
    return tuple(sorted(found, key=lambda fold: fold.span))


def _of_collections(tree: SyntaxTree) -> Iterator[Fold | None]:
    """One fold for each first line: where several start there, the outermost, which hides the others too; None for the rest."""
    lines = tree.lines
    taken: set[int] = set()
    roots = [document.root for document in tree.documents if document.root is not None]
    waiting = [(part, 0) for root in reversed(roots) for part in _parts(root)]
    while waiting:
        (start, node), depth = waiting.pop()
        first, end = lines.line_of(start), _end(node, tree.text)
        if lines.line_of(end) > first and first not in taken:
            taken.add(first)
            yield Fold(Span(first_line_end(lines, first), end), FoldKind.BLOCK, depth)
        else:
            yield None
        waiting += [(part, depth + 1) for part in _parts(node)]


def _parts(node: Node) -> list[tuple[int, Node]]:
    """The values below a collection, last first, each with the place where its key or itself starts."""
    if isinstance(node, Mapping):
        return [(pair.key.span.start, pair.value) for pair in reversed(node.pairs)]
    if isinstance(node, Sequence):
        return [(item.span.start, item) for item in reversed(node.items)]
    return []


def _end(node: Node, text: str) -> int:
    """Where a value ends, the blank lines at its end and a closing bracket on a line of its own left out."""
    span = node.span
    end = span.start + len(text[span.start : span.end].rstrip())
    if isinstance(node, Mapping | Sequence) and node.flow and text[:end].endswith(_CLOSING):
        before = text[span.start : end - 1].rstrip(" \t")
        if before.endswith(("\n", "\r")):
            return span.start + len(before.rstrip())
    return end


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
            start = first_line_end(lines, lines.line_of(run[0].span.start))
            yield Fold(Span(start, run[-1].span.end), FoldKind.COMMENT)


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
