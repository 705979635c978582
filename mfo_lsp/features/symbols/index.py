"""All occurrences of a bundle, found once, to be asked by place and by symbol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from weakref import WeakKeyDictionary

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.text import Span
from mfo_lsp.features.symbols.flows import in_flows
from mfo_lsp.features.symbols.inputs import declared_inputs, mapped_inputs
from mfo_lsp.features.symbols.paths import in_expressions, in_output_lists, in_references
from mfo_lsp.features.symbols.prompts import in_chats, in_declarations, in_names
from mfo_lsp.features.symbols.values import Occurrence, Symbol


class SymbolIndex:
    """Every place of a bundle where a name is written. Never changes."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Find all occurrences of a snapshot."""
        self._by_symbol: dict[Symbol, list[Occurrence]] = {}
        self._by_document: dict[str, list[Occurrence]] = {}
        self._by_place: dict[tuple[str, Span], list[Symbol]] = {}
        for occurrence in _distinct(_widened(snapshot)):
            self._by_symbol.setdefault(occurrence.symbol, []).append(occurrence)
            self._by_document.setdefault(occurrence.document, []).append(occurrence)
            self._by_place.setdefault((occurrence.document, occurrence.span), []).append(occurrence.symbol)

    def at(self, document: str, offset: int) -> Occurrence | None:
        """The name that a cursor touches; of two neighbours, the one that starts there."""
        touched = [found for found in self._by_document.get(document, ()) if found.span.contains(offset)]
        return min(touched, key=lambda found: (offset == found.span.end, not found.is_declaration), default=None)

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """All symbols."""
        return tuple(self._by_symbol)

    def written_at(self, document: str, span: Span) -> tuple[Symbol, ...]:
        """All symbols that one name stands for: inputs of several taskflows that share a schema, say."""
        return tuple(self._by_place.get((document, span), ()))

    def in_document(self, document: str) -> tuple[Occurrence, ...]:
        """All places of one text."""
        return tuple(self._by_document.get(document, ()))

    def of(self, symbol: Symbol) -> tuple[Occurrence, ...]:
        """All places where a symbol is written, by document and place."""
        return tuple(sorted(self._by_symbol.get(symbol, ()), key=lambda found: (found.document, found.span)))

    def declarations(self, symbol: Symbol) -> tuple[Occurrence, ...]:
        """The places where a symbol is declared; several where one name is given twice."""
        return tuple(found for found in self.of(symbol) if found.is_declaration)


_Texts = tuple[str, ...]
_KEPT: WeakKeyDictionary[Snapshot, tuple[_Texts, SymbolIndex]] = WeakKeyDictionary()


def index_symbols(snapshot: Snapshot) -> SymbolIndex:
    """The index of a snapshot, made when it is first asked for and kept as long as its texts are what they were."""
    texts = (*(source.text for source in snapshot.bundle.sources.values()), snapshot.bundle.project.text)
    known = _KEPT.get(snapshot)
    if known is None or known[0] != texts:
        known = _KEPT[snapshot] = (texts, SymbolIndex(snapshot))
    return known[1]


def _widened(snapshot: Snapshot) -> Snapshot:
    """The same bundle, what the project file lists looked at like its own; not workflows, which may see other prompts."""
    bundle = snapshot.bundle
    listed = bundle.sources.keys() - bundle.home - {workflow.document for workflow in bundle.workflows}
    return Snapshot(replace(bundle, home=bundle.home | listed)) if listed else snapshot


def _distinct(snapshot: Snapshot) -> Iterator[Occurrence]:
    """Each occurrence once; where a place both declares and uses a name, it declares it."""
    seen: set[tuple[Symbol, str, int]] = set()
    for occurrence in _all(snapshot):
        identity = (occurrence.symbol, occurrence.document, occurrence.span.start)
        if identity not in seen and occurrence.span.end > occurrence.span.start:
            seen.add(identity)
            yield occurrence


def _all(snapshot: Snapshot) -> Iterator[Occurrence]:
    """Declarations first."""
    bundle = snapshot.bundle
    yield from in_declarations(bundle)
    yield from in_flows(snapshot)
    for flow in snapshot.flows:
        yield from declared_inputs(flow, bundle)
    yield from mapped_inputs(snapshot)
    yield from in_names(snapshot)
    yield from in_chats(snapshot)
    yield from in_references(snapshot)
    yield from in_expressions(snapshot)
    yield from in_output_lists(snapshot)
