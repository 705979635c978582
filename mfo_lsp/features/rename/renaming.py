"""From a cursor and a new name to edits, or to the reason why not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Edit, Place
from mfo_dialect.text import Span
from mfo_lsp.features.rename.obstacles import obstacle, obstacle_to
from mfo_lsp.features.rename.plain_case import is_plain
from mfo_lsp.features.rename.spelling import respelled
from mfo_lsp.features.rename.values import Refusal, words_for
from mfo_lsp.features.rename.verifying import disturbed
from mfo_lsp.features.symbols import Occurrence, Symbol, SymbolIndex, index_symbols
from mfo_lsp.features.targets import document_at


@dataclass(frozen=True, slots=True)
class Renameable:
    """A name that can be changed, and where the cursor touches it."""

    span: Span
    name: str


@dataclass(frozen=True, slots=True)
class Renaming:
    """A new name everywhere.

    Attributes:
        kind: what is renamed, in the dialect's word.
        old_name: how it is called.
        edits: one for each place, by document and place; they do not overlap.
        symbols: what is renamed.
    """

    kind: str
    old_name: str
    edits: tuple[Edit, ...]
    symbols: tuple[Symbol, ...] = ()


def prepare_rename(snapshot: Snapshot, document: str, offset: int) -> Renameable | Refusal | None:
    """The name under the cursor, if it can be changed; None where there is no name.

    Args:
        snapshot: the bundle.
        document: the key of the text.
        offset: the cursor.
    """
    index = index_symbols(snapshot)
    touched = index.at(document, offset)
    if touched is None:
        return None
    words = obstacle(touched.symbol, snapshot, index)
    if words:
        return Refusal(words)
    for symbol in _together(touched.symbol, index):
        words = obstacle(symbol, snapshot, index)
        if words:
            return Refusal(words)
    return Renameable(touched.span, touched.symbol.name)


def rename(
    snapshot: Snapshot, document: str, offset: int, new_name: str, neighbours: Sequence[Snapshot] = ()
) -> Renaming | Refusal | None:
    """The edits that give another name to what the cursor touches; None where it touches no name.

    Args:
        snapshot: the bundle.
        document: the key of the text.
        offset: the cursor.
        new_name: the name that is wanted.
        neighbours: other bundles that may see documents of this one; what they share is renamed in them too.
    """
    touched = index_symbols(snapshot).at(document, offset)
    if touched is None:
        return None
    if touched.symbol.name == new_name:
        return Renaming(touched.symbol.kind.value, new_name, ())
    edits: dict[Place, Edit] = {}
    renamed: list[tuple[Snapshot, tuple[Symbol, ...]]] = []
    places = {Place(found.document, found.span) for found in index_symbols(snapshot).of(touched.symbol)}
    for seeing in (snapshot, *neighbours):
        symbols = _symbols_at(places, touched.symbol, index_symbols(seeing))
        found = _edits(symbols, new_name, seeing)
        if isinstance(found, Refusal):
            return found
        edits |= found
        renamed.append((seeing, symbols))
    ordered = tuple(edits[place] for place in sorted(edits))
    for seeing, symbols in renamed:
        words = "" if is_plain(seeing, symbols, new_name, ordered) else disturbed(seeing, symbols, new_name, ordered)
        if words:
            return Refusal(words)
    everything = dict.fromkeys(symbol for _, symbols in renamed for symbol in symbols)
    return Renaming(touched.symbol.kind.value, touched.symbol.name, ordered, tuple(everything))


def _symbols_at(places: set[Place], symbol: Symbol, index: SymbolIndex) -> tuple[Symbol, ...]:
    """The symbols of an index that are written at any of these places, with all that share a place with them."""
    here = (found for place in places for found in index.written_at(place.document, place.span))
    first = {found for found in here if found.name == symbol.name}
    return tuple(dict.fromkeys(one for start in sorted(first, key=str) for one in _together(start, index)))


def _together(symbol: Symbol, index: SymbolIndex) -> tuple[Symbol, ...]:
    """A symbol, and those that are written at a place of it: inputs of taskflows that share a schema, say."""
    found = {symbol: None}
    waiting = [symbol]
    while waiting:
        for occurrence in index.of(waiting.pop()):
            others = [one for one in index.written_at(occurrence.document, occurrence.span) if one not in found]
            found |= dict.fromkeys(others)
            waiting += others
    return tuple(found)


def _edits(symbols: Iterable[Symbol], new_name: str, snapshot: Snapshot) -> dict[Place, Edit] | Refusal:
    index = index_symbols(snapshot)
    together: dict[tuple[str, int], dict[Span, Occurrence]] = {}
    for symbol in symbols:
        words = obstacle(symbol, snapshot, index) or obstacle_to(symbol, new_name, snapshot, index)
        if words:
            return Refusal(words)
        for found in index.of(symbol):
            anchor = (found.scalar if found.scalar is not None else found).span.start
            together.setdefault((found.document, anchor), {}).setdefault(found.span, found)
    edits: dict[Place, Edit] = {}
    for (document, start), found in together.items():
        written_in = document_at(snapshot, document, start)
        new = respelled(written_in.root if written_in is not None else None, found.values(), new_name)
        if new is None:
            at = words_for(Place(document, Span(start, start)), snapshot.bundle)
            return Refusal(f"{at} writes the name in a way that cannot be changed safely.")
        edits |= {edit.place: edit for edit in new}
    return edits
