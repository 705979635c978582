"""What a growing selection takes in, step by step: word, path, text, pair, item, list. Places are offsets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.expressions import path_to
from mfo_dialect.syntax import Mapping, Node, Part, Scalar, Sequence, Step, SyntaxTree, path_at
from mfo_dialect.text import Span
from mfo_lsp.features.folding import comment_runs
from mfo_lsp.features.targets import expression_at, template_at, use_at
from mfo_lsp.features.template_words import template_actions

_WORD = re.compile(r"[\w-]+")


def selections(snapshot: Snapshot, document: str, offset: int) -> tuple[Span, ...]:
    """The stretches around a cursor, the smallest first, each of which holds the one before and more.

    Args:
        snapshot: the bundle.
        document: the key of the text; one that the bundle has not gives nothing.
        offset: the cursor.

    Returns:
        The last one is the whole text.
    """
    source = snapshot.bundle.sources.get(document)
    if source is None:
        return ()
    tree = source.tree
    around = [*_inside_texts(snapshot, document, offset), *_of_comments(tree, offset), *_of_tree(tree, offset)]
    return _nested(around, Span(0, tree.lines.length), offset)


def _nested(spans: Iterable[Span], whole: Span, offset: int) -> tuple[Span, ...]:
    """Those of some stretches that lie in each other, the smallest first; what crosses another one is left out."""
    inside = {span for span in spans if span.end > span.start and span.contains(offset)}
    nested = [whole]
    for span in sorted(inside, key=lambda span: (span.start - span.end, span)):
        last = nested[-1]
        if span != last and last.start <= span.start and span.end <= last.end:
            nested.append(span)
    return tuple(reversed(nested))


def _inside_texts(snapshot: Snapshot, document: str, offset: int) -> Iterator[Span]:
    """Names, paths and operations in references, expressions and templates."""
    touched = use_at(snapshot, document, offset)
    if touched is not None:
        use, index = touched
        yield use.segment_span(index)
        start = use.segment_span(0).start
        yield from (Span(start, use.segment_span(last).end) for last in range(index, len(use.reference.segments)))
        yield use.span
    expression = expression_at(snapshot, document, offset)
    if expression is not None:
        inner = path_to(expression.parsed.tree, expression.scalar.index_at(offset))
        yield from (expression.span_of(node.span) for node in inner)
    template = template_at(snapshot, document, offset)
    if template is not None:
        index = template.scalar.index_at(offset)
        for action in template_actions(template.template):
            if action.span.contains(index):
                inner = (word.span for word in action.words if word.span.contains(index))
                yield from (template.scalar.span_of(span) for span in (action.span, *inner))


def _of_comments(tree: SyntaxTree, offset: int) -> Iterator[Span]:
    lines = tree.lines
    first = last = lines.line_of(offset)
    while first > 0 and _may_be_comment(lines.line_text(first - 1)):
        first -= 1
    while last + 1 < lines.line_count and _may_be_comment(lines.line_text(last + 1)):
        last += 1
    comments = tree.comments_between(lines.line_start(first), lines.line_start(last + 1))
    for comment in comments:
        if comment.span.contains(offset):
            yield comment.span
            yield from _words(tree.text, comment.span, offset)
    for run in comment_runs(comments, lines):
        yield Span(run[0].span.start, run[-1].span.end)


def _may_be_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _of_tree(tree: SyntaxTree, offset: int) -> Iterator[Span]:
    for document in tree.documents:
        yield document.span
        if document.root is not None:
            yield from _of_node(document.root, tree.text, offset)
    for step in path_at(tree, offset):
        yield from _of_node(step.node, tree.text, offset)
        yield from _of_step(step, tree.text)


def _of_node(node: Node, text: str, offset: int) -> Iterator[Span]:
    yield node.span
    if isinstance(node, Scalar):
        content = Span(node.content_span.start, min(node.content_span.end, node.span.end))
        yield content
        yield from _words(text, content, offset)
    elif isinstance(node, Mapping | Sequence) and node.flow and node.span.end - node.span.start > 1:
        yield Span(node.span.start + 1, node.span.end - 1)


def _of_step(step: Step, text: str) -> Iterator[Span]:
    """The pair, or the item with its dash."""
    if step.pair is not None:
        yield step.pair.span
    elif step.part is Part.ITEM and not step.parent.flow:
        start = step.node.span.start
        dash = text.rfind("-", step.parent.span.start, start)
        if dash >= 0 and not text[dash + 1 : start].strip():
            yield Span(dash, step.node.span.end)


def _words(text: str, within: Span, offset: int) -> Iterator[Span]:
    """The word under the cursor, and its line where the text has several."""
    start = max(text.rfind("\n", within.start, offset), text.rfind("\r", within.start, offset)) + 1
    line_end = re.compile(r"[\r\n]").search(text, offset, within.end)
    line = Span(max(start, within.start), line_end.start() if line_end is not None else within.end)
    yield line
    for word in _WORD.finditer(text, *line):
        if word.start() <= offset <= word.end():
            yield Span(*word.span())
