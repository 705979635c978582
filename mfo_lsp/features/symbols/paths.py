"""The names in paths: in references of all spellings, in expressions, and in lists of outputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.expression_texts import ExpressionText
from mfo_dialect.analysis.inputs import input_shape
from mfo_dialect.analysis.scopes import FlowView, LevelView, NodeView
from mfo_dialect.analysis.uses import Use
from mfo_dialect.expressions import FUNCTIONS, Read, reads
from mfo_dialect.expressions.nodes import Builtin, Literal, walk
from mfo_dialect.model.access import items_at
from mfo_dialect.model.workflow import Condition, Subflow, Task
from mfo_dialect.references import Segment, parse_path
from mfo_dialect.syntax import Scalar
from mfo_dialect.text import Span
from mfo_lsp.features.symbols.inputs import input_symbol
from mfo_lsp.features.symbols.values import Occurrence, Spelling, Symbol, SymbolKind, node_scope, node_symbol

_ITERATIONS = ("TASKFLOW", "iterations")
_GET_ARGUMENTS = 2


class _Step(NamedTuple):
    """One name of a path, where it is written, and how."""

    name: str
    span: Span
    spelling: Spelling


class _Path(NamedTuple):
    """A path as written: the text and the scalar that hold it, its names from the root on."""

    document: str
    scalar: Scalar
    steps: Sequence[_Step]

    def use(self, symbol: Symbol, index: int) -> Occurrence:
        """The use of a symbol by one of the names."""
        step = self.steps[index]
        return Occurrence(symbol, self.document, step.span, False, step.span, self.scalar, step.spelling)


def in_use(use: Use, bundle: Bundle) -> Iterator[Occurrence]:
    """The symbols that one reference names, root first."""
    if use.level is not None:
        yield from _in_path(_placed(use.reference.segments, use.scalar, use.document), use.level, bundle)


def in_expression(text: ExpressionText) -> Iterator[Occurrence]:
    """The symbols that one expression names."""
    view = text.view
    inputs = input_shape(view.level, text.bundle)
    own = _vars_of(view)
    for path in _paths_of(text):
        name = path.steps[0].name
        if name in own:
            yield path.use(Symbol(SymbolKind.VAR, name, node_scope(view)), 0)
        elif name in inputs.fields:
            yield path.use(input_symbol(name, view.level, text.bundle), 0)
        elif name in view.flow.by_id or name.isupper():
            yield from _in_path(path, view.level, text.bundle)
        elif inputs.rest is not None and name not in FUNCTIONS:
            yield path.use(input_symbol(name, view.level, text.bundle), 0)


def in_output_list(view: NodeView, bundle: Bundle) -> Iterator[Occurrence]:
    """The symbols that the ``outputs`` list of a task names; nothing for other nodes."""
    if isinstance(view.node, Task):
        for item in items_at(view.node.mapping, "outputs"):
            if isinstance(item, Scalar):
                segments = parse_path(item.text, 0, len(item.text)).segments
                yield from _in_path(_placed(segments, item, view.document), view.level, bundle)


def _placed(segments: Sequence[Segment], scalar: Scalar, document: str) -> _Path:
    steps = [
        _Step(segment.name, scalar.span_of(segment.span), Spelling.SEGMENT if index else Spelling.PART)
        for index, segment in enumerate(segments)
    ]
    return _Path(document, scalar, steps)


def _vars_of(view: NodeView) -> set[str]:
    if not isinstance(view.node, Condition) or view.node.vars is None:
        return set()
    return {pair.name for pair in view.node.vars.effective_pairs() if pair.name is not None}


def _paths_of(text: ExpressionText) -> Iterator[_Path]:
    """The paths that an expression reads; ``get(path, "key")`` reads one step more than the path."""
    gets = {
        node.arguments[0].span: node.arguments[1]
        for node in walk(text.parsed.tree)
        if isinstance(node, Builtin) and node.name == "get" and len(node.arguments) == _GET_ARGUMENTS
    }
    for read in reads(text.parsed):
        path = _path_of(read, text)
        key = gets.get(read.span) if not read.tail else None
        if isinstance(key, Literal) and isinstance(key.value, str):
            span = text.span_of(_unquoted(key.span, text.scalar.text))
            path = path._replace(steps=[*path.steps, _Step(key.value, span, Spelling.PART)])
        yield path


def _path_of(read: Read, text: ExpressionText) -> _Path:
    below = ((str(segment.key), segment.span, Spelling.MEMBER) for segment in read.path)
    written = [(read.root, read.root_span, Spelling.NAME), *below]
    source = text.scalar.text
    steps = [_Step(name, text.span_of(_unquoted(span, source)), spelling) for name, span, spelling in written]
    return _Path(text.view.document, text.scalar, steps)


def _unquoted(span: Span, source: str) -> Span:
    is_quoted = source[span.start : span.start + 1] in {'"', "'", "`"} and span.end - span.start > 1
    return Span(span.start + 1, span.end - 1) if is_quoted else span


def _in_path(path: _Path, level: LevelView, bundle: Bundle) -> Iterator[Occurrence]:
    flow, names = level.flow, tuple(step.name for step in path.steps)
    if names and names[0] in flow.by_id:
        yield from _in_node_path(path, names, flow)
    elif len(names) > 1:
        symbol = _below_root(names, level, bundle)
        if symbol is not None:
            yield path.use(symbol, 2 if names[:2] == _ITERATIONS else 1)


def _below_root(names: Sequence[str], level: LevelView, bundle: Bundle) -> Symbol | None:
    flow = level.flow
    match tuple(names):
        case ("INPUT", name, *_):
            return input_symbol(name, level, bundle)
        case ("SECRET", name, *_):
            return Symbol(SymbolKind.SECRET, name, (flow.document,))
        case ("ENV", name, *_):
            return Symbol(SymbolKind.ENVIRONMENT, name, (flow.document,))
        case ("TASKFLOW", "iterations", name, *_) if name in flow.by_id:
            return node_symbol(flow.by_id[name])
        case _:
            return None


def _in_node_path(path: _Path, names: Sequence[str], flow: FlowView) -> Iterator[Occurrence]:
    view = flow.by_id[names[0]]
    yield path.use(node_symbol(view), 0)
    at = 1
    while isinstance(view.node, Subflow) and view.inner is not None and at < len(names):
        inner = view.inner.by_id.get(names[at])
        if inner is None:
            return
        view = inner
        yield path.use(node_symbol(view), at)
        at += 1
    if at >= len(names):
        return
    if view.type_name == "transform":
        yield path.use(Symbol(SymbolKind.OUTPUT, names[at], node_scope(view)), at)
    elif names[at] == "tool_call_results" and at + 1 < len(names):
        yield path.use(Symbol(SymbolKind.TOOL, names[at + 1]), at + 1)
