"""The occurrences of a bundle, to be asked by place and by symbol; what is asked for is looked for, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.text import Span
from mfo_lsp.features.symbols.occurrences import Sayer, occurrences_of, task_types_of
from mfo_lsp.features.symbols.sayers import (
    all_sayers,
    declarers_of,
    sayers_at,
    sayers_between,
    sayers_of,
    with_users_of_schemas,
)
from mfo_lsp.features.symbols.values import Occurrence, Symbol, SymbolKind


class SymbolIndex:
    """Every place of a bundle where a name is written, as the bundle is at the moment; not to be kept over an edit."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Look at a snapshot; nothing is looked for yet."""
        self._snapshot = snapshot
        self._said: dict[Sayer, tuple[Occurrence, ...]] = {}

    def _said_by(self, sayers: Iterable[Sayer]) -> list[Occurrence]:
        """What some say, each symbol once at each place."""
        found: dict[tuple[Symbol, str, int], Occurrence] = {}
        for sayer in sayers:
            said = self._said.get(sayer)
            if said is None:
                said = self._said[sayer] = occurrences_of(sayer, self._snapshot)
            for one in said:
                found.setdefault((one.symbol, one.document, one.span.start), one)
        return list(found.values())

    def at(self, document: str, offset: int) -> Occurrence | None:
        """The name that a cursor touches; of two neighbours, the one that starts there."""
        said = self._said_by(sayers_at(self._snapshot, document, offset))
        touched = [found for found in said if found.document == document and found.span.contains(offset)]
        return min(touched, key=lambda found: _rank(found, offset), default=None)

    def written_at(self, document: str, span: Span) -> tuple[Symbol, ...]:
        """All symbols that one name stands for: inputs of several taskflows that share a schema, say."""
        said = self._said_by(sayers_at(self._snapshot, document, span.start))
        here = [found for found in said if found.document == document and found.span == span]
        return tuple(found.symbol for found in sorted(here, key=lambda found: _rank(found, span.start)))

    def of(self, symbol: Symbol) -> tuple[Occurrence, ...]:
        """All places where a symbol is written, by document and place."""
        sayers = sayers_of(symbol, self._snapshot)
        if symbol.kind is SymbolKind.TASK_TYPE:
            said = {(one.document, one.span): one for sayer in sayers for one in task_types_of(sayer)}
            return tuple(said[place] for place in sorted(said) if said[place].symbol == symbol)
        return self._named(symbol, sayers)

    def declarations(self, symbol: Symbol) -> tuple[Occurrence, ...]:
        """The places where a symbol is declared; several where one name is given twice."""
        found = self._named(symbol, declarers_of(symbol, self._snapshot))
        return tuple(one for one in found if one.is_declaration)

    def _named(self, symbol: Symbol, sayers: Iterable[Sayer]) -> tuple[Occurrence, ...]:
        found = [one for one in self._said_by(sayers) if one.symbol == symbol]
        return tuple(sorted(found, key=lambda one: (one.document, one.span)))

    def between(self, document: str, span: Span) -> tuple[Occurrence, ...]:
        """All places in a stretch of a text, perhaps with others near it."""
        said = self._said_by(sayers_between(self._snapshot, document, span))
        return tuple(one for one in said if one.document == document)

    def of_parts(self, document: str, parts: Iterable[Sayer]) -> tuple[Occurrence, ...]:
        """All places of one text whose names some parts of it say, or who uses a schema that is declared there."""
        said = self._said_by(with_users_of_schemas(self._snapshot, document, parts))
        return tuple(one for one in said if one.document == document)

    def in_document(self, document: str) -> tuple[Occurrence, ...]:
        """All places of one text, whoever says what is written there."""
        return tuple(one for one in self._all if one.document == document)

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """All symbols."""
        return tuple(dict.fromkeys(one.symbol for one in self._all))

    @cached_property
    def _all(self) -> list[Occurrence]:
        return self._said_by(all_sayers(self._snapshot))


def _rank(found: Occurrence, offset: int) -> tuple[bool, bool, tuple[tuple[int, str], ...]]:
    """What is meant first: what starts at a place, what is declared there, what belongs to the first taskflow."""
    scope = tuple((int(one) if one.isdecimal() else -1, one) for one in found.symbol.scope)
    return offset == found.span.end, not found.is_declaration, scope


def index_symbols(snapshot: Snapshot) -> SymbolIndex:
    """The index of a snapshot as it is at the moment; kept with one that never changes."""
    return snapshot.kept(snapshot.bundle, _index_of) if type(snapshot) is Snapshot else SymbolIndex(snapshot)


def _index_of(_bundle: Bundle, snapshot: Snapshot) -> SymbolIndex:
    return SymbolIndex(snapshot)
