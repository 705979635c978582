"""Hover over the names of a path: in references and in expressions."""

from __future__ import annotations

from collections.abc import Sequence

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.expression_texts import ExpressionText, names_of
from mfo_dialect.analysis.reads import run_order
from mfo_dialect.analysis.resolve import Outcome, Resolution, Scope, resolve
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.expressions import FUNCTIONS, Read, reads
from mfo_dialect.shapes import UNKNOWN, Shape, step
from mfo_dialect.text import Span
from mfo_lsp.features.documentation import code, of_node, of_run_order, of_shape, paragraphs
from mfo_lsp.features.targets import expression_at, use_at

_OUTCOMES = {
    Outcome.UNKNOWN: "Nothing declares what stands here, so nothing is reported.",
    Outcome.UNKNOWN_ROOT: "No node and no root has this name.",
    Outcome.MISPLACED_ROOT: "This root cannot be read here.",
}
_ROOTS = {
    "INPUT": "The input of the run.",
    "TRIGGER": "What started the run.",
    "TASKFLOW": "The run itself.",
    "SYSTEM": "The server job around the run.",
    "SECRET": "The declared secrets; their values are never shown.",
    "ENV": "The declared environment variables.",
}


def hover_reference(snapshot: Snapshot, document: str, offset: int) -> tuple[Span, str] | None:
    """The reference under the cursor, up to the segment that it touches."""
    touched = use_at(snapshot, document, offset)
    if touched is None:
        return None
    use, index = touched
    names = tuple(segment.name for segment in use.reference.segments[: index + 1])
    resolution = resolve(names, Scope(snapshot.bundle, use.level, use.trigger))
    return use.segment_span(index), _words(names, resolution, use.node, snapshot.bundle)


def hover_expression_path(snapshot: Snapshot, document: str, offset: int) -> tuple[Span, str] | None:
    """The name in an expression under the cursor, up to the segment that it touches."""
    text = expression_at(snapshot, document, offset)
    if text is None:
        return None
    index = text.scalar.index_at(offset)
    for read in reads(text.parsed):
        spans = [read.root_span, *(segment.span for segment in read.path)]
        touched = [at for at, span in enumerate(spans) if span.contains(index)]
        if touched and not (read.root in FUNCTIONS and not read.path and read.root not in text.view.flow.by_id):
            return text.span_of(spans[touched[-1]]), _expression_words(text, read, touched[-1])
    return None


def _expression_words(text: ExpressionText, read: Read, index: int) -> str:
    view = text.view
    names = (read.root, *(str(segment.key) for segment in read.path[:index]))
    known, _ = names_of(view, text.bundle)
    resolution = resolve(names, Scope(text.bundle, view.level))
    if resolution.node is not None and known.get(read.root) is not None and read.root in view.flow.by_id:
        return _words(names, resolution, view, text.bundle)
    if read.root not in known:
        return paragraphs(f"**{code('.'.join(names))}**", "Perhaps an input: no input_schema declares it.")
    return of_shape(".".join(names), _shape_below(known[read.root], names[1:]))


def _shape_below(shape: Shape, names: Sequence[str]) -> Shape:
    for name in names:
        shape = step(shape, name) or UNKNOWN
    return shape


def _words(names: Sequence[str], resolution: Resolution, reader: NodeView | None, bundle: Bundle) -> str:
    path = ".".join(names)
    view = resolution.node
    order = of_run_order(run_order(reader, view)) if reader is not None and view is not None else ""
    if view is not None and len(names) <= resolution.depth:
        return paragraphs(of_node(view, bundle), order)
    if resolution.outcome is Outcome.ABSENT:
        known = ", ".join(code(choice) for choice in resolution.choices[:20])
        return paragraphs(f"**{code(path)}**", "There is no such name here.", f"There is {known}." if known else "")
    of_output = f"Output of {code(view.id)} ({view.type_name or view.kind.value})." if view is not None else ""
    root = _ROOTS.get(path, "")
    return paragraphs(of_shape(path, resolution.shape), _OUTCOMES.get(resolution.outcome, ""), root, of_output, order)
