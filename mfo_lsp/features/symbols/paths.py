"""The names in paths: in references of all spellings, in expressions, and in lists of outputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.expression_texts import ExpressionText, expression_texts
from mfo_dialect.analysis.inputs import input_shape
from mfo_dialect.analysis.scopes import FlowView, LevelView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Use
from mfo_dialect.expressions import FUNCTIONS, Read, reads
from mfo_dialect.model.access import items_at
from mfo_dialect.model.workflow import Condition, Subflow, Task
from mfo_dialect.references import Segment, parse_path
from mfo_dialect.syntax import Scalar
from mfo_dialect.text import Span
from mfo_lsp.features.symbols.inputs import input_symbol
from mfo_lsp.features.symbols.values import Occurrence, Symbol, SymbolKind, node_scope, node_symbol

Step = tuple[str, Span]
_ITERATIONS = ("TASKFLOW", "iterations")


def in_references(snapshot: Snapshot) -> Iterator[Occurrence]:
    """The symbols that references name."""
    for use in snapshot.uses:
        yield from in_use(use, snapshot.bundle)


def in_use(use: Use, bundle: Bundle) -> Iterator[Occurrence]:
    """The symbols that one reference names, root first."""
    if use.level is not None:
        steps = _placed(use.reference.segments, use.scalar)
        yield from _in_path(steps, use.level, use.document, bundle)


def in_expressions(snapshot: Snapshot) -> Iterator[Occurrence]:
    """The symbols that expressions name."""
    for text in (text for view in snapshot.nodes for text in expression_texts(view, snapshot)):
        yield from in_expression(text)


def in_expression(text: ExpressionText) -> Iterator[Occurrence]:
    """The symbols that one expression names."""
    view = text.view
    inputs = input_shape(view.level, text.bundle)
    own = _vars_of(view)
    for read in reads(text.parsed):
        steps = _steps_of(read, text)
        name, span = steps[0]
        if name in own:
            yield _use(Symbol(SymbolKind.VAR, name, node_scope(view)), view.document, span)
        elif name in inputs.fields:
            yield _use(input_symbol(name, view.level, text.bundle), view.document, span)
        elif name in view.flow.by_id or name.isupper():
            yield from _in_path(steps, view.level, view.document, text.bundle)
        elif inputs.rest is not None and name not in FUNCTIONS:
            yield _use(input_symbol(name, view.level, text.bundle), view.document, span)


def in_output_lists(snapshot: Snapshot) -> Iterator[Occurrence]:
    """The symbols that the ``outputs`` lists of tasks name."""
    for view in snapshot.nodes:
        if isinstance(view.node, Task):
            for item in items_at(view.node.mapping, "outputs"):
                if isinstance(item, Scalar):
                    steps = _placed(parse_path(item.text, 0, len(item.text)).segments, item)
                    yield from _in_path(steps, view.level, view.document, snapshot.bundle)


def _placed(segments: Sequence[Segment], scalar: Scalar) -> list[Step]:
    return [(segment.name, scalar.span_of(segment.span)) for segment in segments]


def _vars_of(view: NodeView) -> set[str]:
    if not isinstance(view.node, Condition) or view.node.vars is None:
        return set()
    return {pair.name for pair in view.node.vars.effective_pairs() if pair.name is not None}


def _steps_of(read: Read, text: ExpressionText) -> list[Step]:
    written = [(read.root, read.root_span), *((str(segment.key), segment.span) for segment in read.path)]
    return [(name, text.span_of(_unquoted(span, text.scalar.text))) for name, span in written]


def _unquoted(span: Span, source: str) -> Span:
    is_quoted = source[span.start : span.start + 1] in {'"', "'", "`"} and span.end - span.start > 1
    return Span(span.start + 1, span.end - 1) if is_quoted else span


def _in_path(steps: Sequence[Step], level: LevelView, document: str, bundle: Bundle) -> Iterator[Occurrence]:
    if not steps:
        return
    flow, names = level.flow, tuple(name for name, _ in steps)
    if names[0] in flow.by_id:
        yield from _in_node_path(steps, flow, document)
    elif len(steps) > 1:
        symbol = _below_root(names, level, bundle)
        if symbol is not None:
            yield _use(symbol, document, steps[2 if names[:2] == _ITERATIONS else 1][1])


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


def _in_node_path(steps: Sequence[Step], flow: FlowView, document: str) -> Iterator[Occurrence]:
    view = flow.by_id[steps[0][0]]
    yield _use(node_symbol(view), document, steps[0][1])
    at = 1
    while isinstance(view.node, Subflow) and view.inner is not None and at < len(steps):
        inner = view.inner.by_id.get(steps[at][0])
        if inner is None:
            return
        view = inner
        yield _use(node_symbol(view), document, steps[at][1])
        at += 1
    if at >= len(steps):
        return
    name, span = steps[at]
    if view.type_name == "transform":
        yield _use(Symbol(SymbolKind.OUTPUT, name, node_scope(view)), document, span)
    elif name == "tool_call_results" and at + 1 < len(steps):
        tool, span = steps[at + 1]
        yield _use(Symbol(SymbolKind.TOOL, tool), document, span)


def _use(symbol: Symbol, document: str, span: Span) -> Occurrence:
    return Occurrence(symbol, document, span, is_declaration=False, whole=span)
