"""The texts as they would be after a rename, read again: every name must mean what it meant before."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, TypeAlias

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.checker import check_snapshot
from mfo_dialect.findings import Edit, Finding, Place, Severity
from mfo_dialect.model.project import Project
from mfo_dialect.rules import RULES
from mfo_dialect.text import TextEdit
from mfo_lsp.features.edited_bundle import texts_after, with_texts
from mfo_lsp.features.rename.values import words_for
from mfo_lsp.features.symbols import Occurrence, Symbol, SymbolIndex, SymbolKind, index_symbols


@dataclass(frozen=True, slots=True, order=True)
class _Spot:
    """A place that can be recognised after the edits: the scalar, moved as they move it, and which name in it it is."""

    document: str
    anchor: int
    number: int
    is_declaration: bool


_ERROR_RULES = tuple(rule for rule in RULES if rule.severity is Severity.ERROR)
_Meaning: TypeAlias = tuple[SymbolKind, str, frozenset[_Spot]]


def disturbed(snapshot: Snapshot, symbols: Sequence[Symbol], new_name: str, edits: Iterable[Edit]) -> str:
    """What a rename would break besides, in one sentence; empty where all names keep their meaning.

    Args:
        snapshot: a bundle that sees edited documents.
        symbols: what is renamed in it.
        new_name: their new name.
        edits: all edits, of any documents.
    """
    ordered, by_document = tuple(edits), defaultdict[str, list[TextEdit]](list)
    for edit in ordered:
        by_document[edit.place.document].append(TextEdit(edit.place.span, edit.new_text))
    after = with_texts(snapshot.bundle, texts_after(snapshot.bundle, ordered))
    for document in by_document:
        if _is_harmed(document, snapshot.bundle, after, symbols, new_name):
            return f'{document.rsplit("/", 1)[-1]} could not be read with "{new_name}" in it.'
    old, old_places = _meanings(index_symbols(snapshot), by_document, dict.fromkeys(symbols, new_name))
    new, new_places = _meanings(SymbolIndex(Snapshot(after)), {}, {})
    if old != new:
        return _complaint(old, new, {**new_places, **old_places}, snapshot.bundle, new_name)
    return _new_error(snapshot, Snapshot(after), new_name)


def _new_error(before: Snapshot, after: Snapshot, new_name: str) -> str:
    """The first error that a rename would cause: where a name is told by other means than by symbols."""
    errors = check_snapshot(after, _ERROR_RULES)
    known = {_line(error, before.bundle): error for error in check_snapshot(before, _ERROR_RULES)} if errors else {}
    fresh = next((error for error in errors if _line(error, after.bundle) not in known), None)
    if fresh is None:
        return ""
    message = fresh.message.rstrip(".")
    return f'With the name "{new_name}", {words_for(fresh.place, after.bundle)} would be wrong: {message}.'


def _line(error: Finding, bundle: Bundle) -> tuple[str, str]:
    """An error as it is known again after the edits, which add no lines."""
    return error.code, f"{error.place.document}:{words_for(error.place, bundle)}"


def _is_harmed(document: str, before: Bundle, after: Bundle, symbols: Iterable[Symbol], new_name: str) -> bool:
    """Whether a text reads otherwise than with another name in it."""
    if document == before.project.document:
        renamed = {symbol.name: new_name for symbol in symbols if symbol.kind is SymbolKind.TASK_TYPE}
        return after.project.data != _with_types_renamed(before.project, renamed)
    if document not in before.sources:
        return False
    old, new = before.sources[document], after.sources[document]
    return len(old.tree.problems) != len(new.tree.problems) or [one.kind for one in old.documents] != [
        one.kind for one in new.documents
    ]


def _with_types_renamed(project: Project, renamed: Mapping[str, str]) -> Mapping[str, Any]:
    types = {renamed.get(name, name): said for name, said in project.section("task_types").items()}
    return {**project.data, "task_types": types} if types else project.data


def _meanings(
    index: SymbolIndex, by_document: Mapping[str, Sequence[TextEdit]], renamed: Mapping[Symbol, str]
) -> tuple[Counter[_Meaning], dict[_Spot, Place]]:
    """Each symbol as the places where it is written; and where those are now."""
    numbers: dict[tuple[str, int], list[int]] = defaultdict(list)
    for symbol in index.symbols:
        for found in index.of(symbol):
            starts = numbers[found.document, _anchor(found)]
            if found.span.start not in starts:
                starts.append(found.span.start)
    for starts in numbers.values():
        starts.sort()
    moves = {document: _Moves(edits) for document, edits in by_document.items()}
    places: dict[_Spot, Place] = {}
    meanings: Counter[_Meaning] = Counter()
    for symbol in index.symbols:
        spots: set[_Spot] = set()
        for found in index.of(symbol):
            anchor = _anchor(found)
            number = numbers[found.document, anchor].index(found.span.start)
            moved = moves[found.document].after(anchor) if found.document in moves else anchor
            spot = _Spot(found.document, moved, number, found.is_declaration)
            spots.add(spot)
            places[spot] = Place(found.document, found.span)
        meanings[symbol.kind, renamed.get(symbol, symbol.name), frozenset(spots)] += 1
    return meanings, places


def _anchor(found: Occurrence) -> int:
    return found.scalar.span.start if found.scalar is not None else found.span.start


class _Moves:
    """Where offsets go that do not lie in an edit."""

    def __init__(self, edits: Iterable[TextEdit]) -> None:
        ordered = sorted(edits)
        self._ends = [span.end for span, _ in ordered]
        self._grown = [0, *accumulate(len(text) - (span.end - span.start) for span, text in ordered)]

    def after(self, offset: int) -> int:
        return offset + self._grown[bisect_right(self._ends, offset)]


def _complaint(
    old: Counter[_Meaning], new: Counter[_Meaning], places: Mapping[_Spot, Place], bundle: Bundle, new_name: str
) -> str:
    before, now = ({(kind, name, spot) for kind, name, spots in some for spot in spots} for some in (old, new))
    regrouped = {spot for _, _, spots in old - new for spot in spots}
    changed = sorted({spot for _, _, spot in before ^ now} or regrouped)
    known = [places[spot] for spot in changed if places[spot].document in bundle.sources]
    at = words_for(known[0], bundle) if known else "another place"
    return f'With the name "{new_name}", {at} would mean something else than it does.'
