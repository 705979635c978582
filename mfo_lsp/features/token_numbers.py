"""All semantic tokens of a text as the numbers that the protocol has for them.

What a task or a condition says is found once, and again when it may have changed, as an editor asks for all tokens of
a text after each edit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple, TypeAlias

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.analysis.parts import Part, parts_of_document
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.model.workflow import Subflow
from mfo_dialect.steps import Steps
from mfo_dialect.text import Encoding, LineIndex, Position, Span
from mfo_lsp.features.semantic_tokens import (
    SemanticToken,
    TokenType,
    in_lines,
    semantic_tokens_in_steps,
    tokens_of,
)
from mfo_lsp.features.symbols import index_symbols
from mfo_lsp.features.symbols.occurrences import occurrences_of

TYPES = tuple(TokenType)
"""The types in the order of their numbers."""
_NUMBERS = {type_: number for number, type_ in enumerate(TYPES)}


class _Run(NamedTuple):
    """Neighbouring tokens, apart from all others.

    Attributes:
        first: where the first one starts.
        last: where the last one starts.
        end: where the last one ends.
        numbers: the protocol's numbers of all, without the two of the first one's place.
    """

    first: Position
    last: Position
    end: Position
    numbers: tuple[int, ...]


_OfNode: TypeAlias = Callable[[NodeView, Snapshot], _Run | None]


def token_numbers(snapshot: Snapshot, document: str, encoding: Encoding) -> Steps[tuple[int, ...]]:
    """Five numbers for each token of a text: lines and columns from the token before, the length, the type, the modifiers.

    Args:
        snapshot: the bundle.
        document: the key of the text; one that the bundle has not has no tokens.
        encoding: what columns and lengths count.
    """
    source = snapshot.bundle.sources.get(document)
    if source is None:
        return ()
    if document in snapshot.bundle.home and not source.may_have_anchors:
        runs = yield from _runs(snapshot, source, encoding)
        joined = _joined(runs)
        if joined is not None:
            return joined
    found = yield from semantic_tokens_in_steps(snapshot, document)
    numbers: list[int] = []
    before = Position(0, 0)
    for token in found:
        run = _run([token], source.tree.lines, encoding)
        numbers += (*_step(before, run.first), *run.numbers)
        before = run.last
        yield
    return tuple(numbers)


def numbers_of(tokens: Sequence[SemanticToken], lines: LineIndex, encoding: Encoding) -> tuple[int, ...]:
    """The same of some tokens, each behind the one before."""
    if not tokens:
        return ()
    run = _run(tokens, lines, encoding)
    return (*run.first, *run.numbers)


def _runs(snapshot: Snapshot, source: Source, encoding: Encoding) -> Steps[list[_Run]]:
    """All tokens of a text without anchors, those of a task or condition in one run."""
    lines, find = source.tree.lines, _OF_NODE[encoding]
    runs: list[_Run] = []
    others: list[Part] = []
    for part in _parts(source, snapshot):
        run = None
        if isinstance(part, NodeView) and not isinstance(part.node, Subflow):  # a subflow has other nodes in it
            run = snapshot.remembered(part, find)
            if run is not None:
                runs.append(_placed(run, lines.position(part.node.mapping.place, encoding)))
        if run is None:
            others.append(part)
        yield
    said = index_symbols(snapshot).of_parts(source.key, others)
    for token in in_lines(tokens_of(said, others, snapshot, lines.slice), lines):
        runs.append(_run([token], lines, encoding))
        yield
    runs.sort()
    return runs


def _parts(source: Source, snapshot: Snapshot) -> Iterator[Part]:
    for document in source.documents:
        if document.kind is not None:
            yield from parts_of_document(document, snapshot.flows_of(document), snapshot.triggers_of(document))


def _run_of(view: NodeView, snapshot: Snapshot, encoding: Encoding) -> _Run | None:
    """The tokens of a node, counted from where its map starts; None where there are none, or some stand outside of that."""
    mapping = view.node.mapping
    start, source = mapping.place, mapping.source
    said = (one for one in occurrences_of(view, snapshot) if one.document == view.document)
    found = tokens_of(said, [view], snapshot, lambda begin, end: source[begin - start : end - start])
    inside = Span(0, len(source))
    moved = [SemanticToken(token.span.shifted(-start), token.type, token.modifiers) for token in found]
    if not all(inside.start <= token.span.start and token.span.end <= inside.end for token in moved):
        return None
    lines = LineIndex(source)
    tokens = [*in_lines(moved, lines)]
    return _run(tokens, lines, encoding) if tokens else None


_OF_NODE: dict[Encoding, _OfNode] = {encoding: partial(_run_of, encoding=encoding) for encoding in Encoding}


def _run(tokens: Sequence[SemanticToken], lines: LineIndex, encoding: Encoding) -> _Run:
    """Some tokens, at least one, each behind the one before."""
    numbers: list[int] = []
    first = before = end = Position(0, 0)
    for index, token in enumerate(tokens):
        place, end = lines.ends(*token.span, encoding)
        if index:
            numbers += _step(before, place)
        else:
            first = place
        numbers += (end.column - place.column, _NUMBERS[token.type], token.modifiers.value)
        before = place
    return _Run(first, before, end, tuple(numbers))


def _step(before: Position, place: Position) -> tuple[int, int]:
    return place.line - before.line, place.column - (before.column if place.line == before.line else 0)


def _placed(run: _Run, start: Position) -> _Run:
    """A run that was counted from ``start``, where it stands in the text."""
    first, last, end = (
        Position(start.line + place.line, place.column + (0 if place.line else start.column))
        for place in (run.first, run.last, run.end)
    )
    return _Run(first, last, end, run.numbers)


def _joined(runs: Iterable[_Run]) -> tuple[int, ...] | None:
    """The numbers of runs in the order of the text; None where two of them overlap."""
    numbers: list[int] = []
    before = end = Position(0, 0)
    for run in runs:
        if run.first < end:
            return None
        numbers += _step(before, run.first)
        numbers += run.numbers
        before, end = run.last, run.end
    return tuple(numbers)
