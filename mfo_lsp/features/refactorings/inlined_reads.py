"""What is read through a subflow, or from its INPUT, written as it must be once the subflow is gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mfo_dialect.analysis.expression_texts import expression_texts
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Use
from mfo_dialect.expressions import reads
from mfo_dialect.findings import Edit, Place
from mfo_dialect.model.workflow import Subflow
from mfo_dialect.references import RESERVED_ROOTS, Reference, bare_reference, scan
from mfo_dialect.references import Spelling as ReferenceSpelling
from mfo_dialect.syntax import Scalar, follow
from mfo_dialect.text import Span, TextEdit
from mfo_lsp.features.refactorings.values import Obstacle
from mfo_lsp.features.rename.names import is_word
from mfo_lsp.features.rename.spelling import rewritten_parts
from mfo_lsp.features.rename.values import words_for
from mfo_lsp.features.symbols import Occurrence, Spelling, Symbol, SymbolKind, index_symbols
from mfo_lsp.features.symbols.values import node_scope, node_symbol
from mfo_lsp.features.targets import document_at


@dataclass(frozen=True, slots=True)
class _Change:
    document: str
    scalar: Scalar
    edit: TextEdit


def without_subflow(subflow: NodeView, snapshot: Snapshot) -> list[Edit] | Obstacle:
    """The edits after which nothing is read through a subflow.

    ``group.inner.x`` becomes ``inner.x``, and an ``INPUT.x`` that the subflow maps becomes what it is mapped to.
    """
    by_scalar: dict[tuple[str, int], list[_Change]] = {}
    for change in (*_through_id(subflow, snapshot), *_through_inputs(subflow, snapshot)):
        if isinstance(change, Obstacle):
            return change
        by_scalar.setdefault((change.document, change.scalar.span.start), []).append(change)
    edits: list[Edit] = []
    for changes in by_scalar.values():
        document, scalar = changes[0].document, changes[0].scalar
        written = document_at(snapshot, document, scalar.span.start)
        parts = sorted(dict.fromkeys(change.edit for change in changes))
        edited = rewritten_parts(scalar, parts, written.root if written is not None else None)
        edits += [Edit(Place(document, edit.span), edit.new_text) for edit in edited]
    return edits


def _through_id(subflow: NodeView, snapshot: Snapshot) -> Iterator[_Change | Obstacle]:
    inner = subflow.inner.by_id if subflow.inner is not None else {}
    for use in snapshot.uses:
        segments = use.reference.segments
        if use.flow is not subflow.flow or not segments or segments[0].name != subflow.id:
            continue
        if len(segments) == 1 or segments[1].name not in inner or segments[1].bracketed:
            yield _cannot("reads the subflow as a whole", use.document, use.scalar, snapshot)
        else:
            yield _shortened(use, segments[1].name)
    for text in expression_texts(snapshot):
        if text.view.flow is not subflow.flow:
            continue
        for read in reads(text.parsed):
            if read.root != subflow.id:
                continue
            name = str(read.path[0].key) if read.path else ""
            span = Span(read.root_span.start, read.path[0].span.end if read.path else read.root_span.end)
            is_plain = text.scalar.text[span.start : span.end] == f"{subflow.id}.{name}" and is_word(name)
            if name not in inner or not is_plain:
                yield _cannot("reads the subflow in a way of its own", text.view.document, text.scalar, snapshot)
            else:
                yield _Change(text.view.document, text.scalar, TextEdit(span, name))


def _shortened(use: Use, name: str) -> _Change:
    """``group.inner...`` without its first step; an id alone needs the marks of ``${}``."""
    reference = use.reference
    if len(reference.segments) == 2 and reference.spelling is not ReferenceSpelling.DOLLAR:  # noqa: PLR2004 - both ids
        return _Change(use.document, use.scalar, TextEdit(reference.span, f"${{{name}}}"))
    start, end = reference.segments[0].span.start, reference.segments[1].span.start
    return _Change(use.document, use.scalar, TextEdit(Span(start, end), ""))


def _through_inputs(subflow: NodeView, snapshot: Snapshot) -> Iterator[_Change | Obstacle]:
    mapped = _mapped(subflow)
    yield from _whole_inputs(subflow, snapshot) if mapped else ()
    index = index_symbols(snapshot)
    for name, path in mapped.items():
        for found in index.of(Symbol(SymbolKind.INPUT, name, node_scope(subflow))):
            if found.is_declaration or found.scalar is None:
                continue
            change = _replaced(found, path) if path is not None else None
            yield change or _cannot(f'reads the input "{name}" of the subflow', found.document, found.scalar, snapshot)


def _mapped(subflow: NodeView) -> dict[str, str | None]:
    """What a subflow's inputs are mapped to: paths; None for what is no reference alone."""
    node = subflow.node
    mapping = node.input_mapping if isinstance(node, Subflow) else None
    found: dict[str, str | None] = {}
    for pair in mapping.effective_pairs() if mapping is not None else ():
        value = follow(pair.value)
        found[pair.name or ""] = _path_alone(value.text, subflow) if isinstance(value, Scalar) else None
    return found


def _path_alone(text: str, subflow: NodeView) -> str | None:
    """The path of a reference that is all of a text."""
    pieces = scan(text.strip())
    alone = next(iter(pieces), None) if len(pieces) == 1 else None
    if isinstance(alone, Reference):
        return None if alone.problem else str(alone)
    bare = bare_reference(text)
    is_read = bare is not None and (bare.root in RESERVED_ROOTS or bare.root in subflow.flow.by_id)
    return str(bare) if is_read else None


def _replaced(found: Occurrence, path: str) -> _Change | None:
    """An input as the path that it is mapped to; None where it is written in a way of its own, or the path is not plain."""
    scalar, prefix = found.scalar, "INPUT."
    assert scalar is not None
    start = scalar.index_at(found.span.start)
    end = start + len(found.symbol.name)
    if "." not in path or not all(map(is_word, path.split("."))):
        return None
    if scalar.text[:start].endswith(prefix):
        return _Change(found.document, scalar, TextEdit(Span(start - len(prefix), end), path))
    is_bare = found.spelling is Spelling.NAME and scalar.text[start - 1 : start] not in {'"', "'", "`"}
    return _Change(found.document, scalar, TextEdit(Span(start, end), path)) if is_bare else None


def _whole_inputs(subflow: NodeView, snapshot: Snapshot) -> Iterator[Obstacle]:
    """Where INPUT is read as a whole inside the subflow."""
    for use in snapshot.uses:
        inside = use.node is not None and subflow in use.node.path[:-1]
        if inside and use.reference.root == "INPUT" and len(use.reference.segments) == 1:
            yield _cannot("reads the whole INPUT of the subflow", use.document, use.scalar, snapshot)
    for text in expression_texts(snapshot):
        if subflow in text.view.path[:-1] and any(one.root == "INPUT" and not one.path for one in reads(text.parsed)):
            yield _cannot("reads the whole INPUT of the subflow", text.view.document, text.scalar, snapshot)


def _cannot(words: str, document: str, scalar: Scalar, snapshot: Snapshot) -> Obstacle:
    return Obstacle(f"{words_for(Place(document, scalar.span), snapshot.bundle)} {words}.")


def reads_of(view: NodeView, snapshot: Snapshot) -> int:
    """How many times a node is named elsewhere than in lists of ids."""
    found = index_symbols(snapshot).of(node_symbol(view))
    edges = {id(item) for one in view.flow.nodes for item in (*one.node.dependencies, *one.node.successors)}
    return sum(1 for one in found if not one.is_declaration and id(one.scalar) not in edges)
