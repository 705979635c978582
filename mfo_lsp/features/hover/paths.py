"""Hover over the names of a path: in references and in expressions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.expression_texts import ExpressionText, names_of
from mfo_dialect.analysis.reads import run_order
from mfo_dialect.analysis.resolve import Outcome, Resolution, Scope, resolve
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.expressions import FUNCTIONS, Read, reads
from mfo_dialect.shapes import UNKNOWN, Shape, step
from mfo_dialect.text import Span
from mfo_lsp.features.documentation import code, of_node, of_recorded, of_run_order, of_shape, paragraphs
from mfo_lsp.features.recorded import Recorded, WantedPath, recorded_in_expression, wanted_path
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


@dataclass(frozen=True, slots=True)
class TouchedPath:
    """The path under a cursor, up to the name that it touches.

    Attributes:
        span: where that name stands.
        names: from the root to it.
        resolution: what they lead to.
        recorded: where runs have recorded it; None where none has.
        shape: of a name that is no node and no root, what is known of it; None for others.
        reader: the node that reads it.
    """

    span: Span
    names: tuple[str, ...]
    resolution: Resolution
    recorded: WantedPath | None
    shape: Shape | None = None
    reader: NodeView | None = None


def touched_path(snapshot: Snapshot, document: str, offset: int) -> TouchedPath | None:
    """The path under a cursor, in a reference or in an expression."""
    return _in_reference(snapshot, document, offset) or _in_expression(snapshot, document, offset)


def _in_reference(snapshot: Snapshot, document: str, offset: int) -> TouchedPath | None:
    touched = use_at(snapshot, document, offset)
    if touched is None:
        return None
    use, index = touched
    names = tuple(segment.name for segment in use.reference.segments[: index + 1])
    scope = Scope(snapshot.bundle, use.level, use.trigger)
    resolution = resolve(names, scope)
    recorded = wanted_path(names, resolution, scope, snapshot)
    return TouchedPath(use.segment_span(index), names, resolution, recorded, reader=use.node)


def _in_expression(snapshot: Snapshot, document: str, offset: int) -> TouchedPath | None:
    text = expression_at(snapshot, document, offset)
    if text is None:
        return None
    index = text.scalar.index_at(offset)
    for read in reads(text.parsed):
        spans = [read.root_span, *(segment.span for segment in read.path)]
        touched = [at for at, span in enumerate(spans) if span.contains(index)]
        if touched and not (read.root in FUNCTIONS and not read.path and read.root not in text.view.flow.by_id):
            return _read_path(text, read, touched[-1], text.span_of(spans[touched[-1]]), snapshot)
    return None


def _read_path(text: ExpressionText, read: Read, index: int, span: Span, snapshot: Snapshot) -> TouchedPath:
    view = text.view
    names = (read.root, *(str(segment.key) for segment in read.path[:index]))
    known, _ = names_of(view, text.bundle)
    scope = Scope(text.bundle, view.level)
    resolution = resolve(names, scope)
    if resolution.node is not None and known.get(read.root) is not None and read.root in view.flow.by_id:
        return TouchedPath(span, names, resolution, wanted_path(names, resolution, scope, snapshot), reader=view)
    shape = _shape_below(known[read.root], names[1:]) if read.root in known else UNKNOWN
    return TouchedPath(span, names, resolution, recorded_in_expression(names, view, snapshot), shape, view)


def hover_path(snapshot: Snapshot, document: str, offset: int, recorded: Recorded) -> tuple[Span, str] | None:
    """The path under the cursor, with the value that it had in the last run."""
    path = touched_path(snapshot, document, offset)
    if path is None:
        return None
    value = of_recorded(path.recorded, recorded) if path.recorded is not None else ""
    return path.span, paragraphs(_of_path(path, snapshot.bundle), value)


def _of_path(path: TouchedPath, bundle: Bundle) -> str:
    if path.shape is None:
        return _words(path.names, path.resolution, path.reader, bundle)
    if path.shape is UNKNOWN and path.reader is not None and path.names[0] not in names_of(path.reader, bundle)[0]:
        return paragraphs(f"**{code('.'.join(path.names))}**", "Perhaps an input: no input_schema declares it.")
    return of_shape(".".join(path.names), path.shape)


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
